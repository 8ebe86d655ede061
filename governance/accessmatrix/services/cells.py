"""Writes of cells: any in a draft, and in what is in force only downwards, at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from governance.accessmatrix.compiled import DEFAULTS, JOB, OBJECTS, Level, job_of, level_of
from governance.accessmatrix.models import AccessMatrix, Grant
from governance.accessmatrix.services.versions import State, is_signer, opened
from governance.accessmatrix.sight import require_level
from governance.dictionary.models import Term
from governance.dictionary.rules import RESERVED
from governance.register.acting import acting_for
from governance.register.models import ROLES, Company, Integration
from governance.register.services.integrations import check_joined
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.services import record

#: a matrix beyond these is no longer read by anybody
MOST_CELLS, MOST_ROLES = 4_000, 30
#: "" takes a role's cell out, so that its default counts again
LEVELS = {"", *Grant.Level.values}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the acting company's matrix: what `grantee`, a partner's id, or else `role` may do with `term`."""

    grantee: int | None
    term: str
    level: str
    role: str = ""

    @property
    def key(self) -> tuple[int | str, str]:
        """(holder, term)."""
        return self.role or self.grantee or 0, self.term


#: (holder, term) → the stored cell
Stored = dict[tuple[int | str, str], Grant]


@transaction.atomic
def set_cells(*, by: Subject, matrix: AccessMatrix, cells: Iterable[Cell], version: int) -> int:
    """Set cells of a draft; cells not named stay. Returns how many changed.

    1. the draft is locked and as `version` saw it, else Stale; 2. every cell can be taken, else BadInput naming each;
    3. who grants more of a term than the draft does has full on it or signs for the company, else Denied;
    4. only changed cells are written, in bulk.
    """
    company, row = opened(by, matrix, version)
    wanted = {cell.key: cell for cell in map(tidied, cells)}
    check_cells(wanted.values(), row.integration, company=company)
    stored = stored_of(row)
    changed = {key: cell for key, cell in wanted.items() if cell.level != now_of(stored, key)}
    if not changed:
        return 0
    check_grants(by, row, changed, stored)
    before = {key: now_of(stored, key) for key in changed}
    write(row, changed, stored)
    if row.cells.count() > MOST_CELLS or row.cells.exclude(role="").values("role").distinct().count() > MOST_ROLES:
        raise BadInput(f"A matrix has {MOST_ROLES} roles and {MOST_CELLS} cells at most. Join some.", code="too-many")
    row.version += 1
    row.save()
    names = named(changed)
    record(
        by=by,
        verb="save cells of",
        thing=row,
        company=company,
        before={names[key]: before[key] for key in changed},
        after={names[key]: cell.level for key, cell in changed.items()},
    )
    return len(changed)


@transaction.atomic
def withdraw(*, by: Subject, integration: Integration, cells: Iterable[Cell]) -> int:
    """Take back, at once and without a signature, what cells in force grant; returns how many changed.

    Raises BadInput for a cell that would grant more than it does: widening needs the next version and its signature.
    """
    company = acting_for(by, "administer", integration.companies)
    check_joined(integration, company)
    live = AccessMatrix.objects.filter(integration=integration, company_id=company, state=State.LIVE)
    row = live.select_for_update().first()
    wanted = {cell.key: cell for cell in map(tidied, cells)}
    stored = stored_of(row) if row is not None else {}
    changed = {key: cell for key, cell in wanted.items() if cell.level != now_of(stored, key)}
    wider = {f"{key[0]} {key[1]}": WIDER for key, cell in changed.items() if not lowers(stored.get(key), cell)}
    if wider or (changed and row is None):
        raise BadInput(WIDER, fields=wider, code="needs-signature")
    if row is None or not changed:
        return 0
    before = {key: now_of(stored, key) for key in changed}
    for key, cell in changed.items():
        stored[key].lowered = cell.level
        stored[key].save()
    row.version += 1
    row.save()
    names = named(changed)
    record(
        by=by,
        verb="withdraw grants of",
        thing=row,
        company=company,
        before={names[key]: before[key] for key in changed},
        after={names[key]: cell.level for key, cell in changed.items()},
    )
    return len(changed)


WIDER = "This grants more than is signed. Draft the next version; it counts once your accountable person signed it."


def check_grants(
    by: Subject, row: AccessMatrix, changed: Mapping[tuple[int | str, str], Cell], stored: Stored
) -> None:
    """Raises Denied where `by` grants more of a term than the draft does, without full on it and without signing.

    On kinds of object "administer", which was asked for before, is enough.
    """
    wider = {key[1] for key, cell in changed.items() if key[1] not in OBJECTS and widens(stored, key, cell.level)}
    try:
        require_level(by, Level.FULL, company=row.company_id, integration=row.integration_id, terms=wider)
    except Denied:
        if not is_signer(by, row.integration, row.company_id):
            raise


def widens(stored: Stored, key: tuple[int | str, str], level: str) -> bool:
    """Whether a cell grants more than before. Where a job has no cell its people's roles count, which may be more."""
    before, default = now_of(stored, key), DEFAULTS.get(str(key[0]))
    was = level_of(before) if before else default or Level.NONE
    return (level_of(level) if level else default or Level.FULL) > was


def lowers(stored: Grant | None, cell: Cell) -> bool:
    """Whether a cell in force grants less afterwards. A role's default is lowered by a signed version alone."""
    if stored is None or not cell.level:
        return False
    return level_of(cell.level) < level_of(stored.lowered or stored.level)


def tidied(cell: Cell) -> Cell:
    """The cell with its role written one way."""
    role = cell.role.strip()
    job = role.lower().startswith(JOB)
    return Cell(cell.grantee, cell.term.strip(), cell.level.strip(), job_of(role[len(JOB) :]) if job else role)


def stored_of(row: AccessMatrix) -> Stored:
    """The cells of a version, by holder and term."""
    return {(one.role or one.grantee_id or 0, one.term): one for one in row.cells.all()}


def now_of(stored: Stored, key: tuple[int | str, str]) -> str:
    """A cell's level as it stands; where there is none, "none" for a partner and "" (the default) for a role."""
    one = stored.get(key)
    return (one.lowered or one.level) if one is not None else "none" if isinstance(key[0], int) else ""


def write(row: AccessMatrix, changed: Mapping[tuple[int | str, str], Cell], stored: Stored) -> None:
    """Changed cells in three statements at most: those that went, those that came, those that moved."""
    gone = [stored[key].pk for key, cell in changed.items() if key in stored and not cell.level]
    moved = [stored[key] for key, cell in changed.items() if key in stored and cell.level]
    for one in moved:
        one.level, one.lowered, one.changed = (
            changed[one.role or one.grantee_id or 0, one.term].level,
            "",
            clock.now(),
        )
    if gone:
        Grant.objects.filter(pk__in=gone).delete()
    Grant.objects.bulk_update(moved, ["level", "lowered", "changed"])
    Grant.objects.bulk_create(
        Grant(
            matrix=row,
            integration_id=row.integration_id,
            company_id=row.company_id,
            grantee_id=None if cell.role else cell.grantee,
            role=cell.role,
            term=cell.term,
            level=cell.level,
        )
        for key, cell in changed.items()
        if key not in stored and cell.level
    )


def named(changed: Mapping[tuple[int | str, str], Cell]) -> dict[tuple[int | str, str], str]:
    """What a cell is called in history: "Birch: labels"."""
    names = dict(Company.objects.filter(pk__in=[key[0] for key in changed if isinstance(key[0], int)])
                 .values_list("pk", "name"))  # fmt: skip
    return {key: f"{names.get(key[0], key[0]) if isinstance(key[0], int) else key[0]}: {key[1]}" for key in changed}


def check_cells(cells: Iterable[Cell], integration: Integration, *, company: int) -> None:
    """Raises BadInput naming the cells that cannot be taken."""
    known = set(Term.objects.filter(dictionary__integration=integration).values_list("name", flat=True)) | RESERVED
    partners = set(integration.companies) - {company}
    wrong = {}
    for cell in cells:
        sentence = wrong_with(cell, known, partners)
        if sentence:
            wrong[f"{cell.key[0]} {cell.term}"] = sentence
    if wrong:
        raise BadInput("The access matrix was not saved.", fields=wrong, code="no-cell")


def wrong_with(cell: Cell, known: set[str], partners: set[int]) -> str:
    """Why one cell cannot be taken; "" when it can."""
    if not cell.role and cell.grantee not in partners:
        return "Choose another party of this integration."
    if cell.role and cell.role not in dict(ROLES) and not (cell.role.startswith(JOB) and len(cell.role) <= 124):
        return "Choose administrator, operator, viewer, or a job."
    if cell.term not in known and not (cell.role and cell.term in OBJECTS):
        return f"The dictionary has no term {cell.term}."
    if cell.level not in LEVELS or (not cell.level and not cell.role):
        return "Choose none, read, write or full."
    if not cell.role and level_of(cell.level) is Level.FULL:
        return "A partner reads or writes; full access is for your own people."
    return ""
