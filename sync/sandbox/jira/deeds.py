"""Everything that changes an issue, for the API and the pages alike: the write, its history, its webhooks."""

from datetime import datetime, timedelta
from typing import Any

from sync.sandbox.call import Call
from sync.sandbox.jira import catalog, events
from sync.sandbox.jira.render import stored, wiki_text
from sync.sandbox.jira.seed import person
from sync.sandbox.jira.values import refuse
from sync.sandbox.store import Doc, Json

NO_ISSUE = "Issue does not exist or you do not have permission to see it."
#: what changes in history entries carry of a person, an option …: field -> table of names
TABLES: dict[str, dict[str, Any]] = {
    "status": catalog.STATUSES,
    "priority": catalog.PRIORITIES,
    "resolution": catalog.RESOLUTIONS,
    "issuetype": catalog.TYPES,
    "customfield_10051": catalog.PRODUCTS,
}


def load(call: Call, key_or_id: str) -> Json:
    """A copy of an issue by id, key or an old key. Raises Refusal 404."""
    moved = call.store.get("keys", key_or_id.upper())
    doc = call.store.copy("issues", moved["id"] if moved else key_or_id)
    if doc is None:
        raise refuse(None, NO_ISSUE, status=404)
    return doc


def actor_id(call: Call) -> str:
    """Who acts."""
    return str(call.actor["accountId"]) if call.actor else ""


def create(call: Call, project: Doc, values: Json, properties: Json) -> Doc:
    """A new issue of stored values, in the workflow's first status."""
    number = str(call.store.next_id("issue", start=10042))
    key = f"{project['key']}-{call.store.next_id('key/' + project['key'])}"
    at = stored(call.practice.now())
    doc: Json = {
        "id": number,
        "key": key,
        "project": project["key"],
        "issuetype": values["issuetype"],
        "status": catalog.FIRST_STATUS,
        "summary": values["summary"],
        "description": values.get("description"),
        "priority": values.get("priority") or catalog.DEFAULT_PRIORITY,
        "labels": values.get("labels", []),
        "assignee": values.get("assignee"),
        "reporter": values.get("reporter") or actor_id(call),
        "creator": actor_id(call),
        "resolution": None,
        "resolutiondate": None,
        "components": values.get("components", []),
        "duedate": values.get("duedate"),
        "customfield_10050": values.get("customfield_10050"),
        "customfield_10051": values.get("customfield_10051"),
        "created": at,
        "updated": at,
        "statuschanged": at,
        "properties": properties,
    }
    call.store.put("issues", number, doc)
    call.store.put("keys", key, {"id": number})
    events.issue(call, "jira:issue_created", doc, kind="issue_created")
    return doc


def edit(call: Call, doc: Json, values: Json, *, metadata: Any = None, kind: str = "issue_generic") -> Doc:
    """Set stored values; a history entry and a webhook, unless nothing changes."""
    items = [item for name, value in values.items() for item in _items(call, name, doc.get(name), value)]
    if not items:
        return doc
    at = touch(call, doc)
    doc.update(values)
    if any(item["fieldId"] == "status" for item in items):
        doc["statuschanged"] = at
    if "resolution" in values:
        doc["resolutiondate"] = at if values["resolution"] else None
    call.store.put("issues", doc["id"], doc)
    entry = log(call, doc, items, metadata)
    events.issue(call, "jira:issue_updated", doc, kind=kind, changelog=entry)
    return doc


def transitions(doc: Doc) -> list[catalog.Transition]:
    """The arrows that leave an issue's status."""
    return [one for one in catalog.TRANSITIONS if one.origin == doc["status"]]


def move(call: Call, doc: Json, arrow: catalog.Transition, values: Json, *, metadata: Any = None) -> Doc:
    """Go along one arrow; leaving "done" clears the resolution."""
    new = {"status": arrow.target, **values}
    if arrow.resolution and "resolution" not in values:
        new["resolution"] = arrow.resolution
    if catalog.STATUSES[arrow.target][1] != "done":
        new["resolution"] = None
    return edit(call, doc, new, metadata=metadata)


def add_comment(
    call: Call, doc: Json, body: Json, *, visibility: Json | None = None, properties: Json | None = None
) -> Doc:
    """A new comment; internal ones (service desk) are told by their property, restricted ones by a role."""
    marks = properties or {}
    internal = (marks.get("sd.public.comment") or {}).get("internal") in (True, "true")
    at = touch(call, doc)
    note: Json = {
        "id": str(call.store.next_id("comment", start=10500)),
        "issue": doc["id"],
        "author": actor_id(call),
        "updateAuthor": actor_id(call),
        "body": body,
        "created": at,
        "updated": at,
        "jsdPublic": not internal,
        "properties": marks,
        "visibility": visibility,
    }
    call.store.put(f"comments/{doc['id']}", note["id"], note)
    call.store.put("issues", doc["id"], doc)
    events.comment(call, "comment_created", doc, note)
    return note


def edit_comment(call: Call, doc: Json, note: Json, changed: Json) -> Doc:
    """Replace parts of a comment (`body`, `visibility`, `properties`)."""
    at = touch(call, doc)
    note |= changed | {"updated": at, "updateAuthor": actor_id(call)}
    call.store.put(f"comments/{doc['id']}", note["id"], note)
    call.store.put("issues", doc["id"], doc)
    events.comment(call, "comment_updated", doc, note)
    return note


def delete_comment(call: Call, doc: Json, note: Doc) -> None:
    """Forget a comment."""
    touch(call, doc)
    call.store.delete(f"comments/{doc['id']}", note["id"])
    call.store.put("issues", doc["id"], doc)
    events.comment(call, "comment_deleted", doc, note)


def attach(call: Call, doc: Json, name: str, media_type: str, content: bytes) -> Doc:
    """A new file."""
    at = touch(call, doc)
    number = str(call.store.next_id("attachment", start=10010))
    file: Json = {
        "id": number,
        "issue": doc["id"],
        "filename": name,
        "author": actor_id(call),
        "created": at,
        "size": len(content),
        "mimeType": media_type,
    }
    call.store.put_blob(f"attachment/{number}", content)
    call.store.put(f"files/{doc['id']}", number, file)
    call.store.put("files", number, file)
    call.store.put("issues", doc["id"], doc)
    entry = log(call, doc, [_item("attachment", "Attachment", (None, None), (number, name))], None)
    events.attachment(call, "attachment_created", file)
    events.issue(call, "jira:issue_updated", doc, kind="issue_generic", changelog=entry)
    return file


def detach(call: Call, file: Doc) -> None:
    """Forget a file."""
    doc = load(call, file["issue"])
    touch(call, doc)
    call.store.delete(f"files/{doc['id']}", file["id"])
    call.store.delete("files", file["id"])
    call.store.delete_blob(f"attachment/{file['id']}")
    call.store.put("issues", doc["id"], doc)
    gone = (file["id"], file["filename"])
    entry = log(call, doc, [_item("attachment", "Attachment", gone, (None, None))], None)
    events.attachment(call, "attachment_deleted", file)
    events.issue(call, "jira:issue_updated", doc, kind="issue_generic", changelog=entry)


def remove(call: Call, doc: Json) -> None:
    """Delete an issue with all that hangs on it."""
    events.issue(call, "jira:issue_deleted", doc, kind="issue_deleted")
    number = doc["id"]
    for file in call.store.all(f"files/{number}"):
        call.store.delete("files", file["id"])
        call.store.delete_blob(f"attachment/{file['id']}")
    for tree in ("files", "comments", "log"):
        for one in call.store.all(f"{tree}/{number}"):
            call.store.delete(f"{tree}/{number}", one["id"])
    call.store.delete("issues", number)
    call.store.delete("index", number)
    for key in [key for key, kept in call.store.docs.get("keys", {}).items() if kept["id"] == number]:
        call.store.delete("keys", key)


def relocate(call: Call, doc: Json, project: Doc) -> Doc:
    """Move an issue to another project: same id, new key, the old key still leads to it."""
    old_key, old_home = doc["key"], doc["project"]
    touch(call, doc)
    doc["key"] = f"{project['key']}-{call.store.next_id('key/' + project['key'])}"
    doc["project"] = project["key"]
    call.store.put("issues", doc["id"], doc)
    call.store.put("keys", doc["key"], {"id": doc["id"]})
    items = [
        _item("project", "project", (old_home, old_home), (project["key"], project["name"])),
        _item("key", "Key", (None, old_key), (None, doc["key"])),
    ]
    events.issue(call, "jira:issue_updated", doc, kind="issue_moved", changelog=log(call, doc, items, None))
    return doc


def touch(call: Call, doc: Json) -> str:
    """Give an issue a new time of update, later than its last; remember what the search index still shows."""
    lag = timedelta(seconds=float((call.store.get("practice", "index") or {}).get("lag", 0)))
    now, last = call.practice.now(), datetime.fromisoformat(doc["updated"])
    if lag and last <= now - lag:
        call.store.put("index", doc["id"], doc)
    doc["updated"] = stored(max(now, last + timedelta(milliseconds=1)))
    return str(doc["updated"])


def log(call: Call, doc: Doc, items: list[Json], metadata: Any) -> Doc:
    """Add an entry to the change log."""
    entry: Json = {
        "id": str(call.store.next_id("history", start=10200)),
        "author": actor_id(call),
        "created": doc["updated"],
        "items": items,
        "historyMetadata": metadata,
    }
    call.store.put(f"log/{doc['id']}", entry["id"], entry)
    return entry


Side = tuple[str | None, str | None]


def _item(field_id: str, name: str, old: Side, new: Side, *, custom: bool = False) -> Json:
    return {
        "field": name,
        "fieldtype": "custom" if custom else "jira",
        "fieldId": field_id,
        "from": old[0],
        "fromString": old[1],
        "to": new[0],
        "toString": new[1],
    }


def _items(call: Call, name: str, old: Any, new: Any) -> list[Json]:
    """The history items of one field's change; components come one an item."""
    if old == new or (name == "labels" and sorted(old) == sorted(new)):
        return []
    if name == "components":
        gone = [
            _item(name, "Component", (one, catalog.COMPONENTS[one]), (None, None)) for one in old if one not in new
        ]
        came = [
            _item(name, "Component", (None, None), (one, catalog.COMPONENTS[one])) for one in new if one not in old
        ]
        return gone + came
    custom = name.startswith("customfield_")
    label = catalog.FIELDS[name].name if custom else name
    return [_item(name, label, _side(call, name, old), _side(call, name, new), custom=custom)]


def _side(call: Call, name: str, value: Any) -> Side:
    if name == "labels":
        return ("", " ".join(sorted(value)))
    if value is None:
        return (None, None)
    if name in TABLES:
        return (value, catalog.label_of(TABLES[name], value))
    if name in ("assignee", "reporter"):
        found = person(call.store, value)
        return (value, found["displayName"] if found else value)
    if name == "description":
        return (None, wiki_text(value))
    return (value, f"{value} 00:00:00.0") if name == "duedate" else (None, value)
