"""What a page shows of an issue's past: comments and files by time, and its change log."""

from datetime import datetime

from markupsafe import Markup

from portal.core.text import adf, html
from sync.sandbox.jira import render
from sync.sandbox.jira.render import View
from sync.sandbox.jira.seed import person
from sync.sandbox.store import Doc, Json, Store

COMMENT = Markup("""<article class="card entry{kind}">
<header><b>{author}</b><span>{when}</span>{mark}</header>
<div class="body">{body}</div></article>""")
FILE = Markup("""<article class="card entry"><header><b>{author}</b><span>{when}</span></header>
<div class="body"><p>Attached <a href="/browse/{key}/files/{number}">{name}</a>
({size} bytes)</p></div></article>""")
RESTRICTED = Markup('<span class="state">Only {}</span>')
CHANGE = Markup("<li><b>{author}</b>, {when}<br>{items}</li>")


def when(stored: str) -> str:
    """A time for people."""
    return datetime.fromisoformat(stored).strftime("%d %b %Y, %H:%M UTC")


def name(store: Store, key: str | None, nobody: str) -> str:
    """A person's name."""
    found = person(store, key)
    return str(found["displayName"]) if found else nobody


def shown(document: Json | None) -> Markup:
    """A rich text as safe HTML."""
    return Markup(html.safe(adf.to_markdown(document))) if document else Markup("")  # noqa: S704 - made safe


def entries(view: View, doc: Doc) -> Markup:
    """Comments that the viewer may see, and files, oldest first."""
    found = [(str(one["created"]), _comment(view, one)) for one in render.comments(view, doc["id"])]
    found += [(str(one["created"]), _file(view, doc, one)) for one in view.store.all(f"files/{doc['id']}")]
    return Markup("").join(text for _, text in sorted(found, key=lambda pair: pair[0]))


def _comment(view: View, note: Doc) -> Markup:
    role = (note.get("visibility") or {}).get("value")
    return COMMENT.format(
        kind=" private" if role or not note["jsdPublic"] else "",
        author=name(view.store, note["author"], "Somebody"),
        when=when(note["created"]),
        mark=RESTRICTED.format(role) if role else "",
        body=shown(note["body"]),
    )


def _file(view: View, doc: Doc, file: Doc) -> Markup:
    return FILE.format(
        author=name(view.store, file["author"], "Somebody"),
        when=when(file["created"]),
        key=doc["key"],
        number=file["id"],
        name=file["filename"],
        size=file["size"],
    )


def history(view: View, doc: Doc) -> Markup:
    """The change log, newest first."""
    rows = [_change(view, one) for one in view.store.all(f"log/{doc['id']}")[::-1]]
    return Markup('<ul class="history">{}</ul>').format(Markup("").join(rows)) if rows else Markup("<p>None.</p>")


def _change(view: View, entry: Doc) -> Markup:
    lines = [
        Markup("{}: {} to {}").format(item["field"], _short(item["fromString"]), _short(item["toString"]))
        for item in entry["items"]
    ]
    return CHANGE.format(
        author=name(view.store, entry["author"], "Somebody"),
        when=when(entry["created"]),
        items=Markup("<br>").join(lines),
    )


def _short(text: str | None) -> str:
    if not text:
        return "nothing"
    return text if len(text) <= 60 else text[:60] + "…"
