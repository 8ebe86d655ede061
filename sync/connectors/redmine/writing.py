"""Writing to Redmine: every write carries our mark and is read back: Redmine drops in silence what it will not do.

A status that the workflow forbids, a field that a role may not set, even the privacy of a note: all answered 204.
"""

import hashlib
from collections.abc import Mapping
from urllib.parse import quote

from portal.core.errors import Missing, Rejected, Unavailable
from sync.connectors.answers import record, records, text
from sync.connectors.base import Content
from sync.connectors.redmine import bodies, history
from sync.connectors.redmine.fields import BY_NATIVE, STANDARD, native, portable
from sync.connectors.redmine.home import CUSTOM, Home, issue_path
from sync.connectors.redmine.reading import birth, fetch
from sync.connectors.uploads import FILE, whole_file
from sync.connectors.wire import Json
from sync.engine.types import AddComment, Attach, EditComment, Fields, Written


def create(home: Home, kind: str, fields: Fields, key: str) -> Written:
    """Create one issue that carries `key`. Raises Rejected, Missing."""
    if fields.get("status") is not None:
        raise Rejected(
            "Redmine begins every issue in its tracker's first status. Move it afterwards.", field="status"
        )
    given = {name: value for name, value in fields.items() if value is not None and name != "status"}
    body = natives(home, given, history.marked(key))
    body |= {"project_id": home.project, "tracker_id": home.tracker_id(kind)}
    made = record(home.wire.json("POST", "issues.json", body={"issue": body}).get("issue"))
    number = text(made.get("id"))
    if not number:
        raise Unavailable("Redmine's answer to a creation names no issue.", sent=True)
    if birth(home, made) != key:
        raise Rejected(
            f"Redmine made issue #{number} without our mark. Give the account the right to set the mark's custom "
            "field on this tracker, and delete that issue."
        )
    return Written(number, f"#{number}", home.page(number))


def natives(home: Home, fields: Fields, mark: str) -> Json:
    """The body of a write: standard fields by their names, custom ones in a list, the mark among them."""
    body: Json = {}
    customs: list[Json] = [{"id": int(home.marker()), "value": mark}]
    for name, value in fields.items():
        sent = native(home, name, value)
        if name.startswith(CUSTOM):
            customs.append({"id": int(name.removeprefix(CUSTOM)), "value": sent})
        else:
            body[STANDARD[name].native] = sent
    body["custom_fields"] = customs
    return body


def own_key(home: Home, issue: str) -> str:
    """The key that an issue was made with, which every write must leave in place."""
    if issue not in home.births:
        birth(home, fetch(home, issue))
    return home.births[issue]


def update(home: Home, issue: str, body: Mapping[str, object]) -> None:
    """One PUT."""
    home.wire.json("PUT", issue_path(issue), body={"issue": dict(body)})


def set_fields(home: Home, issue: str, fields: Fields, key: str) -> Written:
    """Write fields in one update. Raises Rejected naming the first that Redmine left as it was."""
    update(home, issue, natives(home, fields, history.marked(own_key(home, issue), key)))
    now, journal = written(home, issue, key)
    told = {BY_NATIVE.get(text(one.get("name")), "") for one in history.detail(journal, "attr")}
    told |= {CUSTOM + text(one.get("name")) for one in history.detail(journal, "cf")}
    present = portable(home, now)
    for name, value in fields.items():
        if name not in told and present.get(name) != value and not _same(home, name, value, now):
            label = STANDARD[name].label if name in STANDARD else name
            raise Rejected(
                f"Redmine took the update and left {label} as it was: its workflow or the account's role does not "
                "allow it.",
                field=name,
            )
    return Written(issue, f"#{issue}", home.page(issue), revisions=(text(journal.get("id")),))


def _same(home: Home, name: str, value: object, issue: Json) -> bool:
    """Whether a text that was not told as a change stands already, in Redmine's own spelling."""
    stands, sent = portable(home, issue).get(name), str(value or "")
    if name == "description":
        sent = bodies.markdown(home.language, bodies.native(home.language, sent))
    return str(stands or "").split() == sent.split()


def written(home: Home, issue: str, key: str) -> tuple[Json, Json]:
    """The issue as it is after a write, and the journal that shows the write. Raises Rejected without one."""
    now = fetch(home, issue)
    journals = records(now.get("journals"))
    shown = history.keys(home, journals)
    mine = [one for one in journals if shown.get(text(one.get("id"))) == key]
    if not mine:
        raise Rejected(
            "Redmine took the write without our mark, so it could be written twice. Give the account the right to "
            "set the mark's custom field."
        )
    return now, mine[-1]


def comment(home: Home, issue: str, step: AddComment, key: str) -> Written:
    """Add a note. One that Redmine made public though it was to be private is blanked at once."""
    mark = history.marked(own_key(home, issue), key, private=not step.public)
    if not step.public:
        _may_hide(home)
    body = natives(home, {}, mark) | {
        "notes": bodies.native(home.language, step.body) or "-",
        "private_notes": not step.public,
    }
    update(home, issue, body)
    _, journal = written(home, issue, key)
    number = text(journal.get("id"))
    if not step.public and journal.get("private_notes") is not True:
        home.wire.json("PUT", f"journals/{number}.json", body={"journal": {"notes": ""}})
        raise Rejected("Redmine made a private note public, so it was taken back. Let the account set notes private.")
    return Written(issue, f"#{issue}", home.page(issue), part=number, revisions=(number,))


def _may_hide(home: Home) -> None:
    """Raise Rejected where our role may not write private notes: Redmine would store a public one."""
    held = home.rights()
    if held is not None and not {"set_notes_private", "view_private_notes"} <= held:
        raise Rejected(
            "The account may not write private notes in Redmine. Give its role “Set notes as private” and "
            "“View private notes”."
        )


def edit_comment(home: Home, issue: str, step: EditComment) -> Written:
    """Replace a note's text. Raises Missing where there is none of that number on the issue."""
    if not (step.part.isascii() and step.part.isdigit()):
        raise Missing("Redmine's notes are numbers.")
    body = {"journal": {"notes": bodies.native(home.language, step.body) or "-"}}
    home.wire.json("PUT", f"journals/{step.part}.json", body=body)
    return Written(issue, f"#{issue}", home.page(issue), part=step.part)


def attach(home: Home, issue: str, step: Attach, key: str, content: Content | None) -> Written:
    """Upload one file, then hang it on the issue with our mark beside it."""
    if content is None:
        raise Rejected("The file's content is not at hand.")
    if not step.public:
        raise Rejected("Redmine shows a file to everybody who sees the issue, so a private one is not sent.")
    mark = history.marked(own_key(home, issue), key)
    token, digest = _upload(home, step, content)
    file = {"token": token, "filename": step.name, "content_type": step.media_type or "application/octet-stream"}
    body = natives(home, {}, mark) | {"uploads": [file]}
    update(home, issue, body)
    _, journal = written(home, issue, key)
    files = [text(one.get("name")) for one in history.detail(journal, "attachment")]
    if not files:
        raise Rejected("Redmine took the update and left out the file. See whether files of this type are allowed.")
    return Written(issue, f"#{issue}", home.page(issue), part=FILE + files[0], sha256=digest)


def _upload(home: Home, step: Attach, content: Content) -> tuple[str, str]:
    """The upload's token and the SHA-256 of what was sent; nothing is on the issue yet."""
    digest = hashlib.sha256()
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/octet-stream",
        "Content-Length": str(step.size),
    }
    path = f"uploads.json?filename={quote(step.name, safe='')}"
    try:
        with content() as pieces:
            stream = whole_file(step, pieces, digest.update)
            response = home.wire.send("POST", path, content=stream, headers=headers)
        answer = record(home.wire.decoded(response, "POST"))
    except Unavailable as fault:
        raise Unavailable(str(fault), status=fault.status, sent=False, retry_at=fault.retry_at) from fault
    token = text(record(answer.get("upload")).get("token"))
    if not token:
        raise Unavailable("Redmine took a file without giving its token.", sent=False)
    return token, digest.hexdigest()
