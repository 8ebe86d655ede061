"""Everything that changes a work item, for the API and the pages alike: rules, revision, history, web hooks."""

import re
from datetime import timedelta
from typing import Any

import nh3

from sync.sandbox.azuredevops import events, process, rules
from sync.sandbox.azuredevops.refusals import gone, moment, refuse, rule, stamp
from sync.sandbox.azuredevops.render import FOREVER
from sync.sandbox.azuredevops.seed import guid, project
from sync.sandbox.call import Call
from sync.sandbox.store import Doc, Json

FILE = re.compile(r"/attachments/([0-9A-Fa-f-]{36})")
PATH = re.compile(r"/(?P<part>fields|relations|multilineFieldsFormat)/(?P<name>.+)")
KINDS_OF_LINK = frozenset(
    {"Hyperlink", "AttachedFile", "System.LinkTypes.Related", "System.LinkTypes.Hierarchy-Reverse"}
)


def actor_id(call: Call) -> str:
    """Who acts."""
    return str(call.actor["id"]) if call.actor else ""


def load(call: Call, number: str | int, *, deleted: bool = False) -> Json:
    """A copy of an item that is (or is not) in the recycle bin. Raises Refusal 404."""
    found = call.store.copy("items", number)
    if found is None or found["deleted"] is not deleted:
        raise gone(number)
    return found


def create(call: Call, home: Doc, kind: process.Kind, operations: list[Json], *, validate: bool = False) -> Json:
    """A new item out of a JSON Patch, in its kind's first state."""
    at = stamp(call.practice.now())
    name = home["name"]
    given: Json = {"System.TeamProject": name, "System.WorkItemType": kind.name, "System.State": process.FIRST}
    given |= {"System.AreaPath": name, "System.IterationPath": name, "System.Reason": process.REASONS[process.FIRST]}
    given |= {"System.CreatedDate": at, "System.CreatedBy": actor_id(call), process.COMMON + "Priority": 2}
    if process.COMMON + "Severity" in kind.fields:
        given[process.COMMON + "Severity"] = "3 - Medium"
    doc: Json = {
        "id": 0,
        "rev": 0,
        "project": name,
        "deleted": False,
        "fields": given,
        "formats": {},
        "relations": [],
    }
    before: Json = {"fields": {}, "relations": []}
    said = patch(call, doc, operations)
    if doc["fields"]["System.State"] != process.FIRST:
        raise rule("System.State", "State", "LimitedToValues, InvalidListValue")
    _whole(doc)
    if validate:
        return doc | {"rev": 1, "fields": {**doc["fields"], "System.ChangedDate": at}}
    doc["id"] = call.store.next_id("item", start=1001)
    return save(call, doc, before, said, event="workitem.created")


def change(call: Call, doc: Json, operations: list[Json], *, validate: bool = False) -> Json:
    """Change an item by a JSON Patch: one revision, all or nothing; nothing changed is no revision."""
    before: Json = {
        "fields": dict(doc["fields"]),
        "relations": list(doc["relations"]),
        "formats": dict(doc["formats"]),
    }
    said = patch(call, doc, operations)
    _whole(doc)
    _moved(doc, before)
    same = all(doc[name] == before[name] for name in ("fields", "relations", "formats"))
    if validate or (same and not said):
        return doc
    return save(call, doc, before, said, event="workitem.commented" if said and same else "workitem.updated")


def patch(call: Call, doc: Json, operations: list[Json]) -> str:
    """Apply a JSON Patch to a copy; returns the comment in it. Raises Refusal."""
    said = ""
    for one in operations:
        op, path, value = str(one.get("op")), str(one.get("path")), one.get("value")
        if path == "/rev" and op == "test":
            if value != doc["rev"]:
                text = f"VS403208: The test operation for path /rev failed. Expected {value}, found {doc['rev']}."
                raise refuse(412, "TestPatchOperationFailedException", text)
            continue
        found = PATH.fullmatch(path)
        if found is None or op not in ("add", "replace", "remove", "test"):
            raise refuse(400, "VssPropertyValidationException", f"The patch operation {op} {path} is not supported.")
        if found["part"] == "fields":
            said = _field(call, doc, rules.reference(found["name"]), op, value) or said
        elif found["part"] == "relations":
            _relation(call, doc, found["name"], op, value)
        else:
            doc["formats"][rules.reference(found["name"])] = str(value).casefold()
    for ref in (one for one in doc["fields"] if process.FIELDS[one].type == "html"):
        doc["fields"][ref] = clean(doc["fields"][ref], doc["formats"].get(ref, "html"))
    return said


def _field(call: Call, doc: Json, ref: str, op: str, given: Any) -> str:
    """Set one field; a comment (System.History) is returned instead."""
    if ref == "System.History":
        return str(given or "")
    if op == "add" and ref == "System.Tags" and doc["fields"].get(ref):
        given = f"{doc['fields'][ref]}; {given}"
    home = str(given) if ref == "System.TeamProject" else doc["project"]
    value = None if op == "remove" else rules.stored(call.store, home, ref, given)
    if ref == "System.TeamProject":
        moved = project(call.store, home)
        if moved is None:
            raise rule(ref, "Team Project", "InvalidListValue")
        doc["project"] = value = moved["name"]
    if op == "test":
        if doc["fields"].get(ref) != value:
            raise refuse(412, "TestPatchOperationFailedException", f"The test operation for path {ref} failed.")
    elif value is None:
        doc["fields"].pop(ref, None)
    else:
        doc["fields"][ref] = value
    return ""


def _relation(call: Call, doc: Json, name: str, op: str, value: Any) -> None:
    if op == "remove":
        if not name.isdigit() or int(name) >= len(doc["relations"]):
            raise refuse(400, "VssPropertyValidationException", f"There is no relation {name}.")
        del doc["relations"][int(name)]
        return
    said = value if isinstance(value, dict) else {}
    kind, url = str(said.get("rel")), str(said.get("url", ""))
    given = said.get("attributes")
    attributes: Json = given if isinstance(given, dict) else {}
    if kind not in KINDS_OF_LINK or len(doc["relations"]) >= process.MAX_RELATIONS:
        raise refuse(400, "WorkItemRelationInvalidException", f"VS402317: The relation type {kind} is not valid.")
    if len(str(attributes.get("comment", ""))) > process.MAX_LINE:
        raise refuse(400, "WorkItemLinkCommentTooLongException", "VS402322: The comment of the link is too long.")
    at = stamp(call.practice.now())
    made: Json = {"id": call.store.next_id("relation"), "comment": str(attributes.get("comment", ""))}
    made |= {"authorizedDate": at, "resourceCreatedDate": at, "resourceModifiedDate": at, "revisedDate": FOREVER}
    kept: Json = {"rel": kind, "url": url, "attributes": made}
    if kind == "AttachedFile":
        found = FILE.search(url)
        file = call.store.get("files", found.group(1).casefold()) if found else None
        if file is None:
            raise refuse(400, "WorkItemResourceLinkException", "VS402334: The attachment does not exist.")
        kept |= {"file": file["id"]}
        made |= {"name": file["name"], "resourceSize": file["size"]}
    elif any(one["url"] == url and one["rel"] == kind for one in doc["relations"]):
        raise refuse(400, "RelationAlreadyExistsException", "VS402306: The relation already exists.")
    doc["relations"].append(kept)


def _whole(doc: Json) -> None:
    """Refuse an item without what every item needs."""
    for ref in ("System.Title", "System.State", "System.AreaPath", "System.IterationPath"):
        if not doc["fields"].get(ref):
            raise rule(ref, process.FIELDS[ref].name, "Required, InvalidEmpty")


def _moved(doc: Json, before: Json) -> None:
    """Check a change of state, and give it its reason and time."""
    kind = process.KINDS[doc["fields"]["System.WorkItemType"].casefold()]
    old, new = before["fields"]["System.State"], doc["fields"]["System.State"]
    known = next((one for one in kind.states if one.casefold() == new.casefold()), None)
    if known is None or (known != old and known not in kind.moves[old]):
        raise rule("System.State", "State", "HasValues, LimitedToValues, AllowsOldValue, InvalidListValue")
    doc["fields"]["System.State"] = known
    if known != old and doc["fields"].get("System.Reason") == before["fields"].get("System.Reason"):
        doc["fields"]["System.Reason"] = process.REASONS[known]


def save(call: Call, doc: Json, before: Json, said: str, *, event: str, by_comment: bool = False) -> Json:
    """One more revision: its snapshot, its update, its place in the order of commits, its web hook."""
    store, old = call.store, before["fields"]
    at = _later(call, old.get("System.ChangedDate"))
    watermark = store.next_id("watermark")
    fields = doc["fields"]
    fields |= {"System.ChangedDate": at, "System.ChangedBy": actor_id(call), "System.Watermark": watermark}
    if fields.get("System.State") != old.get("System.State"):
        fields[process.COMMON + "StateChangeDate"] = at
        fields.pop(process.COMMON + "ClosedDate", None)
        if fields["System.State"] == "Closed":
            fields[process.COMMON + "ClosedDate"] = at
    if said and not by_comment:
        note(call, doc, said, "html", at)
    fields["System.CommentCount"] = sum(not one["deleted"] for one in store.all(f"comments/{doc['id']}"))
    doc["rev"] += 1
    changes = {
        name: _sides(old.get(name), fields.get(name))
        for name in {**old, **fields}
        if old.get(name) != fields.get(name)
    }
    changes["System.Rev"] = _sides(doc["rev"] - 1 or None, doc["rev"])
    if said:
        changes["System.History"] = {"newValue": said}
    _updated(call, doc, before, changes, at)
    store.put("items", doc["id"], doc)
    store.put(f"revisions/{doc['id']}", doc["rev"], doc)
    store.put("commits", watermark, {"watermark": watermark, "item": doc["id"], "rev": doc["rev"], "at": at})
    events.tell(call, event, doc, changes, said)
    return doc


def _updated(call: Call, doc: Json, before: Json, changes: Json, at: str) -> None:
    """Add an update; the one before it ends now."""
    place, key = f"updates/{doc['id']}", call.store.next_id(f"update/{doc['id']}")
    last = call.store.copy(place, key - 1)
    if last is not None:
        call.store.put(place, key - 1, last | {"until": at})
    old, new = before["relations"], doc["relations"]
    ids = [{one["attributes"]["id"] for one in rows} for rows in (old, new)]
    made: Json = {"id": key, "rev": doc["rev"], "by": actor_id(call), "until": FOREVER, "fields": changes}
    made["added"] = [one for one in new if one["attributes"]["id"] not in ids[0]]
    made["removed"] = [one for one in old if one["attributes"]["id"] not in ids[1]]
    call.store.put(place, key, made)


def _sides(old: Any, new: Any) -> Json:
    sides = {"oldValue": old, "newValue": new}
    return {name: value for name, value in sides.items() if value is not None}


def _later(call: Call, before: str | None) -> str:
    """Now, or a millisecond after the revision before where that is later: no two revisions have one time."""
    now = stamp(call.practice.now())
    if before and moment(now) <= moment(before):
        return stamp(moment(before) + timedelta(milliseconds=1))
    return now


def note(call: Call, doc: Doc, text: str, kind: str, at: str) -> Json:
    """Keep a comment; HTML is cleaned as the service cleans it."""
    if len(text) > process.MAX_COMMENT:
        raise refuse(400, "CommentTextTooLongException", "VS403674: The comment's text is too long.")
    number = call.store.next_id("comment", start=50)
    made: Json = {"id": number, "item": doc["id"], "text": clean(text, kind), "format": kind, "version": 1}
    made |= {"by": actor_id(call), "changed_by": actor_id(call), "created": at, "changed": at, "deleted": False}
    call.store.put(f"comments/{doc['id']}", number, made)
    return made


def clean(text: str, kind: str) -> str:
    """Markdown is kept as it was sent; of HTML what is dangerous goes."""
    return text if kind == "markdown" else nh3.clean(text, link_rel=None)


def comment(call: Call, doc: Json, text: str, kind: str) -> Json:
    """A new comment, which is a revision of its item too."""
    before: Json = {"fields": dict(doc["fields"]), "relations": doc["relations"]}
    made = note(call, doc, text, kind, _later(call, doc["fields"]["System.ChangedDate"]))
    save(call, doc, before, made["text"], event="workitem.commented", by_comment=True)
    return made


def edit_comment(call: Call, doc: Json, made: Json, *, text: str | None, kind: str) -> Json:
    """Another text, or none (deleted); the versions before stay, and the item gets a revision."""
    before: Json = {"fields": dict(doc["fields"]), "relations": doc["relations"]}
    call.store.put(f"versions/{made['id']}", made["version"], made)
    at = stamp(call.practice.now())
    made |= {"version": made["version"] + 1, "changed": at, "changed_by": actor_id(call)}
    made |= {"deleted": True} if text is None else {"text": clean(text, kind), "format": kind}
    call.store.put(f"comments/{doc['id']}", made["id"], made)
    save(call, doc, before, made["text"] if text else "", event="workitem.updated", by_comment=True)
    return made


def bin_item(call: Call, doc: Json, *, deleted: bool) -> Json:
    """Into the recycle bin or out of it; a revision too."""
    before: Json = {"fields": dict(doc["fields"]), "relations": doc["relations"]}
    doc["deleted"] = deleted
    return save(call, doc, before, "", event="workitem.deleted" if deleted else "workitem.restored")


def destroy(call: Call, doc: Doc) -> None:
    """For ever: nothing of it is listed any more."""
    number = doc["id"]
    call.store.delete("items", number)
    for one in call.store.all("commits"):
        if one["item"] == number:
            call.store.delete("commits", one["watermark"])


def keep_file(call: Call, name: str, data: bytes) -> Json:
    """Keep an uploaded file, which is on no item yet."""
    key = guid("file", f"{call.store.next_id('file')}")
    made: Json = {"id": key, "name": name, "size": len(data), "by": actor_id(call)}
    call.store.put("files", key, made)
    call.store.put_blob(key, data)
    return made
