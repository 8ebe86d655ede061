"""The list of changes by its watermark, finding by key, and filters in WIQL."""

from datetime import UTC, datetime

import httpx
import pytest

from portal.core.errors import BadInput, Rejected
from sync.connectors.azuredevops.listing import Cursor, literal
from tests.sync.connectors.azuredevops.site import Site

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
LIST, WIQL = "POST reporting/workitemrevisions", "POST wiql"


def revision(number: int, rev: int, at: str = "2026-01-05T12:00:01Z") -> dict[str, object]:
    return {"id": number, "rev": rev, "fields": {"System.ChangedDate": at}}


def batch(*rows: dict[str, object], token: str = "9;1;1", last: bool = True) -> dict[str, object]:  # noqa: S107 - no password
    return {"values": list(rows), "continuationToken": token, "isLastBatch": last}


def test_a_list_begins_now_and_goes_on_by_the_services_token() -> None:
    site = Site(answers={LIST: batch(revision(1, 1), revision(2, 1), revision(1, 2), last=False)})
    azure = site.connector()
    page = azure.changes("", now=NOW)
    assert site.asked[-1].url.params["startDateTime"] == "2026-01-05T12:00:00.000Z"
    assert [(row.record, row.version) for row in page.rows] == [("2", "1"), ("1", "2")]
    assert page.more
    site.answers[LIST] = batch(token="9;1;2")
    page = azure.changes(page.cursor, now=NOW)
    assert dict(site.asked[-1].url.params) == {"api-version": "7.1", "continuationToken": "9;1;1"}
    assert (page.rows, page.more) == ((), False)
    assert Cursor.parse(page.cursor).token == "9;1;2"
    assert site.sent(LIST)["includeDeleted"] is True


def test_a_token_that_is_no_longer_taken_starts_anew_from_a_time() -> None:
    site = Site(answers={LIST: lambda _: httpx.Response(400, json={"message": "VS403350: bad token"})})
    page = site.connector().changes(Cursor("1;1;1", NOW).text(), now=NOW)
    assert (page.rows, page.more) == ((), True)
    site.answers[LIST] = batch()
    site.connector().changes(page.cursor, now=NOW)
    assert site.asked[-1].url.params["startDateTime"] == "2026-01-05T11:55:00.000Z"


def test_an_older_service_has_its_token_in_an_address() -> None:
    link = "https://dev.azure.com/acme/_apis/wit/reporting/workItemRevisions?continuationToken=3;2;1&api-version=2.0"
    site = Site(answers={LIST: {"values": [{"id": 5, "rev": 2}], "nextLink": link, "isLastBatch": True}})
    page = site.connector().changes(Cursor("1;1;1", NOW).text(), now=NOW)
    assert Cursor.parse(page.cursor).token == "3;2;1"
    assert page.rows[0].updated_at == NOW


def test_a_place_that_is_none_is_told() -> None:
    with pytest.raises(BadInput, match="Start it anew"):
        Site().connector().changes("nonsense", now=NOW)


def test_an_item_is_found_by_tag_and_proven_by_its_whole_key() -> None:
    key = {"rel": "Hyperlink", "url": "u", "attributes": {"comment": "concord:k-1"}}
    rows = [{"id": 5, "relations": [key]}, {"id": 6, "relations": []}, None]
    site = Site(
        answers={WIQL: {"workItems": [{"id": 5}, {"id": 6}, {"id": 7}]}, "POST workitemsbatch": {"value": rows}}
    )
    assert site.connector().find("Bug", "k-1") == ("5",)
    assert "[System.Tags] CONTAINS 'concord-" in site.sent(WIQL)["query"]
    assert site.asked[0].url.params["timePrecision"] == "true"
    assert site.sent("POST workitemsbatch") == {"ids": [5, 6, 7], "$expand": "relations", "errorPolicy": "omit"}


def test_a_text_cannot_leave_its_quotation_marks() -> None:
    assert literal("it's") == "'it''s'"


def test_a_filter_is_tried_by_itself_before_it_stands_in_brackets() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.content.decode())
        if ")" in asked[-1].partition("WHERE")[2].partition(")")[0] + ")" and "OR (" in asked[-1] and len(asked) == 1:
            return httpx.Response(400, json={"message": "TF51006: stray )"})
        return httpx.Response(200, json={"workItems": [{"id": n} for n in range(1, 8)]})

    site = Site(answers={WIQL: answer})
    with pytest.raises(Rejected, match="TF51006"):
        site.connector().trial("[System.Id] = 1) OR ([System.Id] = 2")
    assert len(asked) == 1
    found = site.connector().trial("[System.State] = 'New'")
    assert (found.count, found.samples) == (7, ("#1", "#2", "#3", "#4", "#5"))
    with pytest.raises(Rejected, match="WHERE"):
        site.connector().trial("SELECT [System.Id] FROM WorkItems")


def test_matching_answers_for_the_asked_items_alone() -> None:
    site = Site(answers={WIQL: {"workItems": [{"id": 42}, {"id": 99}]}})
    azure = site.connector()
    item = azure.read("42")
    matched = azure.matching("[System.State] = 'New'", [item], now=NOW)
    assert (matched.found, matched.unsure) == (frozenset({"42"}), frozenset())
    assert "[System.Id] IN (42) AND ([System.State] = 'New')" in site.sent(WIQL)["query"]
