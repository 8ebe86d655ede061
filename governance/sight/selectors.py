"""Who can see a term of one's own, and what one person can see: each with the chain of reasons.

What is said here is what the pages and the API do: both read the same cells, passes, roles and disclosures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet
from django.urls import reverse

from governance.accessmatrix.compiled import DEFAULTS, JOB, OBJECTS, Cell, Level, Table, compiled, job_of, level_of
from governance.accessmatrix.models import AccessMatrix, AccessPass, Grant
from governance.register.models import Company, Connection, Integration, Party, Person
from governance.rulebook.models import Disclosure
from portal.access.guard import visible_to
from portal.access.subject import Role, Subject
from portal.core import clock
from portal.core.nested import Row, nested

#: people that one page lists
MOST = 300
#: what a reason tells of a pass
PASS = ("integration_id", "company_id", "term", "level", "ends", "answered_by", "reason")
INTEGRATORS = (Company.SiamRole.INTERNAL_INTEGRATOR, Company.SiamRole.EXTERNAL_INTEGRATOR)
COUNTS_ONLY = "Service integrator: sees that connections of others are there, their health and counts, and no value"
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
    #: whether they grant it to others: an administrator with full on it by the matrix
    grants: bool = False

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


def asked_about(rows: QuerySet[Integration], by: Subject) -> QuerySet[Integration]:
    """Integrations with their `parties_`, and the open passes to others (`lent_`) and to own people (`borrowed_`)."""
    parties = visible_to(Party.objects.filter(integration=OuterRef("pk")).order_by("pk"), by)
    lent = open_passes().filter(integration=OuterRef("pk"), company=by.company).exclude(asker=by.company)
    mine = open_passes().filter(integration=OuterRef("pk"), asker=by.company).exclude(company=by.company)
    return rows.annotate(
        borrowed_=nested(visible_to(mine, by).order_by("name", "pk"), *PASS, "name"),
        parties_=nested(parties, "company_id", "siam_role", "joined", signs=F("accountable__name")),
        lent_=nested(visible_to(lent, by).order_by("name", "pk"), *PASS, "name", "asker_id"),
    )


def open_passes() -> QuerySet[AccessPass]:
    """The passes that are open at this moment."""
    now = clock.now()
    return AccessPass.objects.filter(state=AccessPass.State.APPROVED, revoked=None, starts__lte=now, ends__gt=now)


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

    `integration` is read with `asked_about`. 1. partners: the cell, and whether a live rulebook sends it; 2. people
    of others to whom it is lent; 3. own people: role and job in the company, the cell that decides, open passes. Of
    what partners hold of their own nothing is told here (`told_by_partners`).
    """
    matrix, table = live_of(integration, by=by)
    place = reverse("grants", args=[integration.uid])
    people = [
        own_sight(one, term, matrix, table, passes(one, integration.pk, term), place)
        for one in own_people(by, integration=integration.pk)
    ]
    if term in OBJECTS or by.company not in integration.companies:
        return people
    sends = sending(wires, term, by=by)
    names = {one.id: one.name for one in by.known}
    partners = [
        partner_sight(
            names.get(one["company_id"], "A partner"), one, term, by.company, (matrix, table),
            sends.get(one["company_id"], ()), place,
        )
        for one in rows_of(integration, "parties_")
        if one["company_id"] != by.company
    ]  # fmt: skip
    lent = [lent_sight(one) for one in rows_of(integration, "lent_") if one["term"] in ("", term)]
    return [*partners, *lent, *people]


def who_grants(integration: Integration, rows: Sequence[Sight], *, by: Subject) -> list[str]:
    """The names of those who can grant more of a term: who is accountable for the company, and who has full on it."""
    signs = [one["signs"] for one in rows_of(integration, "parties_") if one["company_id"] == by.company]
    full = [one.name for one in rows if one.company == by.company and one.grants]
    return list(dict.fromkeys([*(name for name in signs if name), *full]))


def rows_of(integration: Integration, name: str) -> Sequence[Row]:
    """Rows that hang on an integration read with `asked_about`."""
    found: Sequence[Row] = getattr(integration, name)
    return found


def lent_sight(row: Row) -> Sight:
    """Somebody of another company to whom a term is lent for a time."""
    return Sight(row["name"], "", row["asker_id"], Level.READ.word, (pass_reason(row),), reverse("access-passes"))


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
    opened = open_passes().filter(person=OuterRef("pk"))
    if integration is not None:
        opened = opened.filter(integration=integration)
    rows = visible_to(Person.objects.filter(company_id=by.company, suspended=None, left=None), by)
    if person is not None:
        rows = rows.filter(pk=person.pk)
    active = F("user__is_active")
    told = rows.annotate(passes_=nested(visible_to(opened, by), *PASS), active_=active)
    return list(told.order_by("name", "pk")[:MOST])


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
    """One of one's own people; on a kind of object their role counts beside the cell, as the guard has it."""
    company = person.company_id
    level = table.person(company, person.role, person.job, term)
    granted = level
    reasons = [Reason(f"{person.get_role_display()} of the company", reverse("person", args=[person.uid]))]
    reasons += matrix_reasons(person, term, matrix, table, place)
    if term in OBJECTS:
        level = max(level, DEFAULTS[person.role])
    for one in opened:
        reasons.append(pass_reason(one))
        level = max(level, level_of(one["level"]))
    if not getattr(person, "active_", None):
        level = granted = Level.NONE
        reasons.append(Reason("Cannot sign in, so sees nothing here", reverse("person", args=[person.uid])))
    address = reverse("person-sight", args=[person.uid])
    grants = granted is Level.FULL and person.role == Role.ADMINISTRATOR.value
    return Sight(person.name, person.job, company, level.word, tuple(reasons), address, grants)


def pass_reason(row: Row) -> Reason:
    """A pass as a reason."""
    until = str(row["ends"])[:16].replace("T", " ")
    sentence = f"Pass from {row['answered_by']} until {until} UTC: {row['level']}, for {row['reason']}"
    return Reason(sentence, reverse("access-passes"))


def matrix_reasons(person: Person, term: str, matrix: AccessMatrix | None, table: Table, place: str) -> list[Reason]:
    """What the version in force says of somebody and a term."""
    holder = table.decided_by(person.company_id, person.role, person.job, term)
    if not holder or matrix is None:
        default = DEFAULTS[person.role].word
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
    party: Row,
    term: str,
    company: int,
    ground: tuple[AccessMatrix | None, Table],
    sends: Sequence[Reason],
    place: str,
) -> Sight:
    """One partner company: party, cell, and whether a rulebook sends it."""
    matrix, table = ground
    partner = party["company_id"]
    level = table.partner(company, partner, term)
    reasons = [Reason("Party of this integration" if party["joined"] else "Invited to this integration, not joined")]
    if party["joined"] and party["siam_role"] in INTEGRATORS:
        reasons.append(Reason(COUNTS_ONLY))
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


def borrowed(rows: Sequence[Row], names: Mapping[int, str], term: str) -> list[Sight]:
    """What partners lent to single people of the acting company for a time."""
    return [
        Sight(
            f"{names.get(one['company_id'], 'A partner')}, to {one['name']} alone",
            "",
            one["company_id"],
            Level.READ.word,
            (pass_reason(one),),
            reverse("access-passes"),
        )
        for one in rows
        if one["term"] in ("", term)
    ]


def told_by_partners(integration: Integration, wires: Sequence[Connection], term: str, *, by: Subject) -> list[Sight]:
    """What partners let the acting company see of a term: only what their live rules disclose, never a cell.

    And what they lent to single people of it for a time.
    """
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
    told = [
        Sight(
            names.get(company, "A partner"),
            "",
            company,
            Level.READ.word if said else Level.NONE.word,
            tuple(said) or (Reason("Not agreed to be shared"),),
        )
        for company, said in found.items()
    ]
    return [*told, *borrowed(rows_of(integration, "borrowed_"), names, term)]


def seen_by(person: Person, *, by: Subject) -> list[Held]:
    """What a person of the acting company can see and do in every integration, where it is not the role's default.

    Two queries. For somebody of a partner: what their company may read of ours. Nothing for who is suspended or left.
    """
    own = person.company_id == by.company
    holder = Q(role__in=[person.role, job_of(person.job) or person.role]) if own else Q(grantee=person.company_id)
    cells = nested(Grant.objects.filter(holder, matrix=OuterRef("pk")), *CELL)
    rows = AccessMatrix.objects.filter(company_id=by.company, state=AccessMatrix.State.LIVE).annotate(cells_=cells)
    if not own:
        rows = rows.filter(integration__companies__contains=[person.company_id])
    told = own_people(by, person=person) if own else [person]
    if not told:
        return []
    someone = told[0]
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


def held_passes(person: Person, *, by: Subject) -> list[AccessPass]:
    """The passes that are open to a person at this moment, as far as the subject may see them. One query."""
    rows = open_passes().filter(person=person).filter(Q(company=by.company) | Q(asker=by.company))
    return list(visible_to(rows, by).select_related("integration").order_by("ends", "pk")[:MOST])
