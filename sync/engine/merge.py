"""Three-way merge of one term: who changed it since both sides last agreed, and who wins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.core.text.length import same
from sync.engine.agreement import End, TermInfo
from sync.engine.types import Value


@dataclass(frozen=True, slots=True)
class Base:
    """What each side expressed when they last agreed on a term.

    `mark_a`, `mark_b`: position in each item's own order of events up to which its path was delivered.
    `unproven`: the side that was written and not read back yet ("" = none).
    """

    a: Value = None
    b: Value = None
    mark_a: int = 0
    mark_b: int = 0
    unproven: str = ""


class Verdict(StrEnum):
    """Whose value goes to the other side."""

    NEITHER = "neither"
    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True)
class Merged:
    """The verdict, and the side whose edit lost, if both had one."""

    verdict: Verdict
    lost: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """One side of a term now: its value, whether it changed since the base, when, and if it may travel on."""

    value: Value
    changed: bool
    at: datetime | None
    flows: bool


def equal(one: Value, two: Value) -> bool:
    """Equality as people see it: texts by rendering, lists as sets, numbers as numbers."""
    if isinstance(one, str) and isinstance(two, str):
        return one == two or same(one, two)
    if isinstance(one, tuple) or isinstance(two, tuple):
        return set(one or ()) == set(two or ())  # type: ignore[arg-type]
    return one == two or (one in (None, "") and two in (None, ""))


def merged(base: Base | None, a: Stand, b: Stand, term: TermInfo, ends: tuple[End, End], born: str) -> Merged:
    """Decide one term.

    1. no base yet: the side the case was born on wins, else the only side whose value flows;
    2. nobody changed, or both to the same: neither; 3. one changed: that side, if its value flows;
    4. both changed: the owner of the term wins, else the later change, else side a; the other is the loser.
    """
    if base is None:
        return Merged(first_winner(a, b, born))
    a_moves, b_moves = a.changed and a.flows, b.changed and b.flows
    if not a_moves and not b_moves:
        return Merged(Verdict.NEITHER)
    if a_moves and b_moves:
        if equal(a.value, b.value):
            return Merged(Verdict.NEITHER)
        winner, why = conflict_winner(a, b, term, ends)
        return Merged(winner, "b" if winner is Verdict.A else "a", why)
    return Merged(Verdict.A if a_moves else Verdict.B)


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
    if a.at and b.at and b.at > a.at:
        return Verdict.B, "It was changed later."
    return Verdict.A, "It was changed later." if a.at and b.at and a.at > b.at else "Side A goes first."
