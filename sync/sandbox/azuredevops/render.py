"""What the practice organisation tells: identities, work items, their updates and comments."""

from typing import Any
from urllib.parse import quote

from sync.sandbox.azuredevops import process
from sync.sandbox.azuredevops.seed import ORGANISATION, guid
from sync.sandbox.call import Call
from sync.sandbox.store import Doc, Json, Store

#: fields that come only when all is asked for
MORE = frozenset({"System.Id", "System.Rev", "System.Watermark", "System.AuthorizedDate", "System.RevisedDate"})
FOREVER = "9999-01-01T00:00:00Z"


def base(call: Call) -> str:
    """The organisation's address as the caller wrote it."""
    host = call.request.host_url.rstrip("/")
    return f"{host}/{ORGANISATION}"


def identity(call: Call, key: str | None) -> Json | None:
    """A person as answers tell one."""
    found = call.store.get("people", key) if key else None
    if found is None:
        return None
    avatar = f"{base(call)}/_apis/GraphProfile/MemberAvatars/aad.{found['id']}"
    return {
        "displayName": found["displayName"],
        "url": f"{base(call)}/_apis/Identities/{found['id']}",
        "_links": {"avatar": {"href": avatar}},
        "id": found["id"],
        "uniqueName": found["uniqueName"],
        "imageUrl": avatar,
        "descriptor": f"aad.{found['id']}",
    }


def named(store: Store, key: str | None) -> str:
    """A person as text: Jane Roe <jane@example.org>."""
    found = store.get("people", key) if key else None
    return f"{found['displayName']} <{found['uniqueName']}>" if found else ""


def field(call: Call, name: str, value: Any, *, plain: bool = False) -> Any:
    """A stored value as an answer tells it; `plain` = people as text."""
    if process.FIELDS[name].identity:
        return named(call.store, value) if plain else identity(call, value)
    return value


def fields(
    call: Call, doc: Doc, wanted: list[str] | None = None, *, every: bool = False, plain: bool = False
) -> Json:
    """An item's fields that are not empty. Raises nothing: unknown names are simply not there."""
    stored = {**doc["fields"], "System.Id": doc["id"], "System.Rev": doc["rev"]}
    stored |= {"System.RevisedDate": FOREVER, "System.AuthorizedDate": stored["System.ChangedDate"]}
    if doc.get("deleted"):
        stored["System.IsDeleted"] = True
    chosen = stored if wanted is None else {name: stored[name] for name in wanted if name in stored}
    shown = {name: value for name, value in chosen.items() if value not in (None, "")}
    if wanted is None and not every:
        shown = {name: value for name, value in shown.items() if name not in MORE}
    return {
        name: value if name == "System.IsDeleted" else field(call, name, value, plain=plain)
        for name, value in shown.items()
    }


def item(call: Call, doc: Doc, *, expand: str = "none", wanted: list[str] | None = None) -> Json:
    """A work item; `expand` as asked (none, relations, fields, links, all)."""
    expand = expand.casefold()
    address = f"{base(call)}/_apis/wit/workItems/{doc['id']}"
    made: Json = {
        "id": doc["id"],
        "rev": doc["rev"],
        "fields": fields(call, doc, wanted, every=expand in ("all", "fields")),
    }
    if doc["formats"]:
        made["multilineFieldsFormat"] = doc["formats"]
    if expand in ("all", "relations") and doc["relations"]:
        made["relations"] = [relation(call, one) for one in doc["relations"]]
    if expand in ("all", "links"):
        made["_links"] = {
            "self": {"href": address},
            "workItemUpdates": {"href": f"{address}/updates"},
            "workItemRevisions": {"href": f"{address}/revisions"},
            "html": {"href": f"{base(call)}/{quote(doc['project'])}/_workitems/edit/{doc['id']}"},
        }
    made["url"] = address
    return made


def relation(call: Call, one: Doc) -> Json:
    """A relation; the address of a file of ours is the caller's."""
    url = one["url"] if one["rel"] != "AttachedFile" else f"{base(call)}/_apis/wit/attachments/{one['file']}"
    return {"rel": one["rel"], "url": url, "attributes": one["attributes"]}


def update(call: Call, doc: Doc, one: Doc) -> Json:
    """One update of an item; people in full."""
    changes = {
        name: {side: field(call, name, value) for side, value in change.items()}
        for name, change in one["fields"].items()
    }
    made: Json = {
        "id": one["id"],
        "workItemId": doc["id"],
        "rev": one["rev"],
        "revisedBy": identity(call, one["by"]),
        "revisedDate": one["until"],
        "url": f"{base(call)}/_apis/wit/workItems/{doc['id']}/updates/{one['id']}",
    }
    if changes:
        made["fields"] = changes
    if one["added"] or one["removed"]:
        sides = {"added": one["added"], "removed": one["removed"]}
        made["relations"] = {name: [relation(call, each) for each in rows] for name, rows in sides.items() if rows}
    return made


def comment(call: Call, doc: Doc, note: Doc, *, rendered: str = "") -> Json:
    """A comment; the text of a deleted one is gone."""
    project = guid("project", doc["project"])
    made: Json = {
        "workItemId": doc["id"],
        "id": note["id"],
        "version": note["version"],
        "text": "" if note["deleted"] else note["text"],
        "createdBy": identity(call, note["by"]),
        "createdDate": note["created"],
        "modifiedBy": identity(call, note["changed_by"]),
        "modifiedDate": note["changed"],
        "format": note["format"],
        "isDeleted": note["deleted"],
        "url": f"{base(call)}/{project}/_apis/wit/workItems/{doc['id']}/comments/{note['id']}",
    }
    return {**made, "renderedText": rendered} if rendered else made
