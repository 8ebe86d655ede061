"""A version of the RACI as a paper: everything stored of it, and frozen with the people it means today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from governance.raci.models import Activity, Column, Duty, Matrix, MatrixSignature
from governance.raci.rules import LETTERS, Frozen, Holder, Someone
from governance.raci.rules import Row as Line
from governance.register.models import Absence, Party, Person, Team
from portal.core import clock
from portal.core.nested import Row, nested, revived

SUSPENDED, LEFT = "suspended", "no longer with the company"
GONE = frozenset({SUSPENDED, LEFT})
#: holders whose people only their own company sees
INSIDE = frozenset({Column.Kind.ROLE, Column.Kind.TEAM})


@dataclass(frozen=True, slots=True)
class Paper:
    """One version as stored, and frozen. `activities` and `columns` are by the keys that `frozen` uses."""

    matrix: Matrix
    frozen: Frozen
    activities: Mapping[str, Activity]
    columns: Mapping[str, Column]
    signatures: tuple[MatrixSignature, ...]


def papers(matrices: QuerySet[Matrix], *, seen: frozenset[int]) -> list[Paper]:
    """Versions that the caller may see, as papers. Three queries, however many: rows, people, stand-ins.

    `seen` are the companies whose roles and teams this transaction may look into.
    """
    parties = Party.objects.filter(integration=OuterRef("integration"), joined__isnull=False)
    rows = list(
        matrices.annotate(
            rows_=inside(Activity, "position", "id"),
            columns_=inside(
                Column,
                "position",
                "id",
                person_uid=F("person__uid"),
                company_uid=F("company__uid"),
                team_uid=F("team__uid"),
                members_=members(OuterRef("team")),
            ),
            duties_=nested(Duty.objects.filter(matrix=OuterRef("pk")), "activity_id", "column_id", "letter"),
            signatures_=inside(MatrixSignature, "id"),
            parties_=nested(
                parties.order_by("id"), company=F("company_id"), name=F("company__name"), person=F("accountable_id")
            ),
            owner_=F("integration__owner_id"),
            stand_in_=F("integration__stand_in_id"),
        )
    )
    found = people_in([column for row in rows for column in row.columns_])
    beside = [one for row in rows for one in (row.owner_, row.stand_in_)]
    beside += [party["person"] for row in rows for party in row.parties_]
    people = with_stand_ins([one for one in beside if one is not None], found)
    return [paper(row, people, seen) for row in rows]


def inside(model: type[Activity | Column | MatrixSignature], *order: str, **more: F | ArraySubquery) -> ArraySubquery:
    """All rows of a model that belong to the outer version, with every column."""
    names = [field.attname for field in model._meta.concrete_fields]
    return nested(model._default_manager.filter(matrix=OuterRef("pk")).order_by(*order), *names, **more)


def paper(row: Matrix, people: Mapping[int, Someone], seen: frozenset[int]) -> Paper:
    """One version out of its row with everything nested in it."""
    told: dict[str, Sequence[Row]] = {
        name: getattr(row, f"{name}_") for name in ("rows", "columns", "duties", "signatures", "parties")
    }
    activities = [revived(Activity, one) for one in told["rows"]]
    columns = {holder_key(one): column(one) for one in told["columns"]}
    teams = {holder_key(one): [member["id"] for member in one["members_"]] for one in told["columns"]}
    accountable = {one["company"]: one["person"] for one in told["parties"] if one["person"] is not None}
    owner: tuple[int | None, ...] = (getattr(row, "owner_", None), getattr(row, "stand_in_", None))
    frozen = Frozen(
        row.no,
        {one["company"]: one["name"] for one in told["parties"]},
        tuple(Line(one.key, one.label, one.scope == Activity.Scope.EACH, one.step) for one in activities),
        tuple(holder(key, one, meant(one, people, accountable, teams[key]), seen) for key, one in columns.items()),
        cells_of(told["duties"], activities, columns),
        people,
        accountable,
        tuple(one for one in owner if one is not None),
    )
    signatures = tuple(revived(MatrixSignature, one) for one in told["signatures"])
    return Paper(row, frozen, {one.key: one for one in activities}, columns, signatures)


def cells_of(
    duties: Sequence[Row], activities: Sequence[Activity], columns: Mapping[str, Column]
) -> dict[tuple[str, str], str]:
    """(activity, holder) → letters in their order."""
    rows = {one.pk: one.key for one in activities}
    holders = {one.pk: key for key, one in columns.items()}
    found: dict[tuple[str, str], str] = {}
    for duty in sorted(duties, key=lambda one: LETTERS.index(one["letter"])):
        cell = rows[duty["activity_id"]], holders[duty["column_id"]]
        found[cell] = found.get(cell, "") + duty["letter"]
    return found


def holder_key(row: Row) -> str:
    """A holder's name in every version: "person:<uid>", "role:<company>:operator", "company:<uid>"."""
    if row["kind"] in {Column.Kind.PERSON, Column.Kind.TEAM}:
        return f"{row['kind']}:{row[row['kind'] + '_uid'] or row['uid']}"
    return f"{row['kind']}:{row['company_uid']}" + (f":{row['role']}" if row["role"] else "")


def column(row: Row) -> Column:
    """The column that a nested row was."""
    beside = {"person_uid", "company_uid", "team_uid", "members_"}
    return revived(Column, {name: value for name, value in row.items() if name not in beside})


def members(team: OuterRef) -> ArraySubquery:
    """The people of a team as nested rows; another company's team shows none."""
    through = Team.members.through
    return nested(through._default_manager.filter(team=team).order_by("person"), id=F("person_id"))


def holder(key: str, one: Column, people: Iterable[int], seen: frozenset[int]) -> Holder:
    """A column with the people it means today."""
    hidden = one.kind in INSIDE and one.company_id not in seen
    return Holder(key, one.kind, one.name, one.company_id, tuple(sorted(people)), one.job, hidden)


def meant(
    one: Column, people: Mapping[int, Someone], accountable: Mapping[int, int], team: Iterable[int]
) -> Iterable[int]:
    """Ids of the people a column means: the person, the team, the party's accountable one, or all with the role."""
    if one.kind == Column.Kind.PERSON:
        return [one.person_id] if one.person_id is not None else []
    if one.kind == Column.Kind.TEAM:
        return team
    if one.kind == Column.Kind.COMPANY:
        return [accountable[one.company_id]] if one.company_id in accountable else []
    held = [person for person in people.values() if (person.company, person.role) == (one.company_id, one.role)]
    return [person.id for person in held if person.why not in GONE]


def people_in(columns: Iterable[Row]) -> dict[int, Someone]:
    """The people whom columns name or mean by their role. One query."""
    rows = list(columns)
    named = [one["person_id"] for one in rows if one["person_id"] is not None]
    wanted = Q(pk__in=[*named, *(member["id"] for one in rows for member in one["members_"])])
    for company, role in {(one["company_id"], one["role"]) for one in rows if one["kind"] == Column.Kind.ROLE}:
        wanted |= Q(company_id=company, role=role, suspended=None, left=None)
    return read_people(wanted)


def with_stand_ins(wanted: Iterable[int], known: Mapping[int, Someone] | None = None) -> dict[int, Someone]:
    """The known people, the wanted ones, and all who stand in for them in turn; one query a round that is needed."""
    found = dict(known or {})
    missing = {*wanted, *stand_ins(found)} - set(found)
    while missing:
        more = read_people(Q(pk__in=missing))
        found |= more
        missing = stand_ins(more) - set(found)
    return found


def stand_ins(people: Mapping[int, Someone]) -> set[int]:
    """Who stands in for these people."""
    return {one.stand_in for one in people.values() if one.stand_in is not None}


def read_people(wanted: Q) -> dict[int, Someone]:
    """People by id, as far as this transaction may read them, with whether they are here today. One query."""
    today = clock.now().date()
    away = Absence.objects.filter(person=OuterRef("pk"), starts__lte=today, ends__gte=today)
    rows = Person.objects.filter(wanted).annotate(back_=Subquery(away.order_by("-ends").values("ends")[:1]))
    return {row.pk: someone(row, getattr(row, "back_", None)) for row in rows}


def someone(row: Person, until: date | None) -> Someone:
    """A person, away `until` a day or here."""
    why = LEFT if row.left is not None else SUSPENDED if row.suspended is not None else ""
    if not why and until is not None:
        why = f"away until {until.day} {until:%B}"
    return Someone(row.pk, row.name, row.company_id, not why, why, row.stand_in_id, row.role)
