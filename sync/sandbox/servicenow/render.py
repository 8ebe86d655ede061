"""A record as the API tells it: stored values, labels or both; references with or without their link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sync.sandbox.call import Call
from sync.sandbox.servicenow import catalog, rows
from sync.sandbox.servicenow.seed import roles, user
from sync.sandbox.store import Doc, Json, Store

TIMES = ("glide_date_time", "due_date")
HEAD = {"comments": "Additional comments", "work_notes": "Work notes"}


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, and in what form they asked for values: "false", "true" or "all"."""

    store: Store
    base: str
    zone: ZoneInfo
    display: str = "false"
    bare: bool = False
    #: whether the viewer may read work notes
    inside: bool = True

    @classmethod
    def of(cls, call: Call) -> "View":
        """As a request asks for it."""
        actor = call.actor
        return cls(
            call.store,
            call.request.host_url.rstrip("/"),
            zone_of(actor),
            call.arg("sysparm_display_value", "false").lower(),
            call.arg("sysparm_exclude_reference_link").lower() == "true",
            actor is not None and "itil" in roles(call.store, actor["sys_id"]),
        )


def zone_of(actor: Doc | None) -> ZoneInfo:
    """The time zone of a user."""
    try:
        return ZoneInfo(actor["time_zone"] if actor and actor["time_zone"] else "GMT")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def record(view: View, table: str, doc: Doc, wanted: Sequence[str] = ()) -> Json:
    """One record with the wanted fields (all of its table's without); unknown ones are left out."""
    own = doc.get("sys_class_name") or table
    known = catalog.columns(own if not wanted else table)
    names = [one for one in wanted if rows.walkable(table, one)] if wanted else list(known)
    return {name: _value(view, table, doc, name) for name in names}


def _value(view: View, table: str, doc: Doc, path: str) -> object:
    own = table
    value = rows.walked(view.store, own, doc, path) or ""
    column = _column(own if "." in path else (doc.get("sys_class_name") or own), path)
    if column.element in catalog.JOURNALS:
        value = ""
    told = shown(view, doc, column, value, path)
    linked = bool(column.reference and value)
    link = {"link": f"{view.base}/api/now/v2/table/{column.reference}/{value}"} if linked and not view.bare else {}
    if view.display == "all":
        return {"display_value": told, "value": value, **link}
    if view.display == "true":
        return {"display_value": told, **link} if link else told
    return {**link, "value": value} if link else value


def _column(table: str, path: str) -> catalog.Column:
    first, _, rest = path.partition(".")
    column = catalog.columns(table)[first]
    return _column(column.reference, rest) if rest else column


def shown(view: View, doc: Doc, column: catalog.Column, value: str, path: str = "") -> str:
    """A stored value as people read it."""
    if column.element in catalog.JOURNALS and "." not in path:
        return _journal(view, doc, column.element)
    if column.reference and value:
        return name_of(view.store, column.reference, value)
    if column.type in TIMES and value:
        at = datetime.fromisoformat(value).replace(tzinfo=UTC)
        return at.astimezone(view.zone).strftime("%Y-%m-%d %H:%M:%S")
    if column.choice and "." not in path:
        return label(doc.get("sys_class_name") or "task", column.element, value)
    return value


def label(table: str, element: str, value: str) -> str:
    """The label of a choice."""
    return dict(catalog.choices(table, element)).get(value, value)


def name_of(store: Store, table: str, number: str) -> str:
    """What people call a record that a reference leads to."""
    found = rows.one_row(store, table, number) if table in catalog.TABLES else None
    return str(found[catalog.TABLES[table].display]) if found else ""


def _journal(view: View, doc: Doc, element: str) -> str:
    """All entries of a journal field in one text, newest first, times in the viewer's zone."""
    if element == "work_notes" and not view.inside:
        return ""
    texts = []
    for entry in view.store.all(f"sys_journal_field/{doc['sys_id']}")[::-1]:
        if entry["element"] == element:
            at = datetime.fromisoformat(entry["sys_created_on"]).replace(tzinfo=UTC).astimezone(view.zone)
            by = user(view.store, entry["sys_created_by"])
            name = by["name"] if by else entry["sys_created_by"]
            texts.append(f"{at.strftime('%Y-%m-%d %H:%M:%S')} - {name} ({HEAD[element]})\n{entry['value']}\n\n")
    return "".join(texts)
