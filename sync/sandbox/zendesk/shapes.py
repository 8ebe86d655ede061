"""The shapes that all answers of the practice Zendesk share: refusals, times, addresses, pages of lists."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sync.sandbox.call import Call, Refusal
from sync.sandbox.store import Doc, Json

#: the first of the account's 64-bit record ids
FIRST_ID = 16_164_101_574_170
ACCOUNT_ID = 22_129_848
#: deepest page of offset paging (10,000 rows at 100 a page)
MAX_PAGE = 100

Present = Callable[[Doc], Json]
Key = tuple[Any, ...]


def iso(moment: datetime) -> str:
    """A time as the API writes it: UTC, whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def new_id(call: Call) -> int:
    """A fresh record id, unique over all nouns but tickets."""
    return call.store.next_id("record", start=FIRST_ID)


def url(call: Call, path: str) -> str:
    """The full API address of a record, on the host name that the client used."""
    return f"{call.request.host_url}api/v2/{path}.json"


def not_found() -> Refusal:
    """404 for a record."""
    return Refusal(404, {"error": "RecordNotFound", "description": "Not found"})


def invalid(field: str, description: str, error: str = "", **more: object) -> Refusal:
    """422 RecordInvalid that names one field."""
    entry: Json = {"description": description, **({"error": error} if error else {}), **more}
    return Refusal(
        422,
        {"error": "RecordInvalid", "description": "Record validation errors", "details": {field: [entry]}},
    )


def bad_attribute(name: str, sentence: str) -> Refusal:
    """400 for a value of the wrong type; `error` is an object here, as in the real answers."""
    message = f"You passed an invalid value for the {name} attribute. {sentence}"
    return Refusal(400, {"error": {"title": "Invalid attribute", "message": message}})


def forbidden() -> Refusal:
    """403 for a role that may not do this."""
    message = (
        "You do not have access to this page. Please contact the account owner of this help desk for further help."
    )
    return Refusal(403, {"error": {"title": "Forbidden", "message": message}})


def too_many(maximum: int = 100) -> Refusal:
    """400 for bulk calls with more than `maximum` records."""
    sentence = f"Parameter  cannot specify more than {maximum} values"
    return Refusal(400, {"error": "TooManyValues", "description": sentence, "max_count": maximum})


def ids_of(call: Call, name: str = "ids") -> list[int]:
    """A comma-separated list of ids out of the query. Raises 400 for more than 100 or for no numbers."""
    parts = [part.strip() for part in call.arg(name).split(",") if part.strip()]
    if len(parts) > 100:
        raise too_many()
    if not all(part.isdigit() for part in parts):
        raise bad_attribute(name, "It must be a list of integers")
    return [int(part) for part in parts]


def wanted(body: Json, noun: str) -> Json:
    """The object under `noun` of a request body. Raises 400 when it is missing or no object."""
    found = body.get(noun)
    if not isinstance(found, dict):
        raise Refusal(
            400,
            {
                "error": {
                    "title": "Invalid attribute",
                    "message": f"You passed an invalid value for the {noun} attribute. must be an object",
                }
            },
        )
    return found


@dataclass(frozen=True, slots=True)
class Listing:
    """A list to be paged: its noun, its rows with their order keys (ascending), how a row is shown."""

    noun: str
    rows: Sequence[tuple[Key, Doc]]
    present: Present
    #: page size when none is asked, and the largest
    size: int = 100
    largest: int = 100
    #: rows stand in falling order of their keys
    descending: bool = False


def by_id(noun: str, docs: Iterable[Doc], present: Present) -> Listing:
    """A listing in the order of ids."""
    return Listing(noun, sorted(((int(doc["id"]),), doc) for doc in docs), present)


def turned(call: Call, listing: Listing) -> Listing:
    """The listing newest first where `sort=-...` or `sort_order=desc` asks for it."""
    if not call.arg("sort").startswith("-") and call.arg("sort_order") != "desc":
        return listing
    return replace(listing, rows=list(reversed(listing.rows)), descending=True)


def seen_ticket(call: Call, ticket_id: int) -> Doc:
    """The ticket; 404 when there is none or it is deleted."""
    ticket = call.store.get("tickets", ticket_id)
    if ticket is None or ticket["status"] == "deleted":
        raise not_found()
    return ticket


def paged(call: Call, listing: Listing, *, default: str = "offset") -> Json:
    """One page: cursor paging when page[size], page[after] or page[before] is given, else `default`."""
    if any(name.startswith("page[") for name in call.request.args):
        return cursor_page(call, listing)
    if default == "cursor" and "page" not in call.request.args and "per_page" not in call.request.args:
        return cursor_page(call, listing)
    return offset_page(call, listing)


def offset_page(call: Call, listing: Listing) -> Json:
    """`page`, `per_page` -> rows, next_page, previous_page, count."""
    size = _whole(call.arg("per_page"), listing.size, 1, listing.largest)
    number = _whole(call.arg("page"), 1, 1, None)
    if number > MAX_PAGE:
        raise Refusal(400, {"error": "InvalidPaginationDepth", "description": "Page depth exceeds limit"})
    total = len(listing.rows)
    shown = listing.rows[(number - 1) * size : number * size]
    return {
        listing.noun: [listing.present(doc) for _, doc in shown],
        "next_page": _link(call, {"page": number + 1}) if number * size < total else None,
        "previous_page": _link(call, {"page": number - 1}) if number > 1 else None,
        "count": total,
    }


def cursor_page(call: Call, listing: Listing) -> Json:
    """`page[size]`, `page[after]`, `page[before]` -> rows, meta, links."""
    size = _whole(call.arg("page[size]"), listing.size, 1, None)
    if size > listing.largest:
        detail = f"page[size] must be between 1 and {listing.largest}"
        raise Refusal(400, {"errors": [{"code": "InvalidValue", "title": "Invalid value", "detail": detail}]})
    after, before = call.arg("page[after]"), call.arg("page[before]")
    edge = _opened(before or after) if before or after else None
    upward = bool(before) == listing.descending
    rows = [row for row in listing.rows if edge is None or (row[0] > edge if upward else row[0] < edge)]
    more = len(rows) > size
    rows = rows[-size:] if before else rows[:size]
    first = _sealed(rows[0][0]) if rows else None
    last = _sealed(rows[-1][0]) if rows else None
    return {
        listing.noun: [listing.present(doc) for _, doc in rows],
        "meta": {"has_more": more, "after_cursor": last, "before_cursor": first},
        "links": {
            "prev": _link(call, {"page[before]": first, "page[after]": None}) if first else None,
            "next": _link(call, {"page[after]": last, "page[before]": None}) if last else None,
        },
    }


def _whole(text: str, default: int, least: int, most: int | None) -> int:
    number = int(text) if text.isdigit() else default
    return max(least, number if most is None else min(number, most))


def _sealed(key: Key) -> str:
    return base64.b64encode(json.dumps({"o": "nice_id", "v": key}).encode()).decode()


def _opened(cursor: str) -> Key:
    try:
        return tuple(json.loads(base64.b64decode(cursor))["v"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        detail = "page[after] is not valid"
        raise Refusal(
            400,
            {"errors": [{"code": "InvalidPaginationParameter", "title": "Invalid cursor", "detail": detail}]},
        ) from error


def _link(call: Call, changes: dict[str, object]) -> str:
    """This request's own address with some parameters changed (None = left out)."""
    asked: dict[str, object] = {**call.request.args.to_dict(), **changes}
    kept = {name: value for name, value in asked.items() if value is not None}
    return f"{call.request.base_url}?{urlencode(kept)}"
