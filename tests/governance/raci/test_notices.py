"""Events become notices of the people whom the RACI names, and nobody else's."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings
from django.urls import reverse

from governance.raci.models import Matrix, Notice
from governance.raci.notices import companies, keep_in_step
from governance.raci.services.cells import HolderDraft
from governance.raci.services.matrices import draft_matrix
from governance.raci.services.notices import read_notice, settle_notice
from governance.register.models import Absence, Person
from portal.access import rls
from portal.access.subject import engine
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.mail.models import Mail
from sync.flow.models.streams import Stream
from sync.flow.models.writes import Conflict
from sync.triage.models import Parked
from sync.triage.telling import due, tell
from tests.characters import Character, as_subject
from tests.governance.raci.matrices import fill, filled, key_of, name_accountable, propose, put_in, sign, signed
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
    Matrix.objects.update(signed=clock.now() - timedelta(days=1))
    Notice.objects.update(told=clock.now() - timedelta(hours=4, minutes=1))
    with as_subject(engine([company]), role=rls.WORKER):
        keep_in_step(company)
    assert Notice.objects.get(person=ada.person).why.endswith("Cleo has not looked for 4 hours")


def told_of(event: str, company: int) -> list[Notice]:
    """The same of one class of events."""
    return [row for row in told(company) if row.event == event]


def lost(company: int, *, at: timedelta = timedelta()) -> None:
    """A value of a company that lost a conflict on the story's connection."""
    case, connection = Parked.objects.values_list("case_id", "connection_id").get()
    Conflict.objects.create(
        case_id=case, connection_id=connection, company_id=company, term="priority", lost="Secret", why="later",
        at=clock.now() + at,
    )  # fmt: skip


def test_who_does_it_says_for_all_that_a_deed_is_done_until_it_happens_again(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    signed(story.integration, ada, ben)
    lost(ada.company.pk, at=-timedelta(minutes=1))
    (row,) = told_of("conflict-lost", ada.company.pk)
    assert (row.person, row.letter) == (ada.person, "A")
    assert "Secret" not in row.what
    with as_subject(cleo.subject) as by, pytest.raises(Denied):
        settle_notice(by=by, notice=row)
    assert cleo.client.post(reverse("notice", args=[row.uid])).status_code == 404
    with as_subject(ada.subject) as by:
        read_notice(by=by, notice=row)
        settle_notice(by=by, notice=row)
    assert told_of("conflict-lost", ada.company.pk) == []
    lost(ada.company.pk)
    assert [one.what for one in told_of("conflict-lost", ada.company.pk)] == [
        f"Your company's value of “priority” lost 2 times within a week on {story.connection.name}"
    ]


def test_what_still_is_so_cannot_be_said_to_be_done(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    holders(story, ada, ben, cleo)
    row = next(one for one in told(Parked.objects.get().company_id) if one.person == cleo.person)
    with as_subject(cleo.subject) as by, pytest.raises(BadInput) as refused:
        settle_notice(by=by, notice=row)
    assert refused.value.code == "still-so"
    assert ">Done<" not in cleo.client.get(reverse("notices")).content.decode()


def test_a_notice_names_the_term_and_never_the_value(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    holders(story, ada, ben, cleo)
    Parked.objects.update(sentence="'Blocker' has no entry in the map.", code="no-map", subject="out:priority@1")
    rows = told(Parked.objects.get().company_id)
    assert {row.what for row in rows} == {f"Priority has no entry in the map of {Parked.objects.get().system.name}"}


def test_a_number_that_grows_is_said_anew_and_told_to_nobody_again(
    story: Story, ada: Character, ben: Character, laid: Track
) -> None:
    signed(story.integration, ada, ben)
    lost(ada.company.pk, at=-timedelta(minutes=2))
    (first,) = told_of("conflict-lost", ada.company.pk)
    lost(ada.company.pk)
    (second,) = told_of("conflict-lost", ada.company.pk)
    assert (first.pk, first.told) == (second.pk, second.told)
    assert "2 times" in second.what


def test_a_new_raci_tells_whom_it_names_and_releases_the_others(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    signed(story.integration, ada, ben)
    company = Parked.objects.get().company_id
    assert [row.person for row in told(company)] == [ada.person]
    with as_subject(ada.subject) as by:
        draft = draft_matrix(by=by, integration=story.integration)
    cleos = put_in(draft, ada.subject, HolderDraft(person=cleo.person))
    moved = {("solve-parked", key_of(ada)): "", ("extend-map", key_of(ada)): ""}
    fill(draft, ada.subject, {**moved, ("solve-parked", cleos): "RA", ("extend-map", cleos): "RA"})
    propose(draft, ada)
    for one in (ada, ben):
        sign(draft, one)
    assert [row.person for row in told(company)] == [cleo.person]
    assert [row.person for row in told(company)] == [cleo.person]


def test_an_event_that_nobody_was_found_for_goes_to_the_accountable_person_in_the_end(
    story: Story, ada: Character, ben: Character, laid: Track
) -> None:
    name_accountable(story.integration, ada, ben)
    company = Parked.objects.get().company_id
    assert [row.person for row in told(company)] == [None]
    Notice.objects.update(told=clock.now() - timedelta(hours=5))
    assert [row.person for row in told(company)] == [None, ada.person]
    assert "the RACI names nobody" in Notice.objects.get(person=ada.person).why


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


def test_one_letter_tells_everything_that_is_new(
    story: Story, ada: Character, ben: Character, cleo: Character, laid: Track
) -> None:
    holders(story, ada, ben, cleo)
    company = Parked.objects.get().company_id
    stream(story.desk)
    Stream.objects.filter(system=story.desk).update(state=Stream.State.NEEDS_AUTH)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        told(company)
        subjects = dict(Mail.objects.values_list("to", "subject"))
        told(company)
    assert subjects[ada.person.email] == "2 events wait for you"
    assert Mail.objects.count() == 2


def test_notices_are_read_and_settled_through_the_api(
    story: Story, ada: Character, ben: Character, laid: Track
) -> None:
    signed(story.integration, ada, ben)
    lost(ada.company.pk)
    (row,) = told_of("conflict-lost", ada.company.pk)
    place = f"/api/v1/notices/{row.uid}"
    assert ada.client.post(f"{place}/read/").json()["read"] is not None
    assert ada.client.post(f"{place}/settle/").json()["done"] is not None
    assert ben.client.post(f"{place}/settle/").status_code == 404


def test_who_does_not_sign_is_shown_an_approval_to_read(
    story: Story, ada: Character, ben: Character, cleo: Character
) -> None:
    draft = filled(story.integration, ada, ben)
    cleos = put_in(draft, ada.subject, HolderDraft(person=cleo.person))
    fill(draft, ada.subject, {("sign-raci", cleos): "R"})
    propose(draft, ada)
    for one in (ada, ben):
        sign(draft, one)
    with as_subject(ada.subject) as by:
        again = draft_matrix(by=by, integration=story.integration)
    propose(again, ada)
    told(ada.company.pk)
    assert "Look at it" in cleo.client.get("/").content.decode()
    assert "Read and sign" in ada.client.get("/").content.decode()
