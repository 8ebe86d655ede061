"""One version as its page lays it out: a column a holder, a row a term or kind of object."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from governance.accessmatrix.compiled import DEFAULTS, JOB, OBJECTS, job_of
from governance.accessmatrix.models import Grant
from governance.accessmatrix.services.cells import Cell
from governance.dictionary.selectors import newest_terms
from governance.register.models import ROLES, Integration, Party
from portal.access.guard import visible_to
from portal.access.subject import Subject

SEPARATOR = "|"
PARTS = (("comment", "Comments"), ("attachment", "Attachments"))
WORDS: Mapping[str, str] = dict(Grant.Level.choices)
LOWER = ("none", "read", "write", "full")


@dataclass(frozen=True, slots=True)
class Head:
    """One holder: a partner company, or a role of one's own. `key` is its name in forms."""

    key: str
    name: str
    company: int = 0
    role: str = ""
    joined: bool = True


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell; `options` are (value, word), none where it is only read. `was` = the live version's, when it differs.

    `lowered`: how it reads in the signed version, where it was taken back since.
    """

    name: str
    label: str
    level: str
    word: str
    options: tuple[tuple[str, str], ...] = ()
    was: str | None = None
    lowered: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One term, part or kind of object."""

    term: str
    label: str
    classification: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole page's matrix. `changed` counts the cells that differ from what is in force."""

    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    objects: tuple[Line, ...]
    changed: int = 0

    @property
    def rows(self) -> tuple[Line, ...]:
        """Terms, then kinds of object."""
        return (*self.lines, *self.objects)


Levels = Mapping[tuple[str, str], str]


def holder_of(row: Grant) -> str:
    """A stored cell's holder as a form names it."""
    return row.role or f"company:{row.grantee_id}"


def levels_of(rows: Iterable[Grant]) -> dict[tuple[str, str], str]:
    """(holder, term) → level as it counts."""
    return {(holder_of(row), row.term): row.lowered or row.level for row in rows}


def heads_of(integration: Integration, levels: Levels, *, by: Subject, more: Sequence[str] = ()) -> tuple[Head, ...]:
    """Partners, the three roles, then the jobs that have cells, or that `more` names."""
    names = {one.id: one.name for one in by.known}
    parties = visible_to(Party.objects.filter(integration=integration).exclude(company_id=by.company), by)
    partners = [
        Head(f"company:{company}", names.get(company, "A partner"), company, joined=joined is not None)
        for company, joined in parties.order_by("id").values_list("company_id", "joined")
    ]
    roles = [Head(role, f"Our {word.lower()}s", role=role) for role, word in ROLES]
    jobs = {holder for holder, _ in levels if holder.startswith(JOB)} | {job_of(one) for one in more if job_of(one)}
    return (*partners, *roles, *(Head(job, job[len(JOB) :].capitalize(), role=job) for job in sorted(jobs)))


def grid_of(
    integration: Integration,
    rows: Sequence[Grant],
    *,
    by: Subject,
    live: Sequence[Grant] | None = None,
    mode: str = "",
    typed: Levels | None = None,
    more: Sequence[str] = (),
) -> Grid:
    """The grid of some cells. `mode`: "edit" = every level can be chosen, "lower" = only less than stands, "" = none.

    With `live`, cells that differ from it are marked; `typed` is shown instead of what stands.
    """
    signed = {(holder_of(row), row.term): row.level for row in rows if row.lowered}
    now = {**levels_of(rows), **(typed or {})}
    base = levels_of(live) if live is not None else None
    heads = heads_of(integration, now, by=by, more=more)
    named = [(one.name, one.label, one.get_classification_display()) for one in newest_terms(integration.pk, by=by)]
    named += [(name, label, "") for name, label in PARTS]

    def line(term: str, label: str, classification: str) -> Line:
        cells = tuple(
            cell(head, term, label, now, base, mode=mode, signed=signed.get((head.key, term), "")) for head in heads
        )
        return Line(term, label, classification, cells)

    lines = tuple(line(*one) for one in named)
    objects = tuple(line(term, word, "") for term, word in OBJECTS.items())
    changed = sum(one.was is not None for row in (*lines, *objects) for one in row.cells)
    return Grid(heads, lines, objects, changed)


def cell(head: Head, term: str, label: str, now: Levels, base: Levels | None, *, mode: str, signed: str) -> GridCell:
    """One cell as shown; a partner has none on a kind of object."""
    if term in OBJECTS and not head.role:
        return GridCell("", "", "", "–")
    empty = "" if head.role else "none"
    level = now.get((head.key, term), empty)
    before = base.get((head.key, term), empty) if base is not None else level
    return GridCell(
        f"{head.key}{SEPARATOR}{term}",
        f"{label}, {head.name}",
        level,
        word_of(level, head, term),
        options_of(level, head, term, mode),
        None if before == level else word_of(before, head, term),
        WORDS.get(signed, ""),
    )


def word_of(level: str, head: Head, term: str) -> str:
    """A level in words; for a role without a cell what counts then."""
    if level:
        return WORDS.get(level, level)
    if term in OBJECTS:
        return "by role"
    default = DEFAULTS.get(head.role)
    return f"({default.word})" if default is not None else "by role"


def options_of(level: str, head: Head, term: str, mode: str) -> tuple[tuple[str, str], ...]:
    """What a cell can be set to."""
    if mode == "edit":
        known = [(value, word) for value, word in WORDS.items() if head.role or value != "full"]
        return (("", word_of("", head, term)), *known) if head.role else tuple(known)
    if mode == "lower" and level not in ("", "none"):
        return tuple((value, WORDS[value]) for value in LOWER[: LOWER.index(level) + 1])
    return ()


def typed_in(post: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """The fields of a form that are cells: (holder, term) → level."""
    found = {}
    for name, value in post.items():
        holder, separator, term = name.rpartition(SEPARATOR)
        if separator:
            found[(holder, term)] = str(value)
    return found


def cells_of(typed: Levels) -> list[Cell]:
    """Typed cells as the services take them."""
    found = []
    for (holder, term), level in typed.items():
        company = holder.removeprefix("company:")
        partner = int(company) if holder != company and company.isdigit() and len(company) < 18 else None
        found.append(Cell(partner, term, level, "" if partner is not None else holder))
    return found
