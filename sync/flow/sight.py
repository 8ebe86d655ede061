"""What a reader's own role withholds: values are replaced right after they are read, before anything is made of them.

The second half of the access matrix (the first is the engine's): of a term that no cell or pass lets the reader see,
pages and the API show WITHHELD in place of the value. Rows in memory are changed, never stored ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db.models import OuterRef

from governance.accessmatrix.compiled import WITHHELD, Level
from governance.accessmatrix.sight import hides, keeps_any, named_terms, narrowed, require_level, through
from governance.register.models import Side
from governance.rulebook.models import RuleVersion
from governance.rulebook.rules import RuleSet, parsed
from portal.access.guard import may, visible_to
from portal.access.subject import Opening, Subject
from portal.core.errors import Denied
from portal.core.nested import nested
from sync.flow.models.facts import Change, Envelope
from sync.flow.models.streams import Probe
from sync.flow.models.writes import Conflict, Intent
from sync.flow.selectors.story import CaseFacts, Note
from sync.triage.models import Parked

#: (system, field) of one's own → the (integration, term) pairs that any of one's own rules makes of it
Fields = Mapping[tuple[int, str], frozenset[tuple[int, str]]]
PARTS = ("comment", "attachment")


@dataclass(slots=True)
class Glass:
    """What stands between a reader and values. `places`: connection → integration, system → integrations."""

    by: Subject
    connections: dict[int, int] = field(default_factory=dict)
    systems: dict[int, set[int]] = field(default_factory=dict)
    fields: dict[tuple[int, str], set[tuple[int, str]]] = field(default_factory=dict)
    #: passes without which something would have been withheld
    used: dict[int, Opening] = field(default_factory=dict)
    #: (integration, term) of what was withheld
    hidden: set[tuple[int, str]] = field(default_factory=set)

    def hides(self, companies: Iterable[int], integration: int, term: str) -> bool:
        """Whether a value is withheld; a pass that opens it is remembered as used."""
        held = list(companies)
        if hides(self.by, held, integration, term):
            self.hidden.add((integration, term))
            return True
        opening = through(self.by, held, integration, term)
        if opening is not None:
            self.used[opening.id] = opening
        return False

    def hides_field(self, company: int, system: int, name: str) -> bool:
        """Whether a tracker's field is withheld: any term that own rules make of it, or of its name, is."""
        places = self.systems.get(system, set())
        terms = self.fields.get((system, name), set()) | {(place, name) for place in places}
        if name == "created":
            terms = {(place, term) for held, place, term in self.by.cells if held == company and place in places}
        return any(self.hides([company], place, term) for place, term in terms)

    def change(self, row: Change) -> None:
        """An observed change, with `content` read."""
        content = getattr(row, "content", None)
        if content is not None and self.hides_field(row.company_id, row.system_id, row.field):
            content.old = None if content.old is None else WITHHELD
            content.new = None if content.new is None else WITHHELD
            # what parked it may quote the value
            row.cause = f"{WITHHELD.capitalize()}." if row.disposition == "parked" else row.cause

    def envelope(self, row: Envelope) -> None:
        """An envelope, with `content` read."""
        content, place = getattr(row, "content", None), self.connections.get(row.connection_id, 0)
        if content is None or not isinstance(content.body, dict):
            return
        body = dict(content.body)
        found = body.get("terms")
        terms = found if isinstance(found, dict) else {}
        hidden = {name for name in {*terms, *PARTS} if self.hides(row.companies, place, name)}
        if not hidden:
            return
        body["terms"] = {name: WITHHELD if name in hidden else value for name, value in terms.items()}
        ways = body.get("ways")
        if isinstance(ways, dict):
            body["ways"] = {name: way for name, way in ways.items() if name not in hidden}
        parts = body.get("parts")
        if isinstance(parts, list):
            body["parts"] = [part_without(one, hidden) for one in parts if isinstance(one, dict)]
        content.body = body
        # a digest of the whole body would confirm a guessed value
        row.sha256 = ""

    def intent(self, row: Intent) -> None:
        """A write, with `journal` read."""
        journal = getattr(row, "journal", None)
        if journal is None:
            return
        kind = "comment" if row.op in ("comment", "edit") else "attachment" if row.op == "attach" else ""
        for name in ("before", "after"):
            found = getattr(journal, name)
            if kind and self.hides([journal.company_id], self.connections.get(row.connection_id, 0), kind):
                setattr(journal, name, {})
            elif isinstance(found, dict):
                kept = {
                    key: WITHHELD if self.hides_field(journal.company_id, row.system_id, key) else value
                    for key, value in found.items()
                }
                setattr(journal, name, kept)

    def conflict(self, row: Conflict) -> None:
        """A value that lost."""
        if self.hides([row.company_id], self.connections.get(row.connection_id, 0), row.term):
            row.lost = WITHHELD

    def parked(self, row: Parked) -> None:
        """Parked work, whose sentence may tell a value."""
        if self.hides_subject(row.company_id, self.connections.get(row.connection_id or 0), row.subject):
            row.sentence = WITHHELD.capitalize() + "."

    def note(self, note: Note) -> Note:
        """What stands beside the flow: a lost value, or the sentence of parked work, which may tell a value."""
        place = self.connections.get(note.connection or 0)
        if note.kind == "lost" and place is not None and self.hides([note.company], place, note.name):
            return replace(note, key=WITHHELD)
        if note.kind == "parked" and self.hides_subject(note.company, place, note.name):
            return replace(note, sentence=WITHHELD.capitalize() + ".")
        return note

    def hides_subject(self, company: int, integration: int | None, subject: str) -> bool:
        """Whether parked work speaks of a withheld term; of several terms it does when any is withheld."""
        if integration is None:
            return keeps_any(self.by, [company])
        return any(
            self.hides([company], integration, term) for term in terms_of(self.by, company, integration, subject)
        )

    def probe(self, row: Probe) -> None:
        """A dry run's answer: terms that would leave, fields that would be written, and sentences about gaps."""
        if row.kind == Probe.Kind.DRY_RUN and row.connection_id is not None and isinstance(row.answer, dict):
            row.answer = self.dry_run(row)

    def dry_run(self, row: Probe) -> dict[str, object]:
        """The answer of a dry run without what is withheld, by the term and by the field that it was read from."""
        place = self.connections.get(row.connection_id or 0, 0)
        lines = parsed(row.asked.get("rules") or {}).outgoing
        read = {line.term: line.field for line in lines}

        def hidden(write: Mapping[str, object]) -> bool:
            term, name = str(write.get("term")), str(write.get("field"))
            fields = {read.get(term, "") if name == term else name} - {""}
            return self.hides([row.company_id], place, term) or any(
                self.hides_field(row.company_id, row.system_id, one) for one in fields
            )

        answer = dict(row.answer)
        writes = answer.get("writes")
        if isinstance(writes, list):
            told = {"before": WITHHELD, "after": WITHHELD}
            answer["writes"] = [{**one, **told} if hidden(one) else one for one in writes]
        if answer.get("gaps") and keeps_any(self.by, [row.company_id], place):
            answer["gaps"] = [WITHHELD.capitalize() + "."]
        return answer


def terms_of(by: Subject, company: int, integration: int, subject: str) -> set[str]:
    """The terms that parked work speaks of, by its subject; where it may be any, every one that a cell names."""
    kind, _, name = subject.split("@", 1)[0].partition(":")
    if kind in ("out", "in", "path", "term"):
        return {name}
    return set(PARTS) if kind in ("part", "edit") else named_terms(by, company, integration)


def refusal(by: Subject, row: Parked) -> str:
    """Why `by` may not retry or skip parked work, or nothing; `row.connection` is read already.

    1. the guard's "operate"; 2. write on every term that it speaks of, and where it has no connection, on every term
    that a cell of the company names.
    """
    answer = may(by, "operate", row)
    if not answer:
        return getattr(answer, "reason", "This is not allowed.")
    company = row.company_id
    places = {place for held, place, _ in by.cells if held == company}
    try:
        for place in places & {row.connection.integration_id} if row.connection else places:
            terms = terms_of(by, company, place, row.subject if row.connection else "")
            require_level(by, Level.WRITE, company=company, integration=place, terms=terms)
    except Denied as denied:
        return denied.sentence
    return ""


def part_without(part: Mapping[str, object], hidden: set[str]) -> Mapping[str, object]:
    """A comment or file of an envelope, without its text, name and place when its kind is hidden."""
    if part.get("kind") not in hidden:
        return part
    kept = {key: part[key] for key in ("id", "kind", "at", "author") if key in part}
    return {**kept, "body": WITHHELD, "name": WITHHELD}


def glass_for(by: Subject) -> Glass | None:
    """The glass for lists of the API; None when nothing is withheld from the reader. One query, or none."""
    if not narrowed(by):
        return None
    places = {place for _, place, _ in by.cells}
    versions = RuleVersion.objects.filter(
        rulebook__connection=OuterRef("connection"), rulebook__side=OuterRef("side")
    )
    rows = visible_to(Side.objects.filter(connection__integration__in=places), by).select_related("connection")
    glass = Glass(by)
    for side in rows.annotate(bodies=nested(visible_to(versions, by), "body")):
        told(glass, side, [one["body"] for one in getattr(side, "bodies", ())])
    return glass


def told(glass: Glass, side: Side, bodies: Iterable[Mapping[str, object]]) -> None:
    """Tell the glass of one side and of what own rules make of its fields."""
    place, system = side.connection.integration_id, side.system_id
    glass.connections[side.connection_id] = place
    glass.systems.setdefault(system, set()).add(place)
    for body in bodies:
        tell_lines(glass, side, parsed(body))


def withhold(facts: CaseFacts, by: Subject) -> Glass:
    """Replace what is withheld from `by` in the facts of a case; the glass tells what that was, and passes used.

    1. nothing is looked at when no cell speaks of the reader; 2. titles and status as last agreed; 3. changes,
    envelopes and writes; 4. what stands beside the flow.
    """
    if not narrowed(by):
        return Glass(by)
    glass = glass_of(facts, by)
    for side in facts.sides:
        agreed(glass, side)
    for change in facts.changes:
        glass.change(change)
    for envelope in facts.envelopes:
        glass.envelope(envelope)
    for intent in facts.intents:
        glass.intent(intent)
    facts.notes = [glass.note(note) for note in facts.notes]
    return glass


def glass_of(facts: CaseFacts, by: Subject) -> Glass:
    """The glass before one case, out of what its page read anyway."""
    glass = Glass(by)
    for side in facts.sides:
        told(glass, side, ())
        for rules in facts.rules.values():
            if side.connection_id == rules.connection and side.company_id in by.companies:
                tell_lines(glass, side, rules.rules)
    return glass


def tell_lines(glass: Glass, side: Side, rules: RuleSet) -> None:
    """Tell the glass which terms the rules make of the fields of one's own side."""
    for line in (*rules.outgoing, *rules.incoming):
        pair = side.connection.integration_id, line.term
        glass.fields.setdefault((side.system_id, line.field), set()).add(pair)


def agreed(glass: Glass, side: Side) -> None:
    """Title and status of an end as last agreed, which `sides_of` annotated."""
    for name, term in (("title", "title"), ("status_a", "status"), ("status_b", "status")):
        hidden = glass.hides(side.connection.companies, side.connection.integration_id, term)
        if hidden and getattr(side, name, None):
            setattr(side, name, WITHHELD)
