"""Events become notices of the people whom the RACI names, and nobody else's."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings
from django.urls import reverse

from governance.raci.models import Notice
from governance.raci.notices import PATIENCE, Happening, companies, keep_in_step, raise_event
from governance.raci.services.cells import HolderDraft
from governance.raci.services.notices import read_notice, settle_notice
from governance.register.models import Absence, Person
from portal.access import rls
from portal.access.subject import engine
from portal.core import clock
from portal.core.errors import Denied
from portal.mail.models import Mail
from sync.flow.models.streams import Stream
from sync.triage.models import Parked
from sync.triage.telling import due, tell
from tests.characters import Character, as_subject
from tests.governance.raci.matrices import fill, filled, key_of, propose, put_in, sign, signed
from tests.story import Story
from tests.sync.flow.tracks import Track, stream, track


@pytest.fixture
def laid(story: Story) -> Iterator[Track]:
    """Work of company A that is parked."""
    made = track(story)
    made.park()
    yield made


def told(company: int) -> list[Notice]:
    """The sweep's look at one company, and its notices then."""
    with as_subject(engine([company]), role=rls.WORKER):
        keep_in_step(company)
    return list(Notice.objects.filter(company_id=company, done=None).select_related("person").order_by("id"))


def holders(story: Story, ada: Character, ben: Character, cleo: Character) -> None:
    """A signed matrix in which Cleo solves parked work at company A, and Ada answers for it."""
    draft = filled(story.integration, ada, ben)
    cleos = put_in(draft, ada.subject, HolderDraft(person=cleo.person))
    cells = {("solve-parked", cleos): "R", ("extend-map", cleos): "R"}
    fill(draft, ada.subject, {**cells, ("solve-parked", key_of(ada)): "A", ("extend-map", key_of(ada)): "A"})
    propose(draft, ada)
    for one in (ada, ben):
        sign(draft, one)


def test_parked_work_goes_to_r_and_a_of_the_company_that_must_act(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    holders(story, ada, ben, cleo)
    company = Parked.objects.get().company_id
    rows = told(company)
    assert {(row.person.name if row.person else "", row.letter) for row in rows} == {("Cleo", "R"), ("Ada", "A")}
    assert told(ben.company.pk) == []


def test_home_says_why_me_and_triage_says_to_whom(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    holders(story, ada, ben, cleo)
    told(Parked.objects.get().company_id)
    home = cleo.client.get("/").content.decode()
    assert "You are R for" in home
    assert "You are R for" in cleo.client.get(reverse("triage")).content.decode()


def test_a_second_sweep_tells_nobody_twice_and_what_is_over_is_done(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    holders(story, ada, ben, cleo)
    company = Parked.objects.get().company_id
    assert len(told(company)) == len(told(company)) == 2
    Parked.objects.update(state=Parked.State.SOLVED)
    assert told(company) == []
    assert Notice.objects.exclude(done=None).count() == 2


def test_who_is_away_is_replaced_by_the_stand_in(
    story: Story, ada: Character, ben: Character, cleo: Character, vic: Character, laid: Track
) -> None:
    holders(story, ada, ben, cleo)
    Person.objects.filter(pk=cleo.person.pk).update(stand_in=vic.person)
    today = clock.now().date()
    Absence.objects.create(company=cleo.company, person=cleo.person, starts=today, ends=today + timedelta(days=7))
    rows = told(Parked.objects.get().company_id)
    (instead,) = [row for row in rows if row.person and row.person.name == "Vic"]
    assert instead.why.endswith("in place of Cleo")
    page = ada.client.get(reverse("raci", args=[story.integration.uid])).content.decode()
    assert "Cleo is away until" in page
    assert "Vic stands in" in page


def test_without_a_signed_matrix_an_event_is_unrouted_counted_and_listed(
    story: Story, ada: Character, laid: Track
) -> None:
    (row,) = told(Parked.objects.get().company_id)
    assert (row.person, row.why) == (None, "The integration has no signed RACI.")
    assert "1 unrouted event" in ada.client.get("/").content.decode()
    assert row.what in ada.client.get(reverse("unrouted")).content.decode().replace("&#x27;", "'")


def test_once_the_matrix_names_somebody_what_was_unrouted_is_routed(
    story: Story, ada: Character, ben: Character, laid: Track
) -> None:
    company = Parked.objects.get().company_id
    told(company)
    signed(story.integration, ada, ben)
    assert [row.person.name for row in told(company) if row.person] == ["Ada"]
    assert not Notice.objects.filter(person=None, done=None).exists()


def test_a_system_that_refuses_the_credential_is_an_event(story: Story, ada: Character, ben: Character) -> None:
    signed(story.integration, ada, ben)
    stream(story.desk)
    Stream.objects.filter(system=story.desk).update(state=Stream.State.NEEDS_AUTH)
    assert [row.event for row in told(ada.company.pk)] == ["credential-refused"]


def test_a_proposal_waits_with_each_partys_accountable_person(story: Story, ada: Character, ben: Character) -> None:
    draft = filled(story.integration, ada, ben)
    propose(draft, ada)
    (row,) = told(ben.company.pk)
    assert (row.event, row.person) == ("raci-proposed", ben.person)
    assert "waits for your company" in ben.client.get("/").content.decode()
    sign(draft, ben)
    assert told(ben.company.pk) == []


def test_who_does_not_look_is_passed_over(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    holders(story, ada, ben, cleo)
    company = Parked.objects.get().company_id
    told(company)
    Notice.objects.filter(person=ada.person).delete()
    Notice.objects.update(since=clock.now() - PATIENCE - timedelta(minutes=1))
    with as_subject(engine([company]), role=rls.WORKER):
        keep_in_step(company)
    assert Notice.objects.get(person=ada.person).why.endswith("Cleo has not looked for 4 hours")


def test_only_whom_it_was_sent_to_reads_or_settles_a_notice(
    story: Story, ada: Character, ben: Character, cleo: Character
) -> None:
    signed(story.integration, ada, ben)
    event = Happening("review-due", "2026-06", story.integration.pk, "The review is due.", "/", clock.now())
    with as_subject(engine([ada.company.pk]), role=rls.WORKER):
        assert raise_event(ada.company.pk, event) == 1
    assert Notice.objects.get().why == "RACI 1 has no row review-health."
    row = Notice.objects.create(
        company=ada.company, person=ada.person, integration=story.integration, event="review-due", key="1",
        letter="A", what="The review is due.", why="A for it", url="/", since=clock.now(),
    )  # fmt: skip
    with as_subject(cleo.subject) as by, pytest.raises(Denied):
        settle_notice(by=by, notice=row)
    assert cleo.client.post(reverse("notice", args=[row.uid])).status_code == 404
    with as_subject(ada.subject) as by:
        read_notice(by=by, notice=row)
        settle_notice(by=by, notice=row)
    row.refresh_from_db()
    assert row.read is not None
    assert row.done is not None


def test_the_sweep_looks_at_every_company_alone(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    holders(story, ada, ben, cleo)
    assert set(companies()) == {ada.company.pk, ben.company.pk}
    assert due()
    try:
        assert tell() == 2
    finally:
        rls.leave()
    assert not due()


def test_a_letter_goes_to_r_and_a_once_an_hour_and_names_no_value(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    holders(story, ada, ben, cleo)
    company = Parked.objects.get().company_id
    backend = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(EMAIL_BACKEND=backend):
        told(company)
        assert set(Mail.objects.values_list("to", flat=True)) == {ada.person.email, cleo.person.email}
        assert Parked.objects.get().sentence not in "".join(Mail.objects.values_list("subject", flat=True))
        Notice.objects.update(done=clock.now())
        told(company)
        assert Mail.objects.count() == 2
        Notice.objects.exclude(mailed=None).update(mailed=clock.now() - timedelta(hours=2))
        told(company)
        assert Mail.objects.count() == 4
