"""Integrations and their parties."""

from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from governance.dictionary.models import Dictionary, Term
from governance.register.models import Company, Connection, Integration, Party, Person
from governance.register.services.integrations import (
    IntegrationDraft,
    add_party,
    change_integration,
    demand_exchange,
    find_company,
    join_integration,
    leave_integration,
    review_integration,
    start_integration,
)
from governance.register.timing import next_review
from portal.core import clock
from portal.core.errors import BadInput, Denied, Stale
from tests import factories
from tests.characters import Character, as_subject
from tests.governance.deeds import last, verbs
from tests.story import Story

CARE = IntegrationDraft("Customer care", "Customers get one answer.")


@pytest.fixture
def care(ada: Character) -> Integration:
    """An integration that company A started."""
    with as_subject(ada.subject) as by:
        draft = IntegrationDraft(CARE.name, CARE.purpose, owner=ada.person)
        return start_integration(by=by, draft=draft)


@pytest.fixture
def invited(care: Integration, ada: Character, ben: Character) -> Integration:
    """Company B is invited to it."""
    with as_subject(ada.subject) as by:
        add_party(by=by, integration=care, code=str(ben.company.uid))
    return Integration.objects.get(pk=care.pk)


def test_who_starts_an_integration_is_its_first_party(care: Integration, ada: Character) -> None:
    party = Party.objects.get(integration=care)
    assert (party.company_id, party.joined is not None) == (ada.company.pk, True)
    assert verbs(ada.company) == ["start"]


def test_a_viewer_starts_nothing(vic: Character) -> None:
    with as_subject(vic.subject) as by, pytest.raises(Denied):
        start_integration(by=by, draft=CARE)


def test_an_integration_without_purpose_is_refused(ada: Character, ben: Character) -> None:
    wrong = IntegrationDraft("", " ", mode="soon", stage=9, owner=ben.person)
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        start_integration(by=by, draft=wrong)
    assert set(caught.value.fields) == {"name", "purpose", "mode", "stage", "owner"}


def test_a_company_is_found_only_by_its_exact_code(ada: Character, ben: Character) -> None:
    with as_subject(ada.subject):
        assert find_company(str(ben.company.uid)) == (ben.company.pk, ben.company.name, "provider")
        assert find_company(str(ben.company.uid)[:-1]) is None
        assert find_company("nonsense") is None
        assert not Company.objects.filter(pk=ben.company.pk).exists()


def test_inviter_and_invited_may_read_each_others_name(invited: Integration, ada: Character, ben: Character) -> None:
    for one, other in ((ada, ben), (ben, ada)):
        with as_subject(one.subject):
            assert Company.objects.get(pk=other.company.pk).name == other.company.name
            assert Integration.objects.get().pk == invited.pk


def test_the_owner_is_known_to_the_partner_and_nobody_else_of_the_company(
    invited: Integration, ada: Character, cleo: Character, ben: Character
) -> None:
    with as_subject(ben.subject):
        assert list(Person.objects.exclude(company=ben.company)) == [ada.person]


def test_an_invited_company_does_nothing_before_it_joins(invited: Integration, ben: Character) -> None:
    with as_subject(ben.subject) as by, pytest.raises(BadInput, match="Join first"):
        change_integration(by=by, integration=invited, draft=CARE, version=invited.version)


def test_an_unknown_code_is_a_sentence_at_the_field(care: Integration, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        add_party(by=by, integration=care, code="not-a-code")
    assert "code" in caught.value.fields


def test_a_party_is_not_invited_twice(invited: Integration, ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="already"):
        add_party(by=by, integration=invited, code=str(ben.company.uid))


def test_who_joins_also_agrees_to_the_dictionary_in_force(care: Integration, ada: Character, ben: Character) -> None:
    dictionary = factories.dictionary(care)
    factories.term(dictionary, "title")
    with as_subject(ada.subject) as by:
        add_party(by=by, integration=care, code=str(ben.company.uid))
    with as_subject(ben.subject) as by:
        assert Term.objects.get().name == "title"
        join_integration(by=by, integration=Integration.objects.get(), accountable=ben.person)
    assert dictionary.agreements.count() == 2
    assert Party.objects.get(company=ben.company).joined
    assert verbs(ben.company) == ["join"]


@pytest.mark.parametrize("who", ["vic", "cleo"])
def test_only_an_administrator_joins(
    who: str, company_a: Company, ben: Character, request: pytest.FixtureRequest
) -> None:
    with as_subject(ben.subject) as by:
        care = start_integration(by=by, draft=CARE)
        add_party(by=by, integration=care, code=str(company_a.uid))
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises(Denied):
        join_integration(by=by, integration=Integration.objects.get())


def test_a_stranger_is_no_party(care: Integration, dan: Character) -> None:
    with as_subject(dan.subject) as by, pytest.raises(Denied):
        change_integration(by=by, integration=care, draft=CARE, version=1)


def test_a_decline_takes_every_row_away_again(invited: Integration, ada: Character, ben: Character) -> None:
    factories.dictionary(invited, agreed=False)
    with as_subject(ben.subject) as by:
        leave_integration(by=by, integration=invited)
    with as_subject(ben.subject):
        assert not Integration.objects.exists()
        assert not Dictionary.objects.exists()
        assert not Company.objects.exclude(pk=ben.company.pk).exists()
    with as_subject(ada.subject):
        assert Integration.objects.get().companies == [ada.company.pk]
    assert last(ben.company).verb == "leave"


def test_nobody_leaves_while_connections_are_there(story: Story, ben: Character) -> None:
    with as_subject(ben.subject) as by, pytest.raises(BadInput, match="connections"):
        leave_integration(by=by, integration=story.integration)


@pytest.mark.parametrize("state", [Connection.State.REFUSED, Connection.State.WITHDRAWN])
def test_a_connection_that_is_over_keeps_nobody_and_stays_with_the_partner(
    story: Story, ada: Character, ben: Character, state: Connection.State
) -> None:
    Connection.objects.update(state=state)
    with as_subject(ben.subject) as by:
        leave_integration(by=by, integration=story.integration)
        assert not Connection.objects.exists()
        assert not Integration.objects.filter(pk=story.integration.pk).exists()
    with as_subject(ada.subject):
        assert Connection.objects.get().companies == [ada.company.pk]
        assert Connection.objects.get().sides.count() == 2


def test_the_second_wall_lets_nobody_take_another_company_out(story: Story, ada: Character) -> None:
    with pytest.raises(ProgrammingError), as_subject(ada.subject), connection.cursor() as cursor:
        cursor.execute("SELECT concord_leave(%s, %s)", [story.integration.pk, story.b.pk])


def test_the_second_wall_lets_no_stranger_refresh_readers(story: Story, dan: Character) -> None:
    with pytest.raises(ProgrammingError), as_subject(dan.subject), connection.cursor() as cursor:
        cursor.execute("SELECT concord_share(%s)", [story.integration.pk])


def test_the_second_of_two_editors_is_told(story: Story, ada: Character, ben: Character) -> None:
    with as_subject(ben.subject) as by:
        change_integration(by=by, integration=story.integration, draft=CARE, version=1)
    with as_subject(ada.subject) as by, pytest.raises(Stale, match="Ben saved it"):
        change_integration(by=by, integration=story.integration, draft=CARE, version=1)
    assert last(story.b).readers == sorted([story.a.pk, story.b.pk])


def test_a_review_is_entered_and_the_next_is_due_a_rhythm_later(care: Integration, ada: Character) -> None:
    today = clock.now().date()
    assert care.next_review == next_review(today, "quarterly")
    Integration.objects.update(next_review=today)
    with as_subject(ada.subject) as by:
        review_integration(by=by, integration=care, note="All goals are met.")
    row = Integration.objects.get()
    assert (row.reviewed, row.next_review) == (today, next_review(today, "quarterly"))
    assert last(ada.company).after["note"] == "All goals are met."


def test_another_rhythm_moves_the_next_review(care: Integration, ada: Character) -> None:
    draft = IntegrationDraft(CARE.name, CARE.purpose, goals=("Half the calls", " "), rhythm="weekly")
    with as_subject(ada.subject) as by:
        change_integration(by=by, integration=care, draft=draft, version=care.version)
    row = Integration.objects.get()
    assert (row.next_review, row.goals) == (next_review(row.created.date(), "weekly"), ["Half the calls"])


@pytest.mark.parametrize(
    ("given", "field"),
    [({"batch_minutes": 7}, "batch_minutes"), ({"rhythm": "daily"}, "rhythm"), ({"goals": ("x" * 201,)}, "goals")],
)
def test_an_interval_a_rhythm_and_goals_that_cannot_be_are_refused(
    given: dict[str, Any], field: str, ada: Character
) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        start_integration(by=by, draft=IntegrationDraft(CARE.name, CARE.purpose, **given))
    assert set(caught.value.fields) == {field}


def test_only_an_integration_on_demand_is_asked_for_an_exchange(care: Integration, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="by itself"):
        demand_exchange(by=by, integration=care)
    Integration.objects.update(mode=Integration.Mode.ON_DEMAND)
    with as_subject(ada.subject) as by:
        demand_exchange(by=by, integration=care)
    assert Integration.objects.get().demanded is not None
