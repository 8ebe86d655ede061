"""The list of changes: keyset pages, ties in one second, files, zones, and what rights hide."""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from portal.core.errors import BadInput, Rejected, Unavailable
from sync.connectors.servicenow.home import PAGE
from sync.connectors.servicenow.listing import Cursor, marker
from tests.sync.connectors.servicenow.instance import ME, Instance, Json

NOW = datetime(2026, 1, 5, 10, 10, tzinfo=UTC)
MARK = Cursor(mark=NOW, seen=NOW).text()


def row(number: int, at: str = "2026-01-05 10:06:00") -> Json:
    return {"sys_id": f"{number:032x}", "sys_updated_on": at, "sys_mod_count": "1", "sys_class_name": "incident"}


def table(rows: list[Json], total: int = 0) -> Callable[[httpx.Request], httpx.Response]:
    """Answers a page with a total that rights may have left more of than we see."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"result": rows}, headers={"X-Total-Count": str(total or len(rows))})

    return answer


def test_a_run_begins_at_the_mark_less_the_overlap() -> None:
    instance = Instance(answers={"GET /incident": [row(1)]})
    page = instance.connector().changes(MARK, now=NOW)
    (query,) = instance.queries("incident")
    assert query == "sys_updated_on>=2026-01-05 10:05:00^ORDERBYsys_updated_on^ORDERBYsys_id"
    assert ([one.version for one in page.rows], page.more) == (["2026-01-05 10:06:00/1/"], False)


def test_it_begins_with_the_clock_that_is_behind() -> None:
    page = Instance().connector().changes("", now=datetime(2026, 1, 5, 10, 20, tzinfo=UTC))
    assert Cursor.parse(page.cursor).mark == NOW


def test_a_page_ends_within_a_second_and_goes_on_there() -> None:
    rows = [row(number) for number in range(PAGE)]
    instance = Instance(answers={"GET /incident": table(rows, total=PAGE + 1)})
    connector = instance.connector()
    page = connector.changes(MARK, now=NOW)
    assert (page.more, len(page.rows)) == (True, PAGE)
    instance.answers["GET /incident"] = table([row(PAGE)])
    rest = connector.changes(page.cursor, now=NOW)
    tie, later = instance.queries("incident")[-2:]
    assert tie == f"sys_updated_on=2026-01-05 10:06:00^sys_id>{PAGE - 1:032x}^ORDERBYsys_id"
    assert later.startswith("sys_updated_on>2026-01-05 10:06:00^")
    assert not rest.more
    assert Cursor.parse(rest.cursor).at == ""


def test_a_page_of_which_rights_hide_every_row_is_no_end() -> None:
    pages = iter([([], 2 * PAGE + 1), ([row(7)], 2 * PAGE + 1), ([], 0)])

    def answer(request: httpx.Request) -> httpx.Response:
        rows, total = next(pages)
        return httpx.Response(200, json={"result": rows}, headers={"X-Total-Count": str(total)})

    instance = Instance(answers={"GET /incident": answer})
    page = instance.connector().changes(MARK, now=NOW)
    assert ([one.record for one in page.rows], page.more) == ([f"{7:032x}"], True)
    assert instance.asked[-2].url.params["sysparm_offset"] == str(PAGE)


def test_dates_are_written_in_the_zone_of_the_account() -> None:
    berlin = {"result": [ME | {"time_zone": "Europe/Berlin"}]}
    instance = Instance(answers={"GET /incident": [], "GET /sys_user": lambda _: httpx.Response(200, json=berlin)})
    instance.connector().changes(MARK, now=NOW)
    assert "2026-01-05 11:05:00" in instance.queries("incident")[0]


def test_rows_that_were_not_asked_for_are_no_answer() -> None:
    instance = Instance(answers={"GET /incident": [row(1, "2025-01-01 00:00:00")]})
    with pytest.raises(Unavailable, match="time zone"):
        instance.connector().changes(MARK, now=NOW)


def test_a_record_that_only_got_a_file_is_listed_and_a_listed_one_has_a_new_version() -> None:
    got = {"sys_id": "f" * 32, "table_sys_id": f"{9:032x}", "sys_created_on": "2026-01-05 10:12:00"}
    other = got | {"sys_id": "e" * 32, "table_sys_id": f"{1:032x}"}

    def answer(request: httpx.Request) -> httpx.Response:
        owner = "sys_idIN" in request.url.params["sysparm_query"]
        return table([row(9, "2026-01-01 00:00:00") if owner else row(1)])(request)

    instance = Instance(answers={"GET /incident": answer, "GET /sys_attachment": [got, other]})
    page = instance.connector().changes(MARK, now=NOW)
    assert [(one.record, one.version) for one in page.rows] == [
        (f"{1:032x}", "2026-01-05 10:06:00/1/eeeeeeee"),
        (f"{9:032x}", "2026-01-01 00:00:00/1/ffffffff"),
    ]
    assert Cursor.parse(page.cursor).mark == datetime(2026, 1, 5, 10, 12, tzinfo=UTC)


def test_several_tables_are_one_list() -> None:
    instance = Instance(answers={"GET /task": [row(1)]})
    connector = instance.connector(tables="incident,change_request,incident")
    connector.changes(MARK, now=NOW)
    assert instance.queries("task")[0].startswith("sys_class_nameINincident,change_request^sys_updated_on>=")
    assert connector.home.table_of(f"{1:032x}") == "incident"


def test_a_cursor_of_another_making_is_bad_input() -> None:
    for text in ("2026", "{}", '{"mark": 1}'):
        with pytest.raises(BadInput):
            Instance().connector().changes(text, now=NOW)


def test_a_record_with_a_longer_key_is_not_taken_for_ours() -> None:
    key = "k" * 92
    rows = [
        {"sys_id": "1", "correlation_id": "concord:" + key, "correlation_display": "Concord"},
        {"sys_id": "2", "correlation_id": "concord:" + key, "correlation_display": "more"},
    ]
    connector = Instance(answers={"GET /incident": rows}).connector()
    assert connector.find("incident", key) == ("1",)
    assert connector.find("incident", key + "more") == ("2",)


def test_a_key_that_has_no_room_is_refused_before_the_write() -> None:
    assert marker("k" * 192)["correlation_display"] == "k" * 100
    with pytest.raises(Rejected):
        marker("k" * 193)
