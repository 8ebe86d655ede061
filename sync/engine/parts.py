"""Parts: which comments and attachments are due on the other side, in origin order, and as what."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sync.engine.agreement import ATTACHMENT, COMMENT, Link, SideName
from sync.engine.incoming import refuses_parts
from sync.engine.plan import Planned
from sync.engine.types import AddComment, Attach, EditComment, Fields, Part, PartKind

PRIVATE = "It is private at its source: it stays there."
NOT_SHARED = "It is not agreed to be shared."
EDITED = " (edited)"


@dataclass(slots=True)
class Copy:
    """Where a part stands in one system; `shown`: the origin's version when written, "" = not known."""

    remote_id: str
    shown: str = ""


@dataclass(slots=True)
class KnownPart:
    """A part of the case by its origin, with its copies by system id (the origin's own included)."""

    id: int
    kind: PartKind
    system: int
    company: int
    remote_id: str
    at: datetime
    public: bool
    copies: dict[int, Copy] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartView:
    """What an envelope lets the receiver read of a part, as it stands in the sender's item."""

    id: int
    kind: PartKind
    at: datetime
    author: str
    body: str = ""
    name: str = ""
    media_type: str = ""
    size: int = 0
    #: remote id in the sender's system, from which an attachment's bytes are streamed
    remote_id: str = ""
    #: the origin's version that the sender's item shows
    version: str = ""
    public: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """A part that stays, with the disposition of its change and the reason."""

    part: int
    disposition: str
    cause: str


def digest(text: str) -> str:
    """A body's hash, to see that it was edited."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def version_of(part: Part) -> str:
    """A part's version at its origin: its time (ms since 1970, sorts as text), and a hash of what it says."""
    moment = int((part.edited_at or part.at).timestamp() * 1000)
    return f"{moment:015d}.{digest(f'{part.public}{part.name}|{part.body}')[:24]}"


def without_header(body: str, headers: Iterable[str]) -> str:
    """A copy's body without the line that says who wrote it: beyond the next hop nobody needs to know."""
    for header in headers:
        shape = re.escape(header.strip()).replace(r"\{author\}", ".*?").replace(r"\{company\}", ".*?")
        found = re.match(f"{shape}(?:{re.escape(EDITED)})?\n\n", body) if shape else None
        if found is not None:
            return body[found.end() :]
    return body


def leaving(
    link: Link,
    side: SideName,
    known: Sequence[KnownPart],
    seen: Mapping[int, PartView],
    direct: frozenset[int] = frozenset(),
) -> tuple[list[PartView], list[Refusal]]:
    """The parts that leave `side` for the other, in origin order, and those that stay with the reason.

    1. what stands on both sides already in the same version is done, and a copy is left to its origin where that
    has a link of its own to the receiver (`direct` systems); 2. a part that is private now stays; 3. both
    companies must grant its kind and both rulebooks must carry it; 4. the rest leaves, an edited one again.
    """
    mine, theirs = link.end(side).slot.system, link.other(side).slot.system
    out, stay = [], []
    for part in sorted(known, key=lambda p: (p.at, p.id)):
        view = seen.get(part.id)
        if view is None or mine not in part.copies or part.system == theirs:
            continue
        if part.system != mine and part.system in direct:
            continue
        there = part.copies.get(theirs)
        if there is not None and not _edited(part, view, there, origin=part.system == mine):
            continue
        reason = staying(link, side, part.kind, public=view.public)
        if reason is not None:
            stay.append(Refusal(part.id, *reason))
        else:
            out.append(view)
    return out, stay


def _edited(part: KnownPart, view: PartView, there: Copy, *, origin: bool) -> bool:
    """Whether the sender shows a newer version than the receiver has; a copy never turns back an edit."""
    if part.kind is PartKind.ATTACHMENT or not there.shown or not view.version or there.shown == view.version:
        return False
    return origin or view.version.split(".")[0] >= there.shown.split(".", maxsplit=1)[0]


def staying(link: Link, side: SideName, kind: PartKind, *, public: bool) -> tuple[str, str] | None:
    """(disposition, reason) why a part does not leave `side`, or None when it does."""
    term = COMMENT if kind is PartKind.COMMENT else ATTACHMENT
    mine, theirs = link.end(side).rules.parts, link.other(side).rules.parts
    out, into = (
        (mine.comments_out, theirs.comments_in) if term == COMMENT else (mine.attachments_out, theirs.attachments_in)
    )
    if not public:
        return "filtered", PRIVATE
    if not out:
        return "filtered", f"Your rulebook sends no {term}s."
    if not link.may_read(side, term) or not link.may_write(side, term) or not into:
        return "withheld", NOT_SHARED
    return None


def due(
    link: Link,
    side: SideName,
    leaving_parts: Sequence[PartView],
    known: Mapping[int, KnownPart],
    target: Fields,
    *,
    can_edit: bool,
) -> tuple[list[Planned], list[Refusal]]:
    """The writes that bring parts of an envelope into the receiver's item, and what its rules refuse."""
    refusal = refuses_parts(link, side, target)
    if refusal is not None:
        return [], [Refusal(view.id, "filtered", refusal) for view in leaving_parts]
    return [arrival(link, side, view, known[view.id], can_edit=can_edit) for view in leaving_parts], []


def arrival(link: Link, side: SideName, view: PartView, part: KnownPart, *, can_edit: bool) -> Planned:
    """The one write for one part: a new comment or file, or the edit of a comment that is there."""
    theirs = link.other(side)
    who = {"author": view.author, "company": link.end(side).company_name}
    head = theirs.rules.header.format(**who).strip()
    subject = f"part:{view.id}@{link.id}"
    if view.kind is PartKind.ATTACHMENT:
        step = Attach(view.name, view.media_type, view.size, f"{head} {view.name}".strip())
        return Planned("attach", subject, step, view.at, part=view.id, version=view.version)
    body = f"{head}\n\n{view.body}".strip()
    there = part.copies.get(theirs.slot.system)
    if there is None:
        return Planned("comment", subject, AddComment(body), view.at, part=view.id, version=view.version)
    subject = f"edit:{view.id}:{view.version[-16:]}@{link.id}"
    if can_edit:
        return Planned(
            "edit", subject, EditComment(there.remote_id, body), view.at, part=view.id, version=view.version
        )
    return Planned(
        "edit",
        subject,
        AddComment(f"{head}{EDITED}\n\n{view.body}".strip()),
        view.at,
        part=view.id,
        version=view.version,
    )
