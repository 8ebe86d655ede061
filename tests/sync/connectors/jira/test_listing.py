"""The list of changes: minutes, time zones, clock changes, tokens; and finding by marker."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from portal.core.errors import BadInput, Rejected, Unauthorized
from sync.connectors.jira.listing import Cursor, literal, marker_label, quoted
from tests.sync.connectors.jira.site import Site

NOW = datetime(2026, 1, 5, 10, 0, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def row(number: int, updated: str) -> dict[str, object]:
    return {"id": str(number), "key": f"INF-{number}", "fields": {"updated": updated}}


def pages(*answers: dict[str, object]) -> Site:
    left = list(answers)
    site = Site()
    site.answers["POST /search/jql"] = lambda _: httpx.Response(200, json=left.pop(0))
    return site


def test_an_empty_cursor_begins_now_and_lists_nothing() -> None:
    site = Site()
    page = site.connector().changes("", now=NOW)
    assert (page.rows, page.more) == ((), False)
    assert Cursor.parse(page.cursor).mark == datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def test_a_clock_behind_ours_is_where_the_list_begins() -> None:
    site = Site()
    site.answers["GET /serverInfo"] = {"serverTime": "2026-01-05T10:40:00.000+0100"}
    page = site.connector().changes("", now=NOW)
    assert Cursor.parse(page.cursor).mark == datetime(2026, 1, 5, 9, 40, tzinfo=UTC)


def test_the_query_is_in_minutes_of_the_accounts_zone_with_the_overlap() -> None:
    site = pages({"issues": [], "isLast": True})
    site.connector().changes(Cursor(NOW, NOW).text(), now=NOW)
    sent = site.sent("POST /search/jql")
    assert sent["jql"] == 'project = "INF" AND updated >= "2026-01-05 10:55" ORDER BY updated ASC, id ASC'
    assert sent["fields"] == ["updated"]


def test_the_watermark_moves_at_the_end_of_a_run_only() -> None:
    one = {"issues": [row(1, "2026-01-05T11:10:00.000+0100")], "nextPageToken": "t", "isLast": False}
    two = {"issues": [row(2, "2026-01-05T11:20:00.000+0100")], "isLast": True}
    site = pages(one, two)
    jira = site.connector()
    first = jira.changes(Cursor(NOW, NOW).text(), now=NOW)
    assert (first.more, Cursor.parse(first.cursor).mark) == (True, NOW)
    second = jira.changes(first.cursor, now=NOW)
    assert (second.more, [one.record for one in second.rows]) == (False, ["2"])
    assert site.sent("POST /search/jql")["nextPageToken"] == "t"
    assert Cursor.parse(second.cursor).mark == datetime(2026, 1, 5, 10, 20, tzinfo=UTC)


def test_a_run_without_rows_keeps_the_watermark() -> None:
    site = pages({"issues": [], "isLast": True})
    page = site.connector().changes(Cursor(NOW, NOW).text(), now=NOW + timedelta(hours=1))
    assert Cursor.parse(page.cursor).mark == NOW


def test_a_token_that_jira_no_longer_takes_restarts_the_run() -> None:
    site = Site()
    refusal = {"errorMessages": ["The token is invalid."], "errors": {}}
    site.answers["POST /search/jql"] = lambda _: httpx.Response(400, json=refusal)
    page = site.connector().changes(Cursor(NOW, NOW, "old").text(), now=NOW)
    assert (page.more, Cursor.parse(page.cursor)) == (True, Cursor(NOW, NOW))
    with pytest.raises(Rejected):
        site.connector().changes(page.cursor, now=NOW)


def test_nobodys_view_is_a_refused_credential() -> None:
    site = Site()
    headers = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    site.answers["POST /search/jql"] = lambda _: httpx.Response(200, json={"issues": []}, headers=headers)
    with pytest.raises(Unauthorized):
        site.connector().changes(Cursor(NOW, NOW).text(), now=NOW)


def test_a_cursor_of_somebody_else_is_refused() -> None:
    for text in ("x", "{}", '{"mark": 1}'):
        with pytest.raises(BadInput):
            Site().connector().changes(text, now=NOW)


def test_around_a_clock_change_the_literal_is_an_hour_earlier() -> None:
    autumn = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert literal(autumn, BERLIN) == "2026-10-25 02:30"
    assert literal(datetime(2026, 6, 1, 12, 0, 59, tzinfo=UTC), BERLIN) == "2026-06-01 14:00"


def test_values_of_a_query_are_quoted() -> None:
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'


def test_a_marker_is_found_by_label_and_proven_by_property() -> None:
    right = {"id": "1", "properties": {"concord": {"key": "k-1"}}}
    wrong = {"id": "2", "properties": {"concord": {"key": "k-2"}}}
    site = pages({"issues": [right, wrong, {"id": "3"}], "isLast": True})
    assert site.connector().find("Task", "k-1") == ("1",)
    assert marker_label("k-1") in site.sent("POST /search/jql")["jql"]


def test_a_marker_label_is_short_and_has_no_blank() -> None:
    assert len(marker_label("x" * 200)) == 24
