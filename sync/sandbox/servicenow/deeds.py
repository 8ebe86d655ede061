"""What happens to records: insert, update, delete, attach; each with its audit, journal and outbound message."""

import hashlib
import re
import uuid
from collections.abc import Mapping

from sync.sandbox.call import Call
from sync.sandbox.servicenow import catalog, outbound, rows, rules
from sync.sandbox.servicenow.seed import stored, system
from sync.sandbox.store import Doc, Json

ID = re.compile(r"[0-9a-f]{32}")
FIRST = {"incident": 10001, "change_request": 30001, "sc_request": 10001, "sc_req_item": 10001}
#: columns whose changes the audit does not tell
UNAUDITED = frozenset({"sys_updated_on", "sys_updated_by", "sys_mod_count", "sys_id"})


def who(call: Call) -> str:
    """The user name of who acts."""
    return str(call.actor["user_name"]) if call.actor else "guest"


def load(call: Call, table: str, number: str) -> Doc:
    """A record. Raises Refusal 404."""
    found = rows.one_row(call.store, table, number)
    if found is None:
        raise rules.refused(
            "No Record found", "Record doesn't exist or ACL restricts the record retrieval", status=404
        )
    return found


def insert(call: Call, table: str, given: Mapping[str, object]) -> Doc:
    """A new record; its sys_id may be chosen by the client."""
    now, own = stored(call.practice.now()), str(given.get("sys_id", ""))
    number = own if ID.fullmatch(own) else uuid.uuid4().hex
    if rows.one_row(call.store, table, number) is not None:
        raise rules.refused("Operation Failed", "Unique Key violation detected by database", status=403)
    doc: Json = {name: column.default for name, column in catalog.columns(table).items()}
    doc |= system(number, now, who(call)) | {"sys_class_name": table}
    if table == "change_request":
        doc["state"] = "-5"
    values = accepted(call, table, given)
    texts = {name: values.pop(name, "") for name in catalog.JOURNALS}
    doc |= values
    if table in FIRST:
        count = call.store.next_id(f"number/{table}", start=FIRST[table])
        doc["number"] = f"{catalog.TABLES[table].prefix}{count:07d}"
        doc["opened_at"] = doc["opened_at"] or now
        doc["opened_by"] = doc["opened_by"] or (str(call.actor["sys_id"]) if call.actor else "")
    _consequences(call, table, None, doc)
    rules.check(table, None, doc, {**values, **{name: text for name, text in texts.items() if text}})
    call.store.put(table, number, doc)
    journal(call, table, doc, texts)
    outbound.announce(call, table, doc, "insert")
    return doc


def update(call: Call, table: str, before: Doc, given: Mapping[str, object]) -> Doc:
    """Change a record; one that gets nothing new stays as it is, without a new time."""
    table = before.get("sys_class_name") or table
    values = accepted(call, table, given)
    texts = {name: values.pop(name, "") for name in catalog.JOURNALS}
    doc: Json = {**before, **values}
    rules.check(table, before, doc, {**values, **{name: text for name, text in texts.items() if text}})
    _consequences(call, table, before, doc)
    changed = [name for name in doc if doc[name] != before.get(name, "")]
    if not changed and not any(texts.values()):
        return before
    doc["sys_updated_on"] = stored(call.practice.now())
    doc["sys_updated_by"] = who(call)
    doc["sys_mod_count"] = str(int(before["sys_mod_count"]) + 1)
    for name in changed:
        audit(call, table, doc, name, str(before.get(name, "")), str(doc[name]))
    call.store.put(table, doc["sys_id"], doc)
    journal(call, table, doc, texts)
    outbound.announce(call, table, doc, "update")
    return doc


def accepted(call: Call, table: str, given: Mapping[str, object]) -> dict[str, str]:
    """What the instance takes of a body: unknown and read-only columns are dropped, long texts cut, silently."""
    labels = call.arg("sysparm_input_display_value").lower() == "true"
    found: dict[str, str] = {}
    for name, value in given.items():
        column = catalog.columns(table).get(name)
        if column is None or column.read_only:
            continue
        text = _text(value)
        if column.choice and labels:
            text = {label: key for key, label in catalog.choices(table, name)}.get(text, text)
        if column.reference and text and not ID.fullmatch(text):
            text = _looked_up(call, column.reference, text)
        found[name] = text[: column.length] if column.type != "glide_date_time" else text
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={one}" for key, one in value.items()) + "}"
    return "" if value is None else str(value)


def _looked_up(call: Call, table: str, text: str) -> str:
    """The sys_id of the one record of this name; else the text itself, which the column then cuts."""
    display = catalog.TABLES[table].display
    found = [doc["sys_id"] for doc in rows.all_rows(call.store, table) if doc[display] == text]
    return str(found[0]) if len(found) == 1 else text


def _consequences(call: Call, table: str, before: Doc | None, doc: Json) -> None:
    """What business rules set by themselves: priority, times of resolution and closing, activity."""
    if table not in catalog.WORK:
        return
    now, by = stored(call.practice.now()), str(call.actor["sys_id"]) if call.actor else ""
    doc["priority"] = catalog.PRIORITY.get(doc["impact"] + doc["urgency"], "5")
    moved = before is None or before["state"] != doc["state"]
    if moved and table == "incident" and doc["state"] == "6":
        doc["resolved_at"], doc["resolved_by"] = now, by
    ended = doc["state"] in catalog.ENDED[table]
    doc["active"] = "false" if ended else "true"
    if moved and ended:
        doc["closed_at"], doc["closed_by"] = now, by
    if moved and table == "incident" and doc["state"] in ("1", "2"):
        doc["hold_reason"] = ""


def audit(call: Call, table: str, doc: Doc, name: str, old: str, new: str) -> None:
    """One row of the audit."""
    if name in UNAUDITED or table not in catalog.WORK:
        return
    row = system(uuid.uuid4().hex, doc["sys_updated_on"], who(call)) | {
        "tablename": table,
        "documentkey": doc["sys_id"],
        "fieldname": name,
        "oldvalue": old,
        "newvalue": new,
        "user": who(call),
        "reason": "",
        "record_checkpoint": doc["sys_mod_count"],
    }
    call.store.put(f"sys_audit/{doc['sys_id']}", row["sys_id"], row)


def journal(call: Call, table: str, doc: Doc, texts: Mapping[str, str]) -> None:
    """Entries of journal fields; each is audited too."""
    for name, text in texts.items():
        if not text:
            continue
        row = system(uuid.uuid4().hex, doc["sys_updated_on"], who(call)) | {
            "name": table,
            "element": name,
            "element_id": doc["sys_id"],
            "value": text,
        }
        call.store.put(f"sys_journal_field/{doc['sys_id']}", row["sys_id"], row)
        audit(call, table, doc, name, "", text)


def remove(call: Call, table: str, doc: Doc) -> None:
    """Delete a record; what is left is a row that says so."""
    table, number = doc.get("sys_class_name") or table, doc["sys_id"]
    call.store.delete(table, number)
    for file in call.store.all(f"sys_attachment/{number}"):
        detach(call, file)
    row = system(uuid.uuid4().hex, stored(call.practice.now()), who(call)) | {
        "tablename": table,
        "documentkey": number,
        "display_value": doc.get("number", ""),
    }
    call.store.put("sys_audit_delete", row["sys_id"], row)
    outbound.announce(call, table, doc, "delete")


def attach(call: Call, owner: Doc, name: str, media_type: str, content: bytes) -> Doc:
    """A file on a record. The record itself is not touched: its time and count stay."""
    number = uuid.uuid4().hex
    table = str(owner["sys_class_name"])
    row = system(number, stored(call.practice.now()), who(call)) | {
        "file_name": name,
        "table_name": table,
        "table_sys_id": owner["sys_id"],
        "content_type": media_type,
        "size_bytes": str(len(content)),
        "size_compressed": str(len(content)),
        "compressed": "false",
        "hash": hashlib.sha256(content).hexdigest(),
        "state": "available",
        "download_link": f"{call.request.host_url.rstrip('/')}/api/now/attachment/{number}/file",
    }
    call.store.put(f"sys_attachment/{owner['sys_id']}", number, row)
    call.store.put("files", number, {"owner": owner["sys_id"]})
    call.store.put_blob(f"file/{number}", content)
    outbound.announce(call, table, owner, "insert", source="sys_attachment")
    return row


def detach(call: Call, file: Doc) -> None:
    """Delete a file."""
    call.store.delete(f"sys_attachment/{file['table_sys_id']}", file["sys_id"])
    call.store.delete("files", file["sys_id"])
    call.store.delete_blob(f"file/{file['sys_id']}")
