"""Changed tickets: the export's cursors and the list that stands in for it."""

from datetime import UTC, datetime

import httpx
import pytest

from portal.core.errors import Rejected
from tests.sync.connectors.zendesk.account import TICKET, Desk
from tests.sync.connectors.zendesk.desk import connector

EXPORT = "GET /api/v2/incremental/tickets/cursor"
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_the_first_page_starts_before_the_minute_that_is_held_back() -> None:
    desk = Desk()
    desk.answers[EXPORT] = {"tickets": [], "after_cursor": None, "end_of_stream": True}
    page = connector(desk.transport()).changes("", now=NOW)
    start = int(desk.asked[0].url.params["start_time"])
    assert 60 < NOW.timestamp() - start < 300
    assert page.cursor == f"start_time={start}"
    assert not page.more


def test_a_cursor_goes_back_as_it_came() -> None:
    desk = Desk()
    opaque = "MTc1MzQ3MDk2Mi4wfHwzNTQzNnw="
    row = TICKET | {"generated_timestamp": 1753470962}
    desk.answers[EXPORT] = {"tickets": [row], "after_cursor": opaque, "end_of_stream": False}
    zendesk = connector(desk.transport())
    page = zendesk.changes("start_time=1753470000", now=NOW)
    assert page.more
    assert [(one.record, one.version) for one in page.rows] == [("35436", "1753470962:open")]
    zendesk.changes(page.cursor, now=NOW)
    assert desk.asked[-1].url.params["cursor"] == opaque


def test_a_deleted_ticket_is_a_row_with_another_version() -> None:
    desk = Desk()
    row = TICKET | {"generated_timestamp": 1753470962, "status": "deleted"}
    desk.answers[EXPORT] = {"tickets": [row], "after_cursor": "x", "end_of_stream": True}
    (one,) = connector(desk.transport()).changes("cursor=w", now=NOW).rows
    assert one.version == "1753470962:deleted"


def test_too_recent_is_an_empty_page_and_the_same_cursor() -> None:
    desk = Desk()
    refusal = {
        "error": "StartTimeTooRecent",
        "description": "Too recent start_time. Use a start_time older than 60 s",
    }
    desk.answers[EXPORT] = lambda _: httpx.Response(422, json=refusal)
    page = connector(desk.transport()).changes("start_time=1767614400", now=NOW)
    assert (page.rows, page.cursor, page.more) == ((), "start_time=1767614400", False)


def test_another_refusal_is_not_swallowed() -> None:
    desk = Desk()
    desk.answers[EXPORT] = lambda _: httpx.Response(400, json={"error": "InvalidCursor"})
    with pytest.raises(Rejected):
        connector(desk.transport()).changes("cursor=zz", now=NOW)


def test_an_agent_walks_the_list_back_to_the_last_time() -> None:
    desk = Desk()
    desk.answers[EXPORT] = lambda _: httpx.Response(403, json={"error": "Forbidden"})
    rows = [TICKET | {"id": 9 - n, "updated_at": f"2026-01-05T11:5{9 - n}:00Z"} for n in range(4)]

    def listed(request: httpx.Request) -> httpx.Response:
        assert request.url.params["sort"] == "-updated_at"
        if request.url.params.get("page[after]"):
            return httpx.Response(200, json={"tickets": rows[2:], "meta": {"has_more": True, "after_cursor": "c"}})
        return httpx.Response(200, json={"tickets": rows[:2], "meta": {"has_more": True, "after_cursor": "b"}})

    desk.answers["GET /api/v2/tickets"] = listed
    zendesk = connector(desk.transport())
    page = zendesk.changes("", now=NOW)
    assert [one.record for one in page.rows] == ["8", "9"]
    desk.asked.clear()
    again = zendesk.changes(page.cursor, now=NOW)
    assert EXPORT not in desk.calls()
    assert [one.record for one in again.rows] == ["9"]
