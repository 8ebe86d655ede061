"""What a page shows of a work item's past: comments and files by time, and its updates."""

import re
from datetime import datetime

from markupsafe import Markup

from portal.core.text import html
from sync.sandbox.azuredevops import process
from sync.sandbox.azuredevops.seed import ORGANISATION
from sync.sandbox.call import Call
from sync.sandbox.store import Doc

COMMENT = Markup("""<article class="card entry"><header><b>{author}</b><span>{when}</span>{mark}</header>
<div class="body">{body}</div></article>""")
FILE = Markup("""<article class="card entry"><header><span>{when}</span></header>
<div class="body"><p>Attached <a href="/{org}/{project}/_workitems/edit/{item}/files/{number}">{name}</a>
({size} bytes)</p></div></article>""")
EDITED = Markup("<span>edited</span>")
CHANGE = Markup("<li><b>{author}</b>, {when}<br>{lines}</li>")
#: fields that change with every revision, and are no news
QUIET = frozenset(
    {"System.Rev", "System.ChangedDate", "System.ChangedBy", "System.Watermark", "System.History"}
    | {"System.CommentCount", process.COMMON + "StateChangeDate", process.COMMON + "ClosedDate"}
)
#: a link definition, which renders to nothing
DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]: \S+(?: +(?:\([^)]*\)|\"[^\"]*\"|'[^']*'))? *$", re.MULTILINE)


def _who(call: Call, key: str | None) -> str:
    found = call.store.get("people", key) if key else None
    return str(found["displayName"]) if found else "Somebody"


def _when(stored: str) -> str:
    return datetime.fromisoformat(stored).strftime("%d %b %Y, %H:%M UTC")


def entries(call: Call, doc: Doc) -> Markup:
    """Comments and files, oldest first."""
    notes = [one for one in call.store.all(f"comments/{doc['id']}") if not one["deleted"]]
    found = [(datetime.fromisoformat(one["created"]), _comment(call, one)) for one in notes]
    for one in doc["relations"]:
        if one["rel"] == "AttachedFile":
            found.append((datetime.fromisoformat(one["attributes"]["authorizedDate"]), _file(doc, one)))
    return Markup("").join(text for _, text in sorted(found, key=lambda pair: pair[0]))


def rendered(note: Doc) -> str:
    """A comment as safe HTML."""
    text = str(note["text"])
    return html.safe(DEFINITION.sub("", text) if note["format"] == "markdown" else html.to_markdown(text))


def _comment(call: Call, note: Doc) -> Markup:
    return COMMENT.format(
        author=_who(call, note["by"]),
        when=_when(note["created"]),
        mark=EDITED if note["version"] > 1 else "",
        body=Markup(rendered(note)),  # noqa: S704 - made safe
    )


def _file(doc: Doc, one: Doc) -> Markup:
    return FILE.format(
        when=_when(one["attributes"]["authorizedDate"]),
        org=ORGANISATION,
        project=doc["project"],
        item=doc["id"],
        number=one["file"],
        name=one["attributes"]["name"],
        size=one["attributes"]["resourceSize"],
    )


def history(call: Call, doc: Doc) -> Markup:
    """The changes after the first revision, newest first."""
    rows = [_change(call, one) for one in call.store.all(f"updates/{doc['id']}")[:0:-1]]
    return Markup('<ul class="history">{}</ul>').format(Markup("").join(rows)) if rows else Markup("<p>None.</p>")


def _change(call: Call, one: Doc) -> Markup:
    lines = [
        Markup("{}: {} to {}").format(
            process.FIELDS[ref].name,
            _short(call, ref, change.get("oldValue")),
            _short(call, ref, change.get("newValue")),
        )
        for ref, change in one["fields"].items()
        if ref not in QUIET
    ]
    lines += [Markup("added {}").format(each["attributes"].get("name") or "a link") for each in one["added"]]
    lines += [Markup("removed {}").format(each["attributes"].get("name") or "a link") for each in one["removed"]]
    shown = Markup("<br>").join(lines) if lines else Markup("a comment")
    return CHANGE.format(author=_who(call, one["by"]), when=_when(_at(one)), lines=shown)


def _at(one: Doc) -> str:
    return str(one["fields"]["System.ChangedDate"]["newValue"])


def _short(call: Call, ref: str, value: object) -> str:
    if value in (None, ""):
        return "nothing"
    text = _who(call, str(value)) if process.FIELDS[ref].identity else str(value)
    return text if len(text) <= 60 else text[:60] + "…"
