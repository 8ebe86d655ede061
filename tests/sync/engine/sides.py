"""Two small companies with one connection, for tests of the pure engine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from governance.rulebook.rules import Line, Parts, RuleSet
from sync.engine.agreement import End, Link, Slot, TermInfo
from sync.engine.types import Actor, Part, PartKind

MORNING = datetime(2026, 1, 5, 8, tzinfo=UTC)
STATES = (("new", "open"), ("work", "busy"), ("done", "closed"))
GRANTED = ("summary", "status", "comment", "attachment")


def at(minutes: int) -> datetime:
    """A time in the morning."""
    return MORNING + timedelta(minutes=minutes)


def rules(**changes: object) -> RuleSet:
    """A rulebook with a plain term and a path term that is mapped."""
    back = tuple((term, native) for native, term in STATES)
    lines = (Line("summary", "title"), Line("status", "status", STATES, unmapped="park"))
    into = (Line("summary", "title"), Line("status", "status", back, unmapped="park"))
    return replace(RuleSet(lines, into, header="**{author}** ({company}) wrote:"), **changes)  # type: ignore[arg-type]


def link(
    a: RuleSet | None = None,
    b: RuleSet | None = None,
    *,
    owner: int | None = None,
    granted: tuple[str, ...] = GRANTED,
) -> Link:
    """Companies 1 and 2; both may write what both may read."""
    terms = {"summary": TermInfo("summary", owner=owner), "status": TermInfo("status", path=True)}
    grants = {(one, two, name): "write" for one, two in ((1, 2), (2, 1)) for name in granted}
    return Link(
        9,
        End("a", 1, "Aster", Slot(1, "issue"), a or rules(), 1, "bot"),
        End("b", 2, "Birch", Slot(2, "issue"), b or rules(), 1, "bot"),
        terms,
        grants,
    )


def comment(number: str, body: str, *, minutes: int = 0, public: bool = True) -> Part:
    """A person's comment."""
    return Part(number, PartKind.COMMENT, at(minutes), Actor("ann", "Ann"), public, body)


QUIET = Parts(comments_out=False)
