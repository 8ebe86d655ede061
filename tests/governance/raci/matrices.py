"""Matrices for tests: a draft of a few activities, filled, proposed and signed by its people."""

from collections.abc import Mapping

from governance.raci.models import Matrix
from governance.raci.selectors import paper_of
from governance.raci.services.cells import HolderDraft, add_holder, remove_activity, save_cells
from governance.raci.services.matrices import draft_matrix, propose_matrix, sign_matrix
from governance.register.models import Integration, Party, Person
from portal.access.subject import Subject
from tests.characters import Character, as_subject

#: what the tests' matrices keep of the guide's activities
KEPT = frozenset(
    {"sign-raci", "approve-rules", "solve-parked", "extend-map", "settle-conflict", "restore-connection"}
)


def name_accountable(integration: Integration, *who: Character) -> None:
    """Each is the accountable person of their company, known to the other parties."""
    for one in who:
        Party.objects.filter(integration=integration, company=one.company).update(accountable=one.person)
    Person.objects.filter(pk__in=[one.person.pk for one in who]).update(readers=integration.companies)


def drafted(integration: Integration, *who: Character) -> Matrix:
    """A draft with few activities and a column for each of these people, made by the first."""
    name_accountable(integration, *who)
    with as_subject(who[0].subject) as by:
        draft = draft_matrix(by=by, integration=integration)
        for activity in draft.activities.exclude(key__in=KEPT):
            remove_activity(by=by, matrix=draft, key=activity.key, version=fresh(draft).version)
    return fresh(draft)


def put_in(matrix: Matrix, by: Subject, draft: HolderDraft) -> str:
    """A further column; returns the holder's key."""
    row = fresh(matrix)
    with as_subject(by):
        column = add_holder(by=by, matrix=row, draft=draft, version=row.version)
        columns = paper_of(fresh(matrix), by=by).columns
    return next(key for key, one in columns.items() if one.pk == column.pk)


def fill(matrix: Matrix, by: Subject, cells: Mapping[tuple[str, str], str]) -> int:
    """Letters by (activity, holder)."""
    row = fresh(matrix)
    with as_subject(by):
        return save_cells(by=by, matrix=row, cells=cells, version=row.version)


def filled(integration: Integration, *who: Character, more: Mapping[tuple[str, str], str] | None = None) -> Matrix:
    """A draft in which each holds RA of the own activities, and the first of those of all."""
    draft = drafted(integration, *who)
    cells = {}
    for activity in draft.activities.all():
        for place, one in enumerate(who):
            own = activity.scope == "each" or place == 0
            cells[(activity.key, key_of(one))] = "RA" if own else "I"
    fill(draft, who[0].subject, {**cells, **(more or {})})
    return fresh(draft)


def signed(integration: Integration, *who: Character, more: Mapping[tuple[str, str], str] | None = None) -> Matrix:
    """A matrix in force, signed by each of these people."""
    draft = filled(integration, *who, more=more)
    propose(draft, who[0])
    for one in who:
        sign(draft, one)
    return fresh(draft)


def propose(matrix: Matrix, who: Character) -> None:
    """Lay a draft before the parties."""
    with as_subject(who.subject) as by:
        propose_matrix(by=by, matrix=matrix, version=fresh(matrix).version)


def sign(matrix: Matrix, who: Character) -> Matrix:
    """One party's signature."""
    row = fresh(matrix)
    with as_subject(who.subject) as by:
        return sign_matrix(by=by, matrix=row, version=row.version)


def key_of(who: Character) -> str:
    """The holder's key of a person."""
    return f"person:{who.person.uid}"


def fresh(matrix: Matrix) -> Matrix:
    """The row as it stands now."""
    return Matrix.objects.get(pk=matrix.pk)
