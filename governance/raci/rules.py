"""What a RACI must hold, found over a frozen matrix; pure.

A frozen matrix is a value: rows (activities), holders (columns), letters by (row, holder), and the people that the
holders mean today. Nothing here reads a clock or a database.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: in the order in which a cell shows them
LETTERS = "RACIQ"
#: beyond these one holder carries more than anybody keeps up with
MOST_A, MOST_R = 18, 30


@dataclass(frozen=True, slots=True)
class Row:
    """One activity. `each` says that every company has its own, with its own A."""

    key: str
    label: str
    each: bool = False
    step: int = 1


@dataclass(frozen=True, slots=True)
class Holder:
    """One column. `key` names the holder in every version ("person:<uid>"); `people` are ids, none when vacant.

    `hidden`: who is in it is another company's own matter, so that nothing can be said about it here.
    """

    key: str
    kind: str
    name: str
    company: int
    people: tuple[int, ...] = ()
    job: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Someone:
    """A person as of today. `why` says why they are not here: "suspended", "away until 3 June"."""

    id: int
    name: str
    company: int
    here: bool = True
    why: str = ""
    stand_in: int | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class Frozen:
    """One version of a matrix with the people it means. `companies` are the parties that joined, id → name.

    `accountable` is each party's accountable person, `owner` the integration's owner and the owner's stand-in.
    """

    no: int
    companies: Mapping[int, str]
    rows: tuple[Row, ...]
    holders: tuple[Holder, ...]
    cells: Mapping[tuple[str, str], str]
    people: Mapping[int, Someone] = field(default_factory=dict)
    accountable: Mapping[int, int] = field(default_factory=dict)
    owner: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be. `blocks`: the matrix cannot be signed so."""

    kind: str
    sentence: str
    row: str = ""
    holder: str = ""
    company: int | None = None
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that reads differently in two versions."""

    row: str
    label: str
    holder: str
    before: str
    after: str


def ordered(text: str) -> str:
    """Letters as a cell keeps them: "a/r" → "RA". Raises ValueError naming what is no letter of a RACI."""
    bare = [sign for sign in text.upper() if sign not in " ,;/+&.-"]
    wrong = [sign for sign in bare if sign not in LETTERS]
    if wrong:
        raise ValueError(f"{text.strip()[:20]} is no cell of a RACI: use R, A, C, I and Q.")
    return "".join(letter for letter in LETTERS if letter in bare)


def present(person: int | None, people: Mapping[int, Someone]) -> int | None:
    """Who is there for a person: themselves or the first of their stand-ins; None in a circle of absent ones."""
    met: set[int] = set()
    while person is not None and person not in met:
        one = people.get(person)
        if one is None:
            return None
        if one.here:
            return person
        met.add(person)
        person = one.stand_in
    return None


def holding(frozen: Frozen, row: str, letters: str, *, company: int | None = None) -> list[tuple[str, Holder]]:
    """(letter, holder) of one row, in the order of `letters`; of one company alone when it is named."""
    return [
        (letter, holder)
        for letter in letters
        for holder in frozen.holders
        if letter in frozen.cells.get((row, holder.key), "") and company in (None, holder.company)
    ]


def findings(frozen: Frozen) -> list[Finding]:
    """Everything the checks find, what blocks a signature first.

    1. each row: exactly one A and at least one R, for each company where the row is each company's own;
    2. each holder with an R or A: somebody is in it, and is here;  3. each holder: not too much of it.
    """
    found = [one for row in frozen.rows for one in of_row(frozen, row)]
    found += [one for holder in frozen.holders for one in of_holder(frozen, holder)]
    return sorted(found, key=lambda one: not one.blocks)


def of_row(frozen: Frozen, row: Row) -> list[Finding]:
    """What is wrong with one activity."""
    if not row.each:
        return counted(frozen, row, None, "")
    return [one for company, name in frozen.companies.items() for one in counted(frozen, row, company, f" at {name}")]


def counted(frozen: Frozen, row: Row, company: int | None, where: str) -> list[Finding]:
    """The As and Rs of one activity, of one company or of all."""
    accountable = holding(frozen, row.key, "A", company=company)
    responsible = holding(frozen, row.key, "R", company=company)
    found = []

    def add(kind: str, sentence: str, *, blocks: bool = False) -> None:
        found.append(Finding(kind, sentence, row.key, company=company, blocks=blocks))

    if not accountable:
        add("no-a", f"Nobody is accountable for {row.label}{where}. Put one A.", blocks=True)
    if len(accountable) > 1:
        names = " and ".join(holder.name for _, holder in accountable)
        add("two-a", f"{names} are both accountable for {row.label}{where}. Keep one A.", blocks=True)
    if not responsible and accountable:
        name = accountable[0][1].name
        add("a-without-r", f"{name} answers for {row.label}{where}, but nobody does it. Put an R.")
    elif not responsible:
        add("no-r", f"Nobody does {row.label}{where}. Put an R.")
    return found


def of_holder(frozen: Frozen, holder: Holder) -> list[Finding]:
    """What is wrong with one column: a vacancy, or too much."""
    letters = [cell for (_, key), cell in frozen.cells.items() if key == holder.key]
    answers, does = sum("A" in cell for cell in letters), sum("R" in cell for cell in letters)
    found = [Finding("overload", sentence, holder=holder.key) for sentence in too_much(holder, answers, does)]
    if not letters or not (gap := vacancy(frozen, holder)):
        return found
    return [Finding("vacancy", gap, holder=holder.key, company=holder.company), *found]


def too_much(holder: Holder, answers: int, does: int) -> list[str]:
    """Sentences about more than one holder can carry."""
    found = []
    if answers > MOST_A:
        found.append(f"{holder.name} is accountable for {answers} activities. More than {MOST_A} is too many.")
    if does > MOST_R:
        found.append(f"{holder.name} does {does} activities. More than {MOST_R} is too many.")
    return found


def vacancy(frozen: Frozen, holder: Holder) -> str:
    """Why a holder is vacant, and who stands in; "" when somebody of it is here."""
    known = [frozen.people[one] for one in holder.people if one in frozen.people]
    if holder.hidden or any(one.here for one in known):
        return ""
    if not known:
        gone = {"person": f"{holder.name} has left", "company": f"{holder.name} has no accountable person"}
        return f"{gone.get(holder.kind, f'Nobody is in {holder.name}')}. Nobody stands in."
    names = ", ".join(f"{one.name} is {one.why or 'not here'}" for one in known)
    cover = next((found for one in known if (found := present(one.id, frozen.people)) is not None), None)
    return f"{names}. {f'{frozen.people[cover].name} stands in' if cover is not None else 'Nobody stands in'}."


def differences(old: Frozen | None, new: Frozen) -> list[Difference]:
    """Every cell that reads differently, by row and column; all that is filled when there is no old version."""
    names = {one.key: one.name for one in (*(old.holders if old else ()), *new.holders)}
    labels = {one.key: one.label for one in (*(old.rows if old else ()), *new.rows)}
    before: Mapping[tuple[str, str], str] = old.cells if old else {}
    return [
        Difference(row, labels[row], names[holder], before.get((row, holder), ""), new.cells.get((row, holder), ""))
        for row in labels
        for holder in names
        if before.get((row, holder), "") != new.cells.get((row, holder), "")
    ]


def fingerprint(frozen: Frozen) -> str:
    """SHA-256 of what is signed: number, activities, holders and letters; not who happens to be away."""
    content = {
        "no": frozen.no,
        "rows": [[row.key, row.label, row.each] for row in frozen.rows],
        "holders": [[one.key, one.name, one.company] for one in frozen.holders],
        "cells": sorted([row, holder, letters] for (row, holder), letters in frozen.cells.items() if letters),
    }
    return hashlib.sha256(json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def second_as(rows: Iterable[Row], holders: Iterable[Holder], cells: Mapping[tuple[str, str], str]) -> list[Finding]:
    """The rows in which more than one A stands: what the database would refuse, said before it does."""
    names = dict.fromkeys((one.company for one in holders), "that company")
    frozen = Frozen(0, names, tuple(rows), tuple(holders), cells)
    return [one for row in frozen.rows for one in of_row(frozen, row) if one.kind == "two-a"]
