"""The matrix as the page lays it out: columns, rows by step, cells with their mark, problems in the margin."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from governance.raci.models import Column
from governance.raci.papers import Paper
from governance.raci.rules import Finding, Frozen, findings
from governance.raci.templates import STEPS

SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `was` is how the signed version has it when that differs, None when it is the same."""

    name: str
    letters: str
    label: str
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One activity with its cells and what is wrong with it."""

    key: str
    label: str
    each: bool
    cells: tuple[Cell, ...]
    problems: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The activities of one step."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """One column's head."""

    uid: object
    name: str
    job: str
    company: int
    kind: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole page's matrix."""

    heads: tuple[Head, ...]
    groups: tuple[Group, ...]
    problems: tuple[Finding, ...]
    blocking: int
    changed: int = 0
    typed: Mapping[str, str] = field(default_factory=dict)


def grid_of(paper: Paper, *, signed: Frozen | None = None, typed: Mapping[str, str] | None = None) -> Grid:
    """The grid of one version; with what somebody `typed` (form name → text) instead of what stands, and marked where
    it differs from the `signed` version."""
    entered, frozen = typed or {}, paper.frozen
    found = findings(frozen)
    lines: dict[int, list[Line]] = {}
    changed = 0
    for row in frozen.rows:
        cells = tuple(
            cell(row.key, holder.key, column, paper, signed=signed, entered=entered)
            for holder, column in zip(frozen.holders, paper.columns.values(), strict=True)
        )
        changed += sum(one.was is not None for one in cells)
        problems = tuple(one for one in found if one.row == row.key)
        lines.setdefault(row.step, []).append(Line(row.key, row.label, row.each, cells, problems))
    by_holder = {one.holder: one.sentence for one in found if one.holder}
    heads = tuple(
        Head(column.uid, column.name, column.job, column.company_id, column.kind, by_holder.get(key, ""))
        for key, column in paper.columns.items()
    )
    groups = tuple(Group(STEPS.get(step, "Further"), tuple(lines[step])) for step in sorted(lines))
    return Grid(heads, groups, tuple(found), sum(one.blocks for one in found), changed, entered)


def cell(
    key: str, holder: str, column: Column, paper: Paper, *, signed: Frozen | None, entered: Mapping[str, str]
) -> Cell:
    """One cell as shown."""
    name = f"{key}{SEPARATOR}{column.uid}"
    letters = entered.get(name, paper.frozen.cells.get((key, holder), ""))
    before = signed.cells.get((key, holder), "") if signed else letters
    return Cell(name, letters, f"{paper.activities[key].label}, {column.name}", None if before == letters else before)


def cells_of(typed: Mapping[str, str], paper: Paper) -> dict[tuple[str, str], str]:
    """(activity, holder) → text, out of a form's fields; fields of no such column are left out."""
    holders = {str(column.uid): key for key, column in paper.columns.items()}
    found = {}
    for name, text in typed.items():
        key, _, uid = name.partition(SEPARATOR)
        if uid in holders:
            found[(key, holders[uid])] = text
    return found


def typed_in(post: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form that are cells."""
    return {name: str(text) for name, text in post.items() if SEPARATOR in name}
