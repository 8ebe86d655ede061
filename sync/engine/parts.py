"""Parts: which comments and attachments are due on the other side, in origin order, and as what."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sync.engine.agreement import ATTACHMENT, COMMENT, Link, SideName
from sync.engine.incoming import refuses_parts
from sync.engine.plan import Planned
from sync.engine.types import AddComment, Attach, EditComment, Fields, PartKind

PRIVATE = "It is private at its source: it stays there."
NOT_SHARED = "It is not agreed to be shared."


@dataclass(slots=True)
class Copy:
    """Where a part stands in one system; `shown`: hash of the origin's body when written, "" = not known."""

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


@dataclass(frozen=True, slots=True)
class Refusal:
    """A part that stays, with the disposition of its change and the reason."""

    part: int
    disposition: str
    cause: str


def digest(text: str) -> str:
    """A body's hash, to see that it was edited."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def leaving(
    link: Link, side: SideName, known: Sequence[KnownPart], seen: Mapping[int, PartView]
) -> tuple[list[PartView], list[Refusal]]:
    """The parts that leave `side` for the other, in origin order, and those that stay with the reason.

    1. what stands on both sides already with the same body is done; 2. a private part stays; 3. both companies
    must grant its kind and both rulebooks must carry it; 4. the rest leaves, an edited one again.
    """
    mine, theirs = link.end(side).slot.system, link.other(side).slot.system
    out, stay = [], []
    for part in sorted(known, key=lambda p: (p.at, p.id)):
        view = seen.get(part.id)
        there = part.copies.get(theirs)
        if view is None or mine not in part.copies or part.system == theirs:
            continue
        if there is not None and (part.kind is PartKind.ATTACHMENT or there.shown in ("", digest(view.body))):
            continue
        reason = staying(link, side, part)
        if reason is not None:
            stay.append(Refusal(part.id, *reason))
        else:
            out.append(view)
    return out, stay


def staying(link: Link, side: SideName, part: KnownPart) -> tuple[str, str] | None:
    """(disposition, reason) why a part does not leave `side`, or None when it does."""
    term = COMMENT if part.kind is PartKind.COMMENT else ATTACHMENT
    mine, theirs = link.end(side).rules.parts, link.other(side).rules.parts
    out, into = (
        (mine.comments_out, theirs.comments_in) if term == COMMENT else (mine.attachments_out, theirs.attachments_in)
    )
    if not part.public:
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
    if view.kind is PartKind.ATTACHMENT:
        note = f"{head} {view.name}".strip()
        step = Attach(view.name, view.media_type, view.size, note)
        return Planned("attach", f"part:{view.id}", step, view.at, part=view.id)
    body = f"{head}\n\n{view.body}".strip()
    there = part.copies.get(theirs.slot.system)
    if there is None:
        return Planned("comment", f"part:{view.id}", AddComment(body), view.at, part=view.id)
    subject = f"edit:{view.id}:{digest(view.body)[:16]}"
    if can_edit:
        return Planned("edit", subject, EditComment(there.remote_id, body), view.at, part=view.id)
    return Planned("edit", subject, AddComment(f"{head} (edited)\n\n{view.body}".strip()), view.at, part=view.id)
