"""What of the landscape each company sees, and how well it says things do."""

from datetime import timedelta

from governance.landscape.selectors import landscape_of
from governance.register.services.downtimes import announce_downtime
from portal.core import clock
from sync.flow.models.facts import Envelope
from sync.flow.models.streams import Stream
from tests import factories, traffic
from tests.characters import Character, as_subject
from tests.story import Story


def test_a_company_sees_its_own_system_and_of_its_partners_only_what_the_side_shows(
    ada: Character, story: Story
) -> None:
    with as_subject(ada.subject):
        seen = landscape_of(ada.subject)
    assert seen.nodes[story.desk.pk].uid == story.desk.uid
    theirs = seen.nodes[story.board.pk]
    assert (theirs.uid, theirs.name, theirs.environment, theirs.run) == (None, "Board", "", None)
    (edge,) = seen.edges
    assert (edge.a, edge.b, edge.integration_name) == (story.desk.pk, story.board.pk, "Customer care")


def test_what_lies_beyond_a_partner_is_not_there(ada: Character, story: Story) -> None:
    beyond = factories.company("Cedar")
    further = factories.integration(story.b, beyond, name="Development")
    factories.connection(further, story.board, factories.system(beyond, "Secret board"))
    factories.system(story.b, "Spare board")
    with as_subject(ada.subject):
        seen = landscape_of(ada.subject)
    assert {node.name for node in seen.nodes.values()} == {"Desk", "Board"}
    assert len(seen.edges) == 1
    assert "Development" not in seen.integrations.values()


def test_a_stranger_sees_nothing_of_it(dan: Character, story: Story) -> None:
    with as_subject(dan.subject):
        seen = landscape_of(dan.subject)
    assert (seen.nodes, seen.edges, seen.integrations) == ({}, (), {})


def test_terms_travel_that_one_side_sends_and_the_other_takes(ada: Character, story: Story) -> None:
    with as_subject(ada.subject):
        (edge,) = landscape_of(ada.subject).edges
    assert edge.terms == (("title", "description", "status", "priority"), ("title", "status", "priority"))


def test_volume_is_told_by_side_for_the_day_and_the_hour(ada: Character, ben: Character, story: Story) -> None:
    case = traffic.case(story.connection)
    for no, (side, ago) in enumerate([("a", 0), ("a", 5), ("b", 0), ("b", 30)]):
        made = traffic.envelope(case, story.connection, side, no=no)
        sealed = clock.now() - timedelta(hours=ago)
        Envelope.objects.filter(pk=made.pk).update(sealed=sealed, applied=sealed)
    for who in (ada, ben):
        with as_subject(who.subject):
            (edge,) = landscape_of(who.subject).edges
        assert (edge.day, edge.hour) == ((2, 1), (1, 1))


def test_a_silent_system_is_told_to_its_own_company_alone(ada: Character, ben: Character, story: Story) -> None:
    now = clock.now()
    Stream.objects.create(
        system=story.desk,
        company_id=story.a.pk,
        state="unreachable",
        reason="It does not answer.",
        next_poll=now,
        lease_until=now,
    )
    words = {}
    for who in (ada, ben):
        with as_subject(who.subject):
            words[who.user.name] = landscape_of(who.subject).edges[0].health.word
    assert words == {"Ada": "Not reachable", "Ben": "Running"}


def test_an_announced_downtime_is_told_to_the_partner_too(ada: Character, ben: Character, story: Story) -> None:
    now = clock.now()
    with as_subject(ada.subject) as by:
        announce_downtime(by=by, system=story.desk, starts=now, ends=now + timedelta(hours=1), reason="An update.")
    for who in (ada, ben):
        with as_subject(who.subject):
            seen = landscape_of(who.subject)
        assert seen.edges[0].health.word == "Downtime"
        assert seen.nodes[story.desk.pk].down is not None


def test_one_integration_holds_its_own_connections_alone(ada: Character, story: Story) -> None:
    other = factories.integration(story.a, story.b, name="Network")
    factories.connection(other, factories.system(story.a, "Switch"), story.board)
    with as_subject(ada.subject):
        seen = landscape_of(ada.subject, integration=other)
    assert [edge.integration_name for edge in seen.edges] == ["Network"]
    assert {node.name for node in seen.nodes.values()} == {"Switch", "Board"}


def test_a_proposed_connection_ends_at_a_system_that_is_not_chosen_yet(ada: Character, story: Story) -> None:
    story.connection.sides.filter(side="b").delete()
    story.connection.state = "pending"
    story.connection.save()
    with as_subject(ada.subject):
        seen = landscape_of(ada.subject)
    assert seen.nodes[seen.edges[0].b].name == "Not chosen yet"
    assert seen.nodes[seen.edges[0].b].company == story.b.pk
    assert seen.edges[0].health.word == "Pending"


def test_parked_work_shows_to_whom_it_waits_for(ada: Character, ben: Character, story: Story) -> None:
    traffic.parked(traffic.case(story.connection), story.connection, story.desk)
    found = []
    for who in (ada, ben):
        with as_subject(who.subject):
            found.append(landscape_of(who.subject).edges[0].parked)
    assert found == [1, 0]
