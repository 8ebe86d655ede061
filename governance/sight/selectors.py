"""Who can see a term of one's own, and what one person can see: each with the chain of reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q
from django.urls import reverse

from governance.accessmatrix.compiled import DEFAULTS, JOB, OBJECTS, Cell, Level, Table, compiled, job_of, level_of
from governance.accessmatrix.models import AccessMatrix, AccessPass, Grant
from governance.register.models import Connection, Integration, Person
from governance.rulebook.models import Disclosure
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock
from portal.core.nested import Row, nested

#: people that one page lists
MOST = 300
CELL = ("company_id", "grantee_id", "role", "term", "level", "lowered")


@dataclass(frozen=True, slots=True)
class Reason:
    """One link of the chain; `url` is where it stands, "" = nowhere to go."""

    sentence: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """Somebody of one's own, or a partner company, with the level on one term and why."""

    name: str
    job: str
    company: int
    level: str
    reasons: tuple[Reason, ...]
    url: str = ""

    @property
    def sentences(self) -> list[str]:
        """The chain in words."""
        return [one.sentence for one in self.reasons]


@dataclass(frozen=True, slots=True)
class Held:
    """What a person may do in one integration: per term or kind of object, (label, level, reasons)."""

    integration: str
    url: str
    entries: tuple[tuple[str, str, tuple[Reason, ...]], ...]
    otherwise: str = ""


def wires_of(integration: Integration, *, by: Subject) -> list[Connection]:
    """The acting company's connections, with what both sides' live rules disclose in `disclosed_`. One query."""
    rows = Connection.objects.filter(integration=integration, companies__contains=[by.company])
    disclosed = visible_to(Disclosure.objects.filter(connection=OuterRef("pk")), by)
    told = nested(disclosed.order_by("side"), "company_id", "no", "sends", "side")
    return list(visible_to(rows, by).annotate(disclosed_=told).order_by("pk"))


def disclosures(wire: Connection, *, of: int) -> list[Row]:
    """What the live rules of one company disclose on a connection."""
    found: Sequence[Row] = getattr(wire, "disclosed_", ())
    return [one for one in found if one["company_id"] == of]


def who_sees(integration: Integration, term: str, *, by: Subject, wires: Sequence[Connection]) -> list[Sight]:
    """Who may see the acting company's values of a term in one integration, and why; two queries.

    1. own people: role and job in the company, the cell that decides, open passes; 2. partners: the cell, and whether
    a live rulebook sends it. Of what partners hold of their own nothing is told here (`told_by_partners`).
    """
    matrix, table = live_of(integration, by=by)
    place = reverse("grants", args=[integration.uid])
    people = [
        own_sight(one, term, matrix, table, passes(one, integration.pk, term), place)
        for one in own_people(by, integration=integration.pk)
    ]
    sends = sending(wires, term, by=by)
    names = {one.id: one.name for one in by.known}
    partners = [
        partner_sight(names.get(one, "A partner"), one, term, by.company, (matrix, table), sends.get(one, ()), place)
        for one in integration.companies
        if one != by.company and by.company in integration.companies
    ]
    return [*partners, *people]


def live_of(integration: Integration, *, by: Subject) -> tuple[AccessMatrix | None, Table]:
    """The acting company's version in force with its cells, compiled. One query."""
    rows = AccessMatrix.objects.filter(
        integration=integration, company_id=by.company, state=AccessMatrix.State.LIVE
    ).annotate(cells_=nested(Grant.objects.filter(matrix=OuterRef("pk")), *CELL))
    row = visible_to(rows, by).first()
    return row, compiled(cell_of(one) for one in getattr(row, "cells_", ()))


def cell_of(row: Row) -> Cell:
    """A nested cell as the compiler takes it."""
    return Cell(row["company_id"], row["role"] or row["grantee_id"], row["term"], row["level"], row["lowered"])


def own_people(by: Subject, *, integration: int | None = None, person: Person | None = None) -> Sequence[Person]:
    """People of the acting company with what is open to them for a time in `passes_`. One query."""
    now = clock.now()
    opened = AccessPass.objects.filter(
        person=OuterRef("pk"), state=AccessPass.State.APPROVED, revoked=None, starts__lte=now, ends__gt=now
    )
    if integration is not None:
        opened = opened.filter(integration=integration)
    rows = visible_to(Person.objects.filter(company_id=by.company, suspended=None, left=None), by)
    if person is not None:
        rows = rows.filter(pk=person.pk)
    names = ("integration_id", "company_id", "term", "level", "ends", "answered_by", "reason")
    return list(rows.annotate(passes_=nested(visible_to(opened, by), *names)).order_by("name", "pk")[:MOST])


def passes(person: Person, integration: int, term: str) -> list[Row]:
    """The open passes of a person for one term of the own company."""
    found: Iterable[Row] = getattr(person, "passes_", ())
    return [
        one
        for one in found
        if one["integration_id"] == integration
        and one["company_id"] == person.company_id
        and (one["term"] == term or (not one["term"] and term not in OBJECTS))
    ]


def own_sight(
    person: Person, term: str, matrix: AccessMatrix | None, table: Table, opened: Sequence[Row], place: str
) -> Sight:
    """One of one's own people."""
    company = person.company_id
    level = table.person(company, person.role, person.job, term)
    reasons = [Reason(f"{person.get_role_display()} of the company", reverse("person", args=[person.uid]))]
    reasons += matrix_reasons(person, term, matrix, table, place)
    for one in opened:
        until = str(one["ends"])[:16].replace("T", " ")
        reasons.append(
            Reason(
                f"Pass from {one['answered_by']} until {until} UTC: {one['level']}, for {one['reason']}",
                reverse("access-passes"),
            )
        )
        level = max(level, level_of(one["level"]))
    return Sight(
        person.name, person.job, company, level.word, tuple(reasons), reverse("person-sight", args=[person.uid])
    )


def matrix_reasons(person: Person, term: str, matrix: AccessMatrix | None, table: Table, place: str) -> list[Reason]:
    """What the version in force says of somebody and a term."""
    holder = table.decided_by(person.company_id, person.role, person.job, term)
    if not holder or matrix is None:
        default = "nothing" if term in OBJECTS else DEFAULTS[person.role].word
        return [Reason(f"No cell speaks of it: {default}, by default for {article(person.role)}", place)]
    level = table.cells[person.company_id, holder, term]
    return [Reason(f"{matrix}{signed(matrix)}: {level.word} for {worded(holder)}", f"{place}?no={matrix.no}")]


def article(role: str) -> str:
    """ "an operator", "a viewer"."""
    return f"{'an' if role[:1] in 'aeiou' else 'a'} {role}"


def worded(holder: str) -> str:
    """A role as people say it."""
    return f"the job {holder[len(JOB) :]}" if holder.startswith(JOB) else article(holder)


def signed(matrix: AccessMatrix) -> str:
    """By whom a version was signed."""
    return f", signed by {matrix.signed_by}" if matrix.signed_by else ""


def partner_sight(
    name: str,
    partner: int,
    term: str,
    company: int,
    ground: tuple[AccessMatrix | None, Table],
    sends: Sequence[Reason],
    place: str,
) -> Sight:
    """One partner company: party, cell, and whether a rulebook sends it."""
    matrix, table = ground
    level = table.partner(company, partner, term)
    reasons = [Reason("Party of this integration")]
    if matrix is None:
        reasons.append(Reason("No access matrix is in force: nothing is granted", place))
    else:
        cell = f"{matrix}{signed(matrix)}: {level.word}"
        reasons.append(Reason(cell if level else f"{matrix} grants nothing: withheld", f"{place}?no={matrix.no}"))
    reasons += sends or [Reason("No connection with this company sends it")]
    reaches = any(one.sentence.endswith(" sends it") for one in sends)
    return Sight(name, "", partner, (level if reaches else Level.NONE).word, tuple(reasons))


def sending(wires: Sequence[Connection], term: str, *, by: Subject) -> dict[int, list[Reason]]:
    """Partner → for each connection with it, whether the own live rulebook sends a term."""
    found: dict[int, list[Reason]] = {}
    for wire in wires:
        said = [reason_of(wire, one, term) for one in disclosures(wire, of=by.company)]
        nothing = Reason(f"{wire.name}: no rules are live, nothing is sent", reverse("connection", args=[wire.uid]))
        for partner in wire.companies:
            if partner != by.company:
                found.setdefault(partner, []).extend(said or [nothing])
    return found


def reason_of(row: Connection, told: Row, term: str) -> Reason:
    """What one side's live rules do with a term."""
    url = reverse("rulebook", args=[row.uid, told["side"]])
    does = "sends it" if term in told["sends"] else "does not send it"
    return Reason(f"Rulebook version {told['no']} of {row.name} {does}", url)


def told_by_partners(wires: Sequence[Connection], term: str, *, by: Subject) -> list[Sight]:
    """What partners let the acting company see of a term: only what their live rules disclose, never a cell."""
    names = {one.id: one.name for one in by.known}
    found: dict[int, list[Reason]] = {}
    for wire in wires:
        for partner in wire.companies:
            if partner == by.company:
                continue
            said = found.setdefault(partner, [])
            for row in disclosures(wire, of=partner):
                if term in row["sends"]:
                    place = reverse("connection", args=[wire.uid])
                    said.append(Reason(f"Its rules, version {row['no']}, send it over {wire.name}", place))
    return [
        Sight(
            names.get(company, "A partner"),
            "",
            company,
            Level.READ.word if said else Level.NONE.word,
            tuple(said) or (Reason("Not agreed to be shared"),),
        )
        for company, said in found.items()
    ]


def seen_by(person: Person, *, by: Subject) -> list[Held]:
    """What a person of the acting company can see and do in every integration, where it is not the role's default.

    Two queries. For somebody of a partner: what their company may read of ours.
    """
    own = person.company_id == by.company
    holder = Q(role__in=[person.role, job_of(person.job) or person.role]) if own else Q(grantee=person.company_id)
    cells = nested(Grant.objects.filter(holder, matrix=OuterRef("pk")), *CELL)
    rows = AccessMatrix.objects.filter(company_id=by.company, state=AccessMatrix.State.LIVE).annotate(cells_=cells)
    if not own:
        rows = rows.filter(integration__companies__contains=[person.company_id])
    told = own_people(by, person=person) if own else []
    someone = told[0] if told else person
    found = visible_to(rows.select_related("integration"), by).order_by("integration__name", "pk")[:MOST]
    return [held_in(row, someone, own=own) for row in found]


def held_in(matrix: AccessMatrix, person: Person, *, own: bool) -> Held:
    """What one version gives a person, or their company."""
    table = compiled(cell_of(one) for one in getattr(matrix, "cells_", ()))
    place = reverse("grants", args=[matrix.integration.uid])
    opened: Sequence[Row] = getattr(person, "passes_", ())
    terms = {term for _, _, term in table.cells}
    terms |= {one["term"] for one in opened if own and one["integration_id"] == matrix.integration_id and one["term"]}
    entries = []
    for term in sorted(terms):
        if own:
            sight = own_sight(person, term, matrix, table, passes(person, matrix.integration_id, term), place)
            entries.append((OBJECTS.get(term, term), sight.level, sight.reasons[1:]))
        else:
            level = table.partner(matrix.company_id, person.company_id, term)
            reason = Reason(f"{matrix}{signed(matrix)}: {level.word} for their company", f"{place}?no={matrix.no}")
            entries.append((term, level.word, (reason,)))
    otherwise = f"Every other term: {DEFAULTS[person.role].word}, by default for {article(person.role)}" if own else (
        "Every other term: not shared with their company"
    )  # fmt: skip
    return Held(matrix.integration.name, place, tuple(entries), otherwise)
