"""Incremental exports: order, hold-back, cursors, deletions."""

import base64

from tests.sync.sandbox.zendesk.desk import Desk

CURSOR = "/api/v2/incremental/tickets/cursor.json"


def later(desk: Desk, seconds: float = 2) -> None:
    """Let the tracker's clock run."""
    desk.practice.skew += seconds


def test_every_change_comes_again_in_the_order_of_changes(desk: Desk) -> None:
    one = desk.create()["id"]
    later(desk)
    two = desk.create()["id"]
    later(desk)
    page = desk.get("incremental/tickets/cursor?start_time=0")
    assert [t["id"] for t in page["tickets"]] == [one, two]
    assert page["end_of_stream"] is True
    desk.put(one, subject="Other")
    later(desk)
    again = desk.get(f"incremental/tickets/cursor?cursor={page['after_cursor']}")
    assert [(t["id"], t["subject"]) for t in again["tickets"]] == [(one, "Other")]
    empty = desk.get(f"incremental/tickets/cursor?cursor={again['after_cursor']}")
    assert (empty["tickets"], empty["after_cursor"]) == ([], again["after_cursor"])


def test_no_row_is_lost_between_pages_of_one_second(desk: Desk) -> None:
    numbers = [desk.create()["id"] for _ in range(7)]
    later(desk)
    seen, url = [], f"{CURSOR}?start_time=0&per_page=2"
    for _ in range(9):
        page = desk.api.get(url).json()
        seen += [t["id"] for t in page["tickets"]]
        if page["end_of_stream"]:
            break
        url = page["after_url"]
    assert sorted(seen) == numbers


def test_fresh_rows_are_held_back(desk: Desk) -> None:
    desk.options(hold_back=60)
    desk.create()
    assert desk.get("incremental/tickets/cursor?start_time=0")["tickets"] == []
    later(desk, 58)
    assert desk.get("incremental/tickets/cursor?start_time=0")["tickets"] == []
    later(desk, 4)
    assert len(desk.get("incremental/tickets/cursor?start_time=0")["tickets"]) == 1


def test_an_empty_first_answer_has_no_cursor(desk: Desk) -> None:
    assert desk.get("incremental/tickets/cursor?start_time=0")["after_cursor"] is None


def test_a_start_time_that_is_too_recent_is_refused(desk: Desk) -> None:
    desk.options(hold_back=60)
    now = int(desk.practice.now().timestamp())
    answer = desk.api.get(f"{CURSOR}?start_time={now - 30}")
    assert (answer.status_code, answer.json()["error"]) == (400, "StartTimeTooRecent")
    assert desk.api.get(f"{CURSOR}?start_time={now - 61}").status_code == 200


def test_a_start_time_is_needed_and_a_foreign_cursor_refused(desk: Desk) -> None:
    assert desk.api.get(CURSOR).status_code == 400
    assert desk.api.get(f"{CURSOR}?cursor=nonsense").status_code == 400


def test_the_cursor_looks_like_the_real_one(desk: Desk) -> None:
    made = desk.create()
    later(desk)
    cursor = desk.get("incremental/tickets/cursor?start_time=0")["after_cursor"]
    assert base64.b64decode(cursor) == f"{made['generated_timestamp']}.0||{made['id']}|".encode()


def test_a_change_of_the_system_comes_with_an_old_updated_at(desk: Desk) -> None:
    made = desk.create()
    later(desk)
    cursor = desk.get("incremental/tickets/cursor?start_time=0")["after_cursor"]
    desk.nobody.post("/_practice/touch", json={"ticket": made["id"]})
    later(desk)
    row = desk.get(f"incremental/tickets/cursor?cursor={cursor}")["tickets"][0]
    assert row["updated_at"] == made["updated_at"]
    assert row["generated_timestamp"] > made["generated_timestamp"]


def test_a_deleted_ticket_comes_as_deleted_unless_left_out(desk: Desk) -> None:
    number = desk.create()["id"]
    desk.api.delete(f"/api/v2/tickets/{number}")
    later(desk)
    assert [t["status"] for t in desk.get("incremental/tickets/cursor?start_time=0")["tickets"]] == ["deleted"]
    assert desk.get("incremental/tickets/cursor?start_time=0&exclude_deleted=true")["tickets"] == []


def test_exports_need_an_admin(desk: Desk) -> None:
    answer = desk.asha.get(f"{CURSOR}?start_time=0")
    assert answer.status_code == 403
    assert answer.json()["error"]["title"] == "Forbidden"


def test_by_time_rows_of_one_second_come_together_beyond_the_page_size(desk: Desk) -> None:
    desk.practice.skew = 0.0
    numbers = [desk.create()["id"] for _ in range(3)]
    stamps = [desk.get(f"tickets/{n}")["ticket"]["generated_timestamp"] for n in numbers]
    later(desk)
    page = desk.get("incremental/tickets?start_time=0&per_page=1")
    assert page["count"] == stamps.count(stamps[0])
    last = desk.get("incremental/tickets?start_time=0")
    assert (last["count"], last["end_of_stream"]) == (3, True)


def test_ticket_events_tell_comments_only_when_asked(desk: Desk) -> None:
    desk.create()
    later(desk)
    plain = desk.get("incremental/ticket_events?start_time=0")["ticket_events"][0]["child_events"]
    full = desk.get("incremental/ticket_events?start_time=0&include=comment_events")["ticket_events"][0]
    assert all("body" not in child for child in plain)
    assert full["child_events"][0]["body"] == "Since noon"
