"""Writes inside a draft of the RACI: letters, activities, holders."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from governance.raci.models import Activity, Column, Duty, Matrix
from governance.raci.papers import Paper
from governance.raci.rules import ordered, second_as
from governance.raci.selectors import paper_of
from governance.raci.services.matrices import column_of, opened
from governance.register.models import Company, Person, Team
from governance.register.services.integrations import share
from portal.access.guard import visible_to
from portal.access.subject import Role, Subject
from portal.core.errors import BadInput
from portal.history.services import record

#: (activity key, holder key) → letters
Cells = Mapping[tuple[str, str], str]
#: a grid beyond these is no longer read by anybody
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 80, 40, 900
PLURAL = {Role.ADMINISTRATOR: "Administrators", Role.OPERATOR: "Operators", Role.VIEWER: "Viewers"}


@dataclass(frozen=True, slots=True)
class ActivityDraft:
    """What is entered of an activity. `step` is 1 to 10."""

    label: str
    step: int = 8
    each: bool = False


@dataclass(frozen=True, slots=True)
class HolderDraft:
    """Who is put into a column: exactly one of a person, a team, a role in a company, or a company alone."""

    person: Person | None = None
    team: Team | None = None
    company: int | None = None
    role: str = ""


@transaction.atomic
def save_cells(*, by: Subject, matrix: Matrix, cells: Cells, version: int) -> int:
    """Set cells of a draft; cells not named stay. Returns how many changed.

    1. the draft is locked and as `version` saw it, else Stale; 2. every cell reads as letters of a RACI and no
    activity gets a second A, else BadInput naming each; 3. only changed letters are written, in bulk.
    """
    company, row = opened(by, matrix, version)
    paper = paper_of(row, by=by)
    wanted = checked_cells(cells, paper)
    now = paper.frozen.cells
    changed = {cell: letters for cell, letters in wanted.items() if now.get(cell, "") != letters}
    if not changed:
        return 0
    check_second_as(paper, {**now, **changed})
    write_cells(paper, changed)
    moved_on(row)
    names = {one.key: one.name for one in paper.frozen.holders}
    record(
        by=by,
        verb="save cells of",
        thing=row,
        company=company,
        readers=row.companies,
        before={f"{names[holder]}: {key}": now.get((key, holder), "") for key, holder in changed},
        after={f"{names[holder]}: {key}": letters for (key, holder), letters in changed.items()},
    )
    return len(changed)


@transaction.atomic
def add_activity(*, by: Subject, matrix: Matrix, draft: ActivityDraft, version: int) -> Activity:
    """A further row of a draft."""
    company, row = opened(by, matrix, version)
    label = draft.label.strip()
    wrong = {}
    if not 2 <= len(label) <= 120:
        wrong["label"] = "Enter what is to be done, 2 to 120 characters."
    elif row.activities.filter(label__iexact=label).exists():
        wrong["label"] = "This activity is in the matrix already."
    if not 1 <= draft.step <= 10:
        wrong["step"] = "Choose a step of the guide."
    rows, columns = row.activities.count() + 1, row.columns.count()
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        wrong["label"] = f"A RACI has {MOST_ROWS} activities and {MOST_CELLS} cells at most. Join some."
    if wrong:
        raise BadInput("The activity was not added.", fields=wrong)
    last = row.activities.filter(step__lte=draft.step).aggregate(last=Max("position"))["last"]
    made = Activity.objects.create(
        matrix=row,
        key=free_key(row, label),
        label=label,
        step=draft.step,
        scope=Activity.Scope.EACH if draft.each else Activity.Scope.ALL,
        position=last or 0,
    )
    moved_on(row)
    record(
        by=by,
        verb="add an activity to",
        thing=row,
        company=company,
        readers=row.companies,
        after={"activity": label, "scope": made.scope},
    )
    return made


@transaction.atomic
def remove_activity(*, by: Subject, matrix: Matrix, key: str, version: int) -> None:
    """Take a row out of a draft, with its letters."""
    company, row = opened(by, matrix, version)
    found = row.activities.filter(key=key).first()
    if found is None:
        raise BadInput("This activity is not in the matrix.", code="no-activity")
    label = found.label
    found.delete()
    moved_on(row)
    record(
        by=by,
        verb="remove an activity from",
        thing=row,
        company=company,
        readers=row.companies,
        before={"activity": label},
    )


@transaction.atomic
def add_holder(*, by: Subject, matrix: Matrix, draft: HolderDraft, version: int) -> Column:
    """A further column of a draft. A person put in is from now on known by name and job to the other parties."""
    company, row = opened(by, matrix, version)
    column = checked_holder(by, draft, row)
    columns, rows = row.columns.count() + 1, row.activities.count()
    if columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        full = f"A RACI has {MOST_COLUMNS} holders and {MOST_CELLS} cells at most. Use a role or a team."
        raise BadInput("The holder was not added.", fields={"holder": full}, code="matrix-full")
    column.position = (row.columns.aggregate(last=Max("position"))["last"] or 0) + 1
    column.save()
    share(row.integration)
    moved_on(row)
    record(
        by=by,
        verb="add a holder to",
        thing=row,
        company=company,
        readers=row.companies,
        after={"holder": column.name},
    )
    return column


@transaction.atomic
def remove_holder(*, by: Subject, matrix: Matrix, column: Column, version: int) -> None:
    """Take a column out of a draft, with its letters."""
    company, row = opened(by, matrix, version)
    if column.matrix_id != row.pk:
        raise BadInput("This holder belongs to another version.", code="no-holder")
    name = column.name
    column.delete()
    share(row.integration)
    moved_on(row)
    record(
        by=by,
        verb="remove a holder from",
        thing=row,
        company=company,
        readers=row.companies,
        before={"holder": name},
    )


def moved_on(row: Matrix) -> None:
    """After an edit: the next version number."""
    row.version += 1
    row.save()


def checked_cells(cells: Cells, paper: Paper) -> dict[tuple[str, str], str]:
    """The cells with their letters in order; raises BadInput naming each that cannot be taken."""
    found, wrong = {}, {}
    for (key, holder), text in cells.items():
        if key not in paper.activities or holder not in paper.columns:
            wrong[f"{key} {holder}"] = "The matrix has no such cell."
            continue
        try:
            found[(key, holder)] = ordered(text)
        except ValueError as fault:
            wrong[f"{key} {holder}"] = str(fault)
    if wrong:
        raise BadInput("The RACI was not saved.", fields=wrong, code="no-letter")
    return found


def check_second_as(paper: Paper, cells: Cells) -> None:
    """Raises BadInput naming every activity that would have two As."""
    found = second_as(paper.frozen.rows, paper.frozen.holders, cells)
    if found:
        raise BadInput(
            "Nothing was saved: an activity has one A at most.",
            fields={one.row: one.sentence for one in found},
            code="two-accountable",
        )


def write_cells(paper: Paper, changed: Cells) -> None:
    """Letters that went out, then letters that came in: an A can move in one save. Two statements."""
    gone, come = [], []
    for cell, letters in changed.items():
        before = paper.frozen.cells.get(cell, "")
        gone += [(*cell, letter) for letter in before if letter not in letters]
        come += [(*cell, letter) for letter in letters if letter not in before]
    if gone:
        stored = Duty.objects.filter(matrix=paper.matrix).values_list("pk", "activity__key", "column_id", "letter")
        ids = {(key, column, letter): pk for pk, key, column, letter in stored}
        Duty.objects.filter(pk__in=[ids[key, paper.columns[holder].pk, one] for key, holder, one in gone]).delete()
    Duty.objects.bulk_create(
        Duty(
            matrix=paper.matrix,
            activity=paper.activities[key],
            column=paper.columns[holder],
            company_id=paper.columns[holder].company_id,
            scope=paper.activities[key].scope,
            letter=letter,
        )
        for key, holder, letter in come
    )


def checked_holder(by: Subject, draft: HolderDraft, row: Matrix) -> Column:
    """The column, not saved; raises BadInput when it cannot be put in."""
    column = drafted_holder(by, draft, row)
    if column.company_id not in row.companies:
        raise BadInput("The holder was not added.", fields={"holder": "Choose somebody of a party."})
    same = row.columns.filter(
        kind=column.kind,
        company=column.company_id,
        person=column.person,
        role=column.role,
        team=column.team,
    )
    if same.exists():
        raise BadInput("The holder was not added.", fields={"holder": f"{column.name} is in the matrix already."})
    return column


def drafted_holder(by: Subject, draft: HolderDraft, row: Matrix) -> Column:
    """A column out of what was entered."""
    if draft.person is not None:
        return column_of(row, draft.person)
    column = Column(matrix=row)
    if draft.team is not None:
        column.kind, column.team, column.name = Column.Kind.TEAM, draft.team, draft.team.name
        column.company_id = draft.team.company_id
        return column
    known = visible_to(Company.objects.filter(pk=draft.company or 0), by).first()
    if known is None or (draft.role and draft.role not in PLURAL):
        raise BadInput("The holder was not added.", fields={"holder": "Choose a holder from the list."})
    column.company, column.kind, column.name = known, Column.Kind.COMPANY, known.name
    if draft.role:
        column.kind, column.role = Column.Kind.ROLE, draft.role
        column.name = f"{PLURAL[Role(draft.role)]}, {known.name}"[:120]
    return column


def free_key(row: Matrix, label: str) -> str:
    """A key that no other activity of this version has."""
    base = slugify(label)[:50] or "activity"
    taken = set(row.activities.values_list("key", flat=True))
    return next(key for n in range(MOST_ROWS + 2) if (key := f"{base}-{n}" if n else base) not in taken)
