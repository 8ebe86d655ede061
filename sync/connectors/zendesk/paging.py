"""Zendesk's lists page by page: cursors, and offsets where a list knows no cursor."""

from collections.abc import Iterator, Mapping

import httpx

from portal.core.errors import Unavailable
from sync.connectors.wire import Json, Wire
from sync.connectors.zendesk.shapes import row, text

PAGE = 100


def pages(
    wire: Wire, path: str, params: Mapping[str, str | int], *, first: Mapping[str, str | int] | None = None
) -> Iterator[Json]:
    """Every page of a list. `first` are parameters of the first page only, such as side-loads.

    Links are read for their query only: the host in them may be another name of the same account.
    """
    query: dict[str, str | int] = {**params, "page[size]": PAGE}
    asked: set[tuple[tuple[str, str], ...]] = set()
    more: Mapping[str, str | int] = first or {}
    while True:
        mark = tuple(sorted((name, str(value)) for name, value in query.items()))
        if mark in asked:
            raise Unavailable("Zendesk sent the same page of a list twice.", sent=False)
        asked.add(mark)
        answer = wire.json("GET", path, params={**query, **more})
        yield answer
        onward = following(answer)
        if not onward:
            return
        query, more = {**params, **onward}, {}


def following(answer: Mapping[str, object]) -> dict[str, str | int]:
    """The parameters that lead to the next page, {} after the last."""
    meta = row(answer.get("meta"))
    if meta:
        cursor = text(meta.get("after_cursor"))
        return {"page[size]": PAGE, "page[after]": cursor} if meta.get("has_more") and cursor else {}
    link = text(answer.get("next_page"))
    return dict(httpx.URL(link).params) if link else {}
