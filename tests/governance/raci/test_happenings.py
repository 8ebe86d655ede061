"""Every class of events is raised by the real thing, and is over when the thing is."""

from datetime import timedelta

import pytest

from governance.accessmatrix.models import AccessMatrix, AccessPass
from governance.dictionary.models import Agreement, Dictionary
from governance.raci import notices
from governance.raci.events import EVENTS
from governance.raci.happenings import vacancies
from governance.raci.notices import Happening
from governance.raci.templates import ALL
from governance.register.models import Absence, Connection, Downtime, Integration, Person
from governance.rulebook.models import Proposal
from portal.access import rls
from portal.access.subject import engine
from portal.core import clock
from sync.flow.models.facts import Withheld
from sync.flow.models.streams import Stream
from sync.flow.models.writes import Conflict
from sync.triage.models import Parked
from tests.characters import Character, as_subject
from tests.governance.raci.matrices import signed
from tests.story import Story
from tests.sync.flow.tracks import stream, track


def happening(company: int) -> dict[str, Happening]:
    """What is so at one company, by class of events, as the worker reads it."""
    with as_subject(engine([company]), role=rls.WORKER):
        return {one.event: one for _, source in notices._sources.values() for one in source(company)}


def test_somebody_knows_of_every_class_of_events_and_each_names_an_activity_of_the_guide() -> None:
    assert notices.kept() == set(EVENTS)
    assert {event.activity for event in EVENTS.values()} <= {row.key for row in ALL}


def proposal(story: Story, **more: object) -> Proposal:
    """The rules of company B on the story's connection, put before both."""
    return Proposal.objects.create(
        connection=story.connection, side="b", company=story.b, companies=story.connection.companies, no=2,
        digest="d", seal="s", proposed_by="Ben", proposed=clock.now(), **more,
    )  # fmt: skip


def test_proposed_rules_wait_for_each_company_that_has_not_signed(
    story: Story, ada: Character, ben: Character
) -> None:
    row = proposal(story)
    assert f"/proposals/{row.uid}/" in happening(ada.company.pk)["rules-proposed"].url
    assert "rules-proposed" in happening(ben.company.pk)


def test_whose_rules_are_refused_or_do_not_go_live_is_told_and_the_partner_is_not(
    story: Story, ada: Character, ben: Character
) -> None:
    row = proposal(story, state="refused", ended=clock.now(), reason="Too much.")
    assert "rules-refused" in happening(ben.company.pk)
    assert not {"rules-refused", "rules-held"} & set(happening(ada.company.pk))
    Proposal.objects.filter(pk=row.pk).update(state="agreed", reason="The window is over.")
    assert happening(ben.company.pk)["rules-held"].what.endswith("The window is over.")


def test_an_access_matrix_and_a_pass_wait_with_their_own_company(
    story: Story, ada: Character, ben: Character, cleo: Character
) -> None:
    AccessMatrix.objects.create(
        integration=story.integration, company=ada.company, no=7, state="proposed", proposed=clock.now()
    )
    AccessPass.objects.create(
        integration=story.integration, company=ada.company, person=cleo.person, name="Cleo", asker=ada.company,
        reason="Audit", starts=clock.now(), ends=clock.now() + timedelta(hours=4), asked=clock.now(),
    )  # fmt: skip
    assert {"matrix-proposed", "access-requested"} <= set(happening(ada.company.pk))
    assert not {"matrix-proposed", "access-requested"} & set(happening(ben.company.pk))


def test_a_connection_waits_for_the_side_that_did_not_accept(story: Story, ada: Character, ben: Character) -> None:
    Connection.objects.filter(pk=story.connection.pk).update(state="pending")
    story.connection.sides.filter(company=ben.company).update(accepted=None)
    assert "connection-proposed" in happening(ben.company.pk)
    assert "connection-proposed" not in happening(ada.company.pk)


def test_a_paused_connection_is_told_to_both_until_it_goes_on(story: Story, ada: Character, ben: Character) -> None:
    connection = Connection.objects.get(pk=story.connection.pk)
    connection.state = Connection.State.PAUSED
    connection.save()
    for one in (ada, ben):
        assert happening(one.company.pk)["connection-paused"].connection == connection.pk
    Connection.objects.update(state="live")
    assert "connection-paused" not in happening(ada.company.pk)


def test_a_downtime_is_told_to_both_companies_while_it_lasts_and_a_day_after(
    story: Story, ada: Character, ben: Character
) -> None:
    now = clock.now()
    Downtime.objects.create(
        company=ada.company, companies=story.connection.companies, system=story.desk, system_name=story.desk.name,
        starts=now - timedelta(hours=1), ends=now + timedelta(hours=1), reason="Upgrade", announced_by="Ada",
    )  # fmt: skip
    for one in (ada, ben):
        assert story.desk.name in happening(one.company.pk)["downtime-begun"].what
    Downtime.objects.update(ends=now)
    assert "downtime-ended" in happening(ben.company.pk)
    Downtime.objects.update(starts=now - timedelta(days=3), ends=now - timedelta(days=2))
    assert not {"downtime-begun", "downtime-ended"} & set(happening(ben.company.pk))


def test_a_review_is_due_on_its_day(story: Story, ada: Character, ben: Character) -> None:
    today = clock.now().date()
    Integration.objects.filter(pk=story.integration.pk).update(next_review=today + timedelta(days=1))
    assert "review-due" not in happening(ada.company.pk)
    Integration.objects.filter(pk=story.integration.pk).update(next_review=today)
    assert "review-due" in happening(ada.company.pk)
    assert "review-due" in happening(ben.company.pk)


def test_a_part_falls_vacant_when_nobody_stands_in(
    story: Story, ada: Character, ben: Character, vic: Character
) -> None:
    signed(story.integration, ada, ben)
    today = clock.now().date()
    Absence.objects.create(company=ada.company, person=ada.person, starts=today, ends=today)
    assert "Nobody stands in" in happening(ada.company.pk)["vacancy"].what
    assert "vacancy" not in happening(ben.company.pk)
    Person.objects.filter(pk=ada.person.pk).update(stand_in=vic.person)
    with as_subject(engine([ada.company.pk]), role=rls.WORKER):
        assert vacancies(ada.company.pk) == []


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("no-map", "value-without-map"),
        ("tracker-rejected", "refused-by-tracker"),
        ("tracker-missing", "item-gone"),
        ("no-scope", "work-parked"),
        ("anything", "work-parked"),
    ],
)
def test_parked_work_is_an_event_of_its_error(story: Story, code: str, event: str) -> None:
    made = track(story)
    made.park()
    Parked.objects.update(code=code, sentence="The secret value 4711 was refused.")
    found = happening(Parked.objects.get().company_id)
    assert event in found
    assert "4711" not in found[event].what


@pytest.mark.parametrize(
    ("state", "event"), [("needs-auth", "credential-refused"), ("unreachable", "system-unreachable")]
)
def test_a_system_that_stops_is_an_event(story: Story, ada: Character, state: str, event: str) -> None:
    stream(story.desk)
    Stream.objects.filter(system=story.desk).update(state=state)
    assert event in happening(ada.company.pk)


def test_what_is_withheld_or_lost_is_told_to_whose_value_it_is(story: Story, ada: Character, ben: Character) -> None:
    track(story).park()
    case, now = Parked.objects.get().case_id, clock.now()
    both = {"case_id": case, "connection": story.connection, "company_id": ben.company.pk, "term": "priority"}
    Conflict.objects.create(**both, lost="Secret", why="The other side is the source of truth.", at=now)
    Withheld.objects.create(**both, reason="The access matrix does not grant it.", first=now, last=now)
    found = happening(ben.company.pk)
    assert {"conflict-lost", "term-withheld"} <= set(found)
    assert "Secret" not in found["conflict-lost"].what
    assert not {"conflict-lost", "term-withheld"} & set(happening(ada.company.pk))


def test_a_proposed_dictionary_waits_with_who_has_not_signed(story: Story, ada: Character, ben: Character) -> None:
    row = Dictionary.objects.create(
        integration=story.integration, companies=story.integration.companies, no=9, state="proposed",
        proposed=clock.now(),
    )  # fmt: skip
    Agreement.objects.create(
        dictionary=row, companies=row.companies, company=ada.company, person="Ada", at=clock.now()
    )
    assert happening(ben.company.pk)["dictionary-proposed"].url.endswith("?no=9")
    assert "dictionary-proposed" not in happening(ada.company.pk)
