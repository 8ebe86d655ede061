"""Connections: proposed, accepted, paused, resumed."""

import pytest

from governance.register.models import Company, Connection, Integration, Side, System
from governance.register.services.connections import (
    End,
    accept_connection,
    change_kind,
    pause_connection,
    propose_connection,
    refuse_connection,
    resume_connection,
    withdraw_connection,
)
from governance.rulebook.models import Rulebook
from portal.core.errors import BadInput, Denied, Stale
from tests import factories
from tests.characters import Character, as_subject
from tests.governance.deeds import last, verbs
from tests.story import Story


@pytest.fixture
def care(ada: Character, ben: Character) -> Integration:
    """An integration of companies A and B."""
    return factories.integration(ada.company, ben.company)


@pytest.fixture
def desk(ada: Character) -> System:
    """A system of company A."""
    return factories.system(ada.company, "Desk")


@pytest.fixture
def board(ben: Character) -> System:
    """A system of company B."""
    return factories.system(ben.company, "Board", kind="jira")


@pytest.fixture
def proposed(care: Integration, desk: System, ada: Character, ben: Character) -> Connection:
    """A connection that company A proposed."""
    partner = Company.objects.get(pk=ben.company.pk)
    with as_subject(ada.subject) as by:
        return propose_connection(
            by=by, integration=care, name="Desk to board", end=End(desk, "ticket"), partner=partner
        )


def test_a_proposal_waits_for_the_partner(proposed: Connection, ada: Character) -> None:
    assert proposed.state == Connection.State.PENDING
    assert list(proposed.sides.values_list("side", "system_name")) == [("a", "Desk")]
    assert Rulebook.objects.get().company_id == ada.company.pk
    assert verbs(ada.company) == ["propose"]


def test_the_partner_accepts_with_its_own_system(proposed: Connection, board: System, ben: Character) -> None:
    with as_subject(ben.subject) as by:
        accept_connection(by=by, connection=proposed, end=End(board, "Task"))
    row = Connection.objects.get()
    assert row.state == Connection.State.LIVE
    assert list(row.sides.order_by("side").values_list("side", "kind", "accepted_by")) == [
        ("a", "ticket", "Ada"),
        ("b", "Task", "Ben"),
    ]
    assert verbs(ben.company) == ["accept"]


def test_each_side_sees_the_others_system_by_name_alone(
    proposed: Connection, board: System, ada: Character, ben: Character
) -> None:
    with as_subject(ben.subject) as by:
        accept_connection(by=by, connection=proposed, end=End(board, "Task"))
    with as_subject(ada.subject):
        assert Side.objects.get(side="b").system_name == "Board"
        assert not System.objects.filter(pk=board.pk).exists()
        assert Rulebook.objects.count() == 1


def test_who_proposed_does_not_accept(proposed: Connection, desk: System, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(Denied, match="the partner accepts"):
        accept_connection(by=by, connection=proposed, end=End(desk, "Task"))


def test_nobody_offers_a_system_of_another_company(
    care: Integration, board: System, ada: Character, ben: Character
) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        propose_connection(by=by, integration=care, name="Mine", end=End(board, "Task"), partner=ben.company)
    assert "system" in caught.value.fields


def test_a_partner_that_has_not_joined_is_not_connected(
    care: Integration, desk: System, ada: Character, ben: Character
) -> None:
    care.parties.filter(company=ben.company).update(joined=None)
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        propose_connection(by=by, integration=care, name="Ours", end=End(desk, "ticket"), partner=ben.company)
    assert "partner" in caught.value.fields


def test_two_systems_of_one_company_are_connected_at_once(care: Integration, desk: System, ada: Character) -> None:
    other = factories.system(ada.company, "Other", kind="jira")
    with as_subject(ada.subject) as by:
        made = propose_connection(
            by=by,
            integration=care,
            name="Inside",
            end=End(desk, "ticket"),
            partner=ada.company,
            partner_end=End(other, "Task"),
        )
    assert made.state == Connection.State.LIVE
    assert Rulebook.objects.filter(connection=made, company=ada.company).count() == 2


@pytest.mark.parametrize("who", ["vic", "dan"])
def test_a_viewer_or_stranger_proposes_nothing(
    who: str, care: Integration, desk: System, ben: Character, request: pytest.FixtureRequest
) -> None:
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises(Denied):
        propose_connection(by=by, integration=care, name="Ours", end=End(desk, "t"), partner=ben.company)


def test_only_the_company_that_paused_resumes(story: Story, ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        pause_connection(by=by, connection=story.connection, reason="Release weekend")
    with as_subject(ben.subject) as by, pytest.raises(Denied, match="Aster paused this connection"):
        resume_connection(by=by, connection=story.connection)
    with as_subject(ada.subject) as by:
        resume_connection(by=by, connection=story.connection)
    assert Connection.objects.get().state == Connection.State.LIVE
    assert verbs(story.a) == ["pause", "resume"]


def test_a_pause_gives_its_reason_to_both(story: Story, cleo: Character, ben: Character) -> None:
    with as_subject(cleo.subject) as by:
        with pytest.raises(BadInput):
            pause_connection(by=by, connection=story.connection, reason=" ")
        pause_connection(by=by, connection=story.connection, reason="Release weekend")
    deed = last(story.a)
    assert deed.after["reason"] == "Release weekend"
    assert story.b.pk in deed.readers


def test_what_is_paused_already_is_not_paused_again(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        pause_connection(by=by, connection=story.connection, reason="One")
        with pytest.raises(Stale):
            pause_connection(by=by, connection=story.connection, reason="Two")


def test_a_new_kind_of_item_moves_the_agreement_on(story: Story, ada: Character, ben: Character) -> None:
    before = story.connection.version
    side = story.connection.sides.select_related("connection", "system").get(side="a")
    with as_subject(ben.subject) as by, pytest.raises(Denied):
        change_kind(by=by, side=side, kind="problem")
    with as_subject(ada.subject) as by:
        change_kind(by=by, side=side, kind="problem")
    assert Connection.objects.get().version == before + 1
    assert last(story.a).after == {"kind": "problem"}


def test_the_partner_refuses_with_a_reason_and_the_proposer_withdraws(
    proposed: Connection, ada: Character, ben: Character
) -> None:
    with as_subject(ben.subject) as by:
        refuse_connection(by=by, connection=proposed, reason="Not this year.")
    assert Connection.objects.get().state == Connection.State.REFUSED
    assert last(ben.company).after["reason"] == "Not this year."
    with as_subject(ada.subject) as by:
        withdraw_connection(by=by, connection=proposed)
    assert Connection.objects.get().state == Connection.State.WITHDRAWN
    assert verbs(ada.company) == ["propose", "withdraw"]


def test_nobody_refuses_ones_own_proposal_or_withdraws_the_partners(
    proposed: Connection, ada: Character, ben: Character
) -> None:
    with as_subject(ada.subject) as by, pytest.raises(Denied, match="Withdraw it instead"):
        refuse_connection(by=by, connection=proposed, reason="No.")
    with as_subject(ben.subject) as by, pytest.raises(Denied, match="Refuse it instead"):
        withdraw_connection(by=by, connection=proposed)
    with as_subject(ben.subject) as by, pytest.raises(BadInput):
        refuse_connection(by=by, connection=proposed, reason=" ")


def test_what_is_accepted_is_neither_refused_nor_withdrawn(story: Story, ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="not accepted is withdrawn"):
        withdraw_connection(by=by, connection=story.connection)
    assert Connection.objects.get().state == Connection.State.LIVE
