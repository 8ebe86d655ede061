"""The search language, and an index that lags."""

import pytest

from tests.sync.sandbox.zendesk.desk import Desk


def found(desk: Desk, query: str) -> list[int]:
    """The ids that a query finds."""
    return [one["id"] for one in desk.get("search", query=query)["results"]]


def test_the_usual_terms_find_what_they_mean(desk: Desk) -> None:
    field = desk.cast("field-text")
    one = desk.create(
        subject="Printer on fire",
        priority="urgent",
        tags=["vip"],
        external_id="desk:1",
        requester_id=desk.cast("jane"),
        custom_fields=[{"id": field, "value": "C-1"}],
    )["id"]
    two = desk.create(subject="Lamp is dark", priority="low", comment={"body": "at the printer"})["id"]
    assert found(desk, "type:ticket printer") == [one, two]
    assert found(desk, 'type:ticket subject:"Printer on fire"') == [one]
    assert found(desk, "type:ticket priority:urgent") == [one]
    assert found(desk, "type:ticket -priority:urgent") == [two]
    assert found(desk, "type:ticket tags:vip") == [one]
    assert found(desk, "type:ticket external_id:desk:1") == [one]
    assert found(desk, "type:ticket requester:jane.roe@customer.example") == [one]
    assert found(desk, f"type:ticket custom_field_{field}:C-1") == [one]
    assert found(desk, "type:ticket assignee:none status<solved") == [one, two]
    desk.put(two, status="solved")
    assert found(desk, "type:ticket status>=solved") == [two]


def test_results_say_their_type(desk: Desk) -> None:
    kinds = {one["result_type"] for one in desk.get("search", query="customer")["results"]}
    assert {"user", "organization"} <= kinds


def test_the_index_lags_as_told(desk: Desk) -> None:
    desk.options(search_lag=30)
    desk.create()
    assert found(desk, "type:ticket printer") == []
    desk.practice.skew = 31
    assert len(found(desk, "type:ticket printer")) == 1


def test_results_are_exported_by_cursor(desk: Desk) -> None:
    numbers = [desk.create()["id"] for _ in range(3)]
    page = desk.get("search/export?query=printer&filter[type]=ticket&page[size]=2")
    rest = desk.api.get(page["links"]["next"]).json()
    assert [t["id"] for t in page["results"] + rest["results"]] == numbers
    assert desk.api.get("/api/v2/search/export?query=x").status_code == 400


@pytest.mark.parametrize("page", [11, 50])
def test_more_than_1000_results_cannot_be_reached(desk: Desk, page: int) -> None:
    answer = desk.api.get(f"/api/v2/search?query=x&per_page=100&page={page}")
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid")
