"""The pages of the flow: who sees what of a case, in which words, at which price."""

import pytest
from django.urls import reverse

from sync.flow.models.streams import Stream
from tests import factories
from tests.characters import Character
from tests.query_counts import QueryCounts
from tests.story import Story
from tests.sync.flow.tracks import Track, stream, track


@pytest.fixture
def one(story: Story) -> Track:
    """A case with a change that went over, one that came back, and a value that stayed."""
    made = track(story)
    made.agree("title", "Checkout fails")
    made.agree("status", "in progress")
    made.change("priority", "urgent", old="normal", ago=60)
    sent = made.envelope("a", {"title": "Checkout fails", "priority": "P1"}, ago=58)
    made.write(sent, after={"priority": "Highest"})
    came = made.envelope("b", {"title": "Checkout fails", "priority": "P1", "status": "solved"}, ago=30)
    made.write(came, subject="path:status", op="move", after={"status": "solved"})
    return made


def page(who: Character, made: Track, query: str = "") -> str:
    """The case's page as somebody sees it."""
    answer = who.client.get(reverse("case", args=[made.case.uid]) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_chain_shows_both_items_with_the_agreed_status(ada: Character, one: Track) -> None:
    body = page(ada, one)
    assert "#1 ↔ B-1" in body
    assert "Checkout fails" in body
    assert body.count("in progress") >= 2


def test_an_own_change_tells_its_way_from_event_to_receipt(ada: Character, one: Track) -> None:
    body = page(ada, one)
    assert "changed Priority" in body
    assert "Your rulebook, version 1, lets Birch read it" in body
    assert "Set fields in Board, and its history shows it" in body


def test_a_partners_envelope_tells_only_what_is_new_in_it(ada: Character, one: Track) -> None:
    body = page(ada, one)
    assert "Sent Status" in body
    assert "Sent Title" not in body


def test_each_step_of_a_status_names_its_own_write(ada: Character, story: Story) -> None:
    made = track(story)
    first = made.change("status", "pending", old="open", ago=20)
    second = made.change("status", "solved", old="pending", ago=10)
    sent = made.envelope("a", {"status": "solved"}, ago=5)
    ways = {"status": [[first.seq, None, "waiting"], [second.seq, None, "solved"]]}
    sent.content.body["ways"] = ways
    sent.content.save()
    for _ in ways["status"]:
        made.write(sent, subject="path:status", op="move")
    assert page(ada, made).count("Status moved on in Board") == 2


def test_the_receipt_of_a_write_shows_its_values_to_its_own_company_alone(
    ada: Character, ben: Character, one: Track
) -> None:
    assert "Highest" not in page(ada, one)
    assert "Highest" in page(ben, one)


def test_a_private_comment_is_told_to_stay_and_never_shown_to_the_partner(
    ada: Character, ben: Character, one: Track
) -> None:
    one.change("comment", "Customer is a flight risk.", private=True, disposition="filtered")
    assert "The comment is private at its source: it stays." in page(ada, one)
    assert "flight risk" not in page(ben, one)


def test_a_withheld_value_names_the_partner_and_the_reason_to_its_owner_alone(
    ada: Character, ben: Character, one: Track
) -> None:
    one.withhold("labels", "Your access matrix gives the partner no read on it.")
    assert "Labels was not sent to Birch: your access matrix gives the partner no read on it." in page(ada, one)
    assert "Labels" not in page(ben, one)


def test_parked_work_is_told_to_the_company_that_must_act(ada: Character, ben: Character, one: Track) -> None:
    one.park()
    assert "Severity 0" in page(ada, one)
    assert "Severity 0" not in page(ben, one)


def test_a_hold_says_which_system_is_waited_for(ada: Character, one: Track) -> None:
    one.hold(one.story.board)
    assert "Board does not take work" in page(ada, one)


def test_our_own_writes_told_again_by_the_tracker_are_hidden_until_asked_for(ada: Character, one: Track) -> None:
    one.change("status", "open", disposition="echo", actor="Concord account")
    assert "Concord account" not in page(ada, one)
    assert "Concord account" in page(ada, one, "?echoes=1")


def test_a_viewer_reads_but_finds_no_button_to_retry(vic: Character, one: Track) -> None:
    one.park()
    body = page(vic, one)
    assert "Severity 0" in body
    assert "/retry/" not in body


def test_a_stranger_gets_404_for_a_case(dan: Character, one: Track) -> None:
    assert dan.client.get(reverse("case", args=[one.case.uid])).status_code == 404


@pytest.mark.parametrize("tab", ["history", "access"])
def test_every_tab_of_a_case_opens(ada: Character, one: Track, tab: str) -> None:
    assert page(ada, one, f"?tab={tab}")


def test_the_list_shows_where_each_case_stands(ada: Character, story: Story) -> None:
    track(story, number=1).park()
    track(story, number=2, dirty=True)
    track(story, number=3).hold(story.board)
    track(story, number=4)
    body = ada.client.get("/cases/").content.decode()
    for word in ("Parked", "Moving", "Waits for a system", "In step"):
        assert word in body


@pytest.mark.parametrize(("state", "number"), [("parked", 1), ("moving", 2), ("held", 3), ("quiet", 4)])
def test_the_list_is_narrowed_to_one_state(ada: Character, story: Story, state: str, number: int) -> None:
    track(story, number=1).park()
    track(story, number=2, dirty=True)
    track(story, number=3).hold(story.board)
    track(story, number=4)
    body = ada.client.get(f"/cases/?state={state}").content.decode()
    assert [n for n in (1, 2, 3, 4) if f"B-{n}<" in body] == [number]


@pytest.mark.parametrize("text", ["B-7", "#7", "voucher"])
def test_a_case_is_found_by_number_and_by_title(ada: Character, story: Story, text: str) -> None:
    track(story, number=7).agree("title", "Voucher is refused")
    track(story, number=8)
    answer = ada.client.get("/cases/", {"q": text})
    assert "B-7<" in answer.content.decode()
    assert "B-8<" not in answer.content.decode()


def test_the_pages_of_the_list_go_on_where_the_last_one_ended(ada: Character, story: Story) -> None:
    for number in range(60):
        track(story, number=number, ago=number * 10 + 10)
    first = ada.client.get("/cases/")
    second = ada.client.get("/cases/" + first.context["older"])
    back = ada.client.get("/cases/" + second.context["newer"])
    assert len(first.context["rows"]) == 50
    assert [row.twins[0].label for row in second.context["rows"]] == [f"#{n}" for n in range(50, 60)]
    assert [row.uid for row in back.context["rows"]] == [row.uid for row in first.context["rows"]]


def test_a_cursor_that_is_nonsense_shows_the_first_page(ada: Character, story: Story) -> None:
    track(story)
    assert "B-1<" in ada.client.get("/cases/?cursor=%F0nonsense&company=x&order=y").content.decode()


def test_an_empty_list_says_what_a_case_is(ada: Character) -> None:
    assert "one matter that items of two or more trackers mirror" in ada.client.get("/cases/").content.decode()


def test_a_part_of_the_list_comes_without_the_frame(ada: Character, story: Story) -> None:
    track(story)
    body = ada.client.get("/cases/", headers={"hx-request": "true"}).content.decode()
    assert "B-1<" in body
    assert "<html" not in body


def test_home_tells_what_waits_and_why(ada: Character, story: Story) -> None:
    factories.credential(story.desk)
    stream(story.desk, state=Stream.State.NEEDS_AUTH, reason="Desk refuses the credential.")
    track(story, number=1).park()
    body = ada.client.get("/").content.decode()
    assert "2 need you" in body
    assert "Desk refuses the credential." in body
    assert "Parked for Aster: its value map is concerned" in body
    assert "1 system does not answer" in body


def test_home_shows_an_integration_with_its_lag(ada: Character, one: Track) -> None:
    body = ada.client.get("/").content.decode()
    assert "Customer care" in body
    assert "2 envelopes" in body
    assert "lag 1.0 s" in body


def test_home_of_a_stranger_names_nobody(dan: Character, one: Track) -> None:
    body = dan.client.get("/").content.decode()
    for name in ("Aster", "Birch", "Customer care", "B-1"):
        assert name not in body


FLOW = {"hx-request": "true"}


@pytest.mark.parametrize("noun", ["integration", "connection"])
def test_the_live_part_shows_what_moved_and_how_long_it_took(ada: Character, one: Track, noun: str) -> None:
    thing = one.story.integration if noun == "integration" else one.story.connection
    body = ada.client.get(reverse("flow-fragment", args=[noun, thing.uid]), headers=FLOW).content.decode()
    assert "Envelope 1: Title, Priority" in body
    assert "#1 ↔ B-1" in body
    assert "1.0 s" in body


def test_the_live_part_answers_nothing_while_nothing_is_new(ada: Character, one: Track) -> None:
    address = reverse("flow-fragment", args=["connection", one.story.connection.uid])
    digest = ada.client.get(address, headers=FLOW).context["flow"].digest
    assert ada.client.get(f"{address}?since={digest}", headers=FLOW).status_code == 204
    one.envelope("b", {"title": "Checkout fails again"}, ago=1)
    assert ada.client.get(f"{address}?since={digest}", headers=FLOW).status_code == 200


def test_the_live_part_of_a_strangers_connection_is_empty(dan: Character, one: Track) -> None:
    address = reverse("flow-fragment", args=["connection", one.story.connection.uid])
    body = dan.client.get(address, headers=FLOW).content.decode()
    assert "Envelope 1" not in body
    assert "Aster" not in body


def test_home_takes_few_queries(ada: Character, one: Track, query_counts: QueryCounts) -> None:
    one.park()
    stream(one.story.desk)
    with query_counts.pinned("GET /"):
        ada.client.get("/")


def test_the_list_of_cases_takes_few_queries(ada: Character, story: Story, query_counts: QueryCounts) -> None:
    for number in range(5):
        track(story, number=number)
    with query_counts.pinned("GET /cases/"):
        ada.client.get("/cases/")


def test_a_case_takes_few_queries(ada: Character, one: Track, query_counts: QueryCounts) -> None:
    one.park()
    with query_counts.pinned("GET /cases/{uid}/"):
        page(ada, one)


def test_the_history_of_a_case_takes_few_queries(ada: Character, one: Track, query_counts: QueryCounts) -> None:
    with query_counts.pinned("GET /cases/{uid}/?tab=history"):
        page(ada, one, "?tab=history")


def test_the_live_part_takes_few_queries(ada: Character, one: Track, query_counts: QueryCounts) -> None:
    address = reverse("flow-fragment", args=["integration", one.story.integration.uid])
    with query_counts.pinned("GET /flow/{noun}/{uid}/"):
        ada.client.get(address, headers=FLOW)
