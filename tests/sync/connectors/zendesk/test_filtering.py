"""A filter in Zendesk's search syntax: what cannot be one, what is told of it, and when an answer is sure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from portal.core.errors import Rejected
from sync.connectors.zendesk.filtering import LAG
from sync.engine.types import Item
from tests.sync.connectors.zendesk.desk import connector

NOW = datetime(2026, 1, 5, 10, 0, 30, tzinfo=UTC)
TICKET = Item("88", "ticket", "#88", "", "1", NOW - timedelta(days=1), NOW - timedelta(days=1), {})


def desk(*rows: tuple[int, datetime], asked: list[str] | None = None) -> httpx.MockTransport:
    """A search that finds these (id, time of change)."""

    def answer(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request.url.params["query"])
        if request.url.path.endswith("/count"):
            return httpx.Response(200, json={"count": len(rows)})
        found = [{"id": number, "updated_at": at.isoformat()} for number, at in rows]
        return httpx.Response(200, json={"results": found, "meta": {"has_more": False}})

    return httpx.MockTransport(answer)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ('subject:"half', "quotation mark is not closed"),
        ("tags:a order_by:created", "has no order"),
        ("type:user", "always about tickets"),
    ],
)
def test_what_cannot_be_a_filter_is_refused(query: str, sentence: str) -> None:
    with pytest.raises(Rejected, match=sentence):
        connector(desk()).trial(query)


def test_a_trial_counts_names_examples_and_doubts_unknown_keywords() -> None:
    asked: list[str] = []
    found = connector(desk((7, NOW), (8, NOW), asked=asked)).trial("tag:vip custom_field_12:x")
    assert (found.count, found.samples) == (2, ("#7", "#8"))
    assert "no keyword tag:" in found.note
    assert set(asked) == {"type:ticket tag:vip custom_field_12:x"}


def test_a_ticket_is_asked_for_by_its_number_and_another_with_the_number_in_it_is_not_it() -> None:
    asked: list[str] = []
    told = connector(desk((880, NOW), asked=asked)).matching("tags:vip", [TICKET], now=NOW)
    assert asked == ["88 tags:vip"]
    assert (told.found, told.unsure) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("indexed", "changed", "found", "unsure"),
    [
        (NOW, NOW, {"88"}, set()),
        (NOW - timedelta(hours=1), NOW, set(), {"88"}),
        (NOW - timedelta(hours=2), NOW - LAG, {"88"}, set()),
        (None, NOW - timedelta(seconds=10), set(), {"88"}),
        (None, NOW - LAG, set(), set()),
    ],
    ids=["as read", "as it was before", "late but still", "not found yet", "not found"],
)
def test_an_answer_is_sure_once_the_index_must_know(
    indexed: datetime | None, changed: datetime, found: set[str], unsure: set[str]
) -> None:
    rows = [(88, indexed)] if indexed else []
    told = connector(desk(*rows)).matching("tags:vip", [replace(TICKET, updated_at=changed)], now=NOW)
    assert (set(told.found), set(told.unsure)) == (found, unsure)
