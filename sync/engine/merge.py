"""Three-way merge of one term: who changed it since both sides last agreed, and who wins."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from portal.core.text.length import same
from sync.engine.agreement import End, TermInfo
from sync.engine.lineage import UNSEEN, Roots, changes, covers, joined, lived, number
from sync.engine.types import Value

#: words without markup: two of these say the same only if they are the same words
PLAIN = re.compile(r"[A-Za-z0-9 ]*")


WAITS = "A value of the other side has no entry in its value map yet."


@dataclass(frozen=True, slots=True)
class Base:
    """What each side expressed when they last agreed on a term.

    `mark_a`, `mark_b`: position in each item's own order of events up to which its path was delivered.
    `unproven`: the side that was written and not read back yet ("" = none). `roots`: whose changes both contain.
    """

    a: Value = None
    b: Value = None
    mark_a: int = 0
    mark_b: int = 0
    unproven: str = ""
    roots: Roots = ()


class Verdict(StrEnum):
    """Whose value goes to the other side."""

    NEITHER = "neither"
    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True)
class Merged:
    """The verdict, and the side whose edit lost, if both had one.

    `roots` are what both sides contain once it is carried out; `settled` = the base moves on without a write;
    `why` without a loser = why nothing can be decided yet.
    """

    verdict: Verdict
    lost: str = ""
    why: str = ""
    roots: Roots = ()
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Stand:
    """One side of a term now.

    Its value, whether it changed since the base, when a person changed it here, whether it may travel on, and
    whose changes it contains. `winds`: its path led over other values; `stuck`: it waits for an entry in its value
    map.
    """

    value: Value
    changed: bool
    at: datetime | None
    flows: bool
    roots: Roots = ()
    winds: bool = False
    stuck: bool = False


def equal(one: Value, two: Value) -> bool:
    """Equality as people see it: texts by rendering, lists as sets, numbers as numbers."""
    if isinstance(one, str) and isinstance(two, str):
        if one == two:
            return True
        if PLAIN.fullmatch(one) and PLAIN.fullmatch(two):
            return one.split() == two.split()
        return same(one, two)
    if isinstance(one, tuple) or isinstance(two, tuple):
        return _members(one) == _members(two)
    return one == two or (one in (None, "") and two in (None, ""))


def _members(value: Value) -> set[object]:
    if isinstance(value, tuple):
        return set(value)
    return set() if value in (None, "") else {value}


def merged(base: Base | None, a: Stand, b: Stand, term: TermInfo, ends: tuple[End, End], born: str) -> Merged:
    """Decide one term.

    1. nobody changed: neither; 2. a first value that waits for an entry in its map: not yet; 3. both say the same:
    neither, the base moves on, unless the path of the only one that has news led there over other values; 4. both
    changed, and neither contains the other's change: the owner of the term wins, else the later change, and the
    other is the loser; 5. else the side that has the stronger news wins.
    """
    if base is not None and not a.changed and not b.changed:
        return Merged(Verdict.NEITHER, roots=base.roots)
    if base is None and (a.stuck or b.stuck):
        return Merged(Verdict.NEITHER, why=WAITS)
    roots = joined(a.roots, b.roots)
    a_news, b_news = _news(a, b), _news(b, a)
    way = (a.winds and a_news > b_news) or (b.winds and b_news > a_news)
    if a.flows and b.flows and equal(a.value, b.value) and not way:
        return Merged(Verdict.NEITHER, roots=roots, settled=True)
    if a_news == b_news == News.CHANGES and a.changed and b.changed:
        winner, why = conflict_winner(a, b, term, ends)
        return Merged(winner, "b" if winner is Verdict.A else "a", why, roots)
    return _stronger(base, a, b, (a_news, b_news), born)


def _stronger(base: Base | None, a: Stand, b: Stand, news: tuple["News", "News"], born: str) -> Merged:
    """Who gives the value where there is no conflict.

    1. the side with the stronger news; 2. of equals the only one that changed, else, for a first value, the side
    of birth; 3. nobody has any: each contains the other's changes already (a ring, a lossy map), so the base moves
    on, but for a value that waits for an entry in its map.
    """
    roots = joined(a.roots, b.roots)
    a_first = (news[0], a.changed) > (news[1], b.changed)
    if any(news) and (news[0] != news[1] or a.changed != b.changed):
        return Merged(Verdict.A if a_first else Verdict.B, roots=roots)
    if any(news) or (base is None and not roots):
        return Merged(first_winner(a, b, born), roots=roots)
    if a.stuck or b.stuck:
        return Merged(Verdict.NEITHER, why=WAITS)
    return Merged(Verdict.NEITHER, roots=roots, settled=True)


class News(IntEnum):
    """What one side holds that the other does not contain, the weakest first.

    Nothing, the item's birth alone, a value on a way that has not come to its end, people's changes.
    """

    NONE = 0
    BIRTH = 1
    PLACE = 2
    CHANGES = 3


def _news(mine: Stand, theirs: Stand) -> News:
    if not mine.flows or covers(theirs.roots, mine.roots):
        return News.NONE
    if not covers(theirs.roots, changes(mine.roots)):
        return News.CHANGES
    return News.BIRTH if covers(theirs.roots, lived(mine.roots)) else News.PLACE


def contained(base: Base | None, key: str, roots: Roots, *, differs: bool) -> Roots:
    """Whose changes one side contains: `roots` of what is known.

    A value that differs from the base and that they do not explain was changed without leaving a history: it
    counts as one more change of its own kind.
    """
    if base is not None and differs and covers(base.roots, roots):
        unseen = f"{key}{UNSEEN}"
        return joined(roots, ((unseen, number(base.roots, unseen) + 1),))
    return roots


def first_winner(a: Stand, b: Stand, born: str) -> Verdict:
    """Who gives the first value: the birth side if its value flows, else the other if that one does."""
    order = [(Verdict.A, a), (Verdict.B, b)] if born == "a" else [(Verdict.B, b), (Verdict.A, a)]
    return next((verdict for verdict, stand in order if stand.flows), Verdict.NEITHER)


def conflict_winner(a: Stand, b: Stand, term: TermInfo, ends: tuple[End, End]) -> tuple[Verdict, str]:
    """The winner of a conflict, with the reason in words."""
    if term.owner == ends[0].company != ends[1].company:
        return Verdict.A, f"{ends[0].company_name} is the source of truth of {term.name}."
    if term.owner == ends[1].company != ends[0].company:
        return Verdict.B, f"{ends[1].company_name} is the source of truth of {term.name}."
    if a.at and b.at and a.at != b.at:
        return (Verdict.A if a.at > b.at else Verdict.B), "It was changed later."
    if bool(a.at) != bool(b.at):
        return (Verdict.A if a.at else Verdict.B), "It was changed here, the other value came from elsewhere."
    return Verdict.A, "Side A goes first."
