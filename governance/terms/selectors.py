"""Reads of one term: its newest agreed wording, and the way it takes through every system of an integration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Value, When

from governance.accessmatrix.selectors import granted_rows
from governance.dictionary.models import Dictionary, Term
from governance.quality.models import Survey
from governance.quality.selectors import TERM, lines_of
from governance.quality.selectors import Line as Figures
from governance.register.models import Connection, Integration, Side
from governance.register.ports import field_names
from governance.rulebook.models import Disclosure, RuleVersion
from governance.rulebook.rules import Line, parsed
from governance.rulebook.terms import sends, takes
from governance.terms.ports import Sent, disclosing
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import Row, nested, revived

#: parts of an item, which flow without being terms of a dictionary
PARTS = {"comment": "Comments", "attachment": "Attachments"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What one side's live rules do with a term in one direction; `no` 0 = no rules are live.

    `line` is one's own; of a partner only that the term flows is known. `part`: a comment or file, without a field.
    """

    no: int
    flows: bool
    own: bool
    line: Line | None = None
    part: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """One end of a way: the system as its side names it; `field` is one's own system's word for it, "" = not told."""

    system: str
    company: int
    side: str
    own: bool
    field: str


@dataclass(frozen=True, slots=True)
class Way:
    """One direction over one connection: field → outgoing rule → term → incoming rule → field."""

    connection: Connection
    left: Post
    out: Rule
    into: Rule
    right: Post
    sent: Sent | None

    @property
    def flows(self) -> bool:
        """Whether the live rules of both ends let it pass."""
        return self.out.flows and self.into.flows


@dataclass(frozen=True, slots=True)
class Read:
    """One term with all that its page tells. `term` is None for a part."""

    name: str
    label: str
    term: Term | None
    version: int
    agreed: bool
    ways: tuple[Way, ...]
    figures: tuple[tuple[Survey, str, Figures], ...]
    #: (partner, level) of one's own matrix
    granted: tuple[tuple[int, str], ...]


def integrations_with(name: str, by: Subject) -> QuerySet[Integration]:
    """Integrations with their wording of a term in `wording` (agreed before open ones) and own grants of it."""
    rows = Term.objects.filter(dictionary__integration=OuterRef("pk"), name=name)
    first = Case(When(dictionary__state=Dictionary.State.AGREED, then=Value(0)), default=Value(1))
    ordered = visible_to(rows, by).order_by(first, "-dictionary__no")[:1]
    columns = [column.attname for column in Term._meta.concrete_fields]
    return Integration.objects.annotate(
        wording=nested(ordered, *columns, no="dictionary__no", state="dictionary__state"),
        granted_=granted_rows(OuterRef("pk"), by=by),
    )


def read_term(integration: Integration, name: str, *, by: Subject) -> Read | None:
    """Everything of one term; None when no version of the dictionary knows it. `integration` by `integrations_with`.

    1. the wording; 2. connections with sides, disclosed terms, one's own live rules and surveys; 3. what was sent;
    4. the names of one's own fields. Three queries.
    """
    found: Sequence[Row] = getattr(integration, "wording", ())
    if not found and name not in PARTS:
        return None
    term = revived(Term, {key: found[0][key] for key in found[0] if key not in ("no", "state")}) if found else None
    wires = list(wires_of(integration, by))
    sent = disclosing().sent(integration.pk, name, by=by)
    own = {one["system_id"] for wire in wires for one in wire.ends if one["company_id"] in by.companies}
    fields = field_names(own, by=by) if own else {}
    return Read(
        name=name,
        label=term.label if term else PARTS[name],
        term=term,
        version=found[0]["no"] if found else 0,
        agreed=bool(found) and found[0]["state"] == Dictionary.State.AGREED,
        ways=tuple(way for wire in wires for way in ways_of(wire, name, sent, fields, by)),
        figures=tuple(figures_of(integration, term, wires, by)) if term else (),
        granted=tuple(granted_in(integration, name, by)),
    )


def wires_of(integration: Integration, by: Subject) -> QuerySet[Any]:
    """The connections that the subject may see, with what their ways are made of. One query."""
    sides = visible_to(Side.objects.filter(connection=OuterRef("pk")), by).order_by("side")
    told = visible_to(Disclosure.objects.filter(connection=OuterRef("pk")), by).order_by("side")
    live = RuleVersion.objects.filter(rulebook__connection=OuterRef("pk"), state=RuleVersion.State.LIVE)
    surveys = visible_to(Survey.objects.filter(connection=OuterRef("pk")), by).order_by("side")
    rows = visible_to(Connection.objects.filter(integration=integration), by).order_by("name", "pk")
    return rows.annotate(
        ends=nested(sides, "side", "company_id", "system_id", "system_name"),
        told=nested(told, "side", "no", "sends", "takes"),
        live=nested(visible_to(live, by), "no", "body", side="rulebook__side"),
        surveys_=nested(surveys, "id", "uid", "side", "company_id", "figures", "at"),
    )


def ways_of(
    wire: Any, name: str, sent: Mapping[tuple[int, str], Sent], fields: Mapping[int, Mapping[str, str]], by: Subject
) -> list[Way]:
    """Both directions of a connection, without those in which nothing is known of the term on either end."""
    ends = {one["side"]: one for one in wire.ends}
    if set(ends) != {"a", "b"}:
        return []
    found = []
    for giver, taker in (("a", "b"), ("b", "a")):
        out, into = rule_of(wire, giver, name, "sends", by), rule_of(wire, taker, name, "takes", by)
        was = sent.get((wire.pk, giver))
        if out.flows or into.flows or was:
            posts = (post_of(ends[giver], out, fields, by), post_of(ends[taker], into, fields, by))
            found.append(Way(wire, posts[0], out, into, posts[1], was))
    return found


def rule_of(wire: Any, side: str, name: str, way: str, by: Subject) -> Rule:
    """What the live rules of a side do: one's own by their line, a partner's by the terms that it disclosed."""
    live = next((one for one in wire.live if one["side"] == side), None)
    if live is not None:
        rules = parsed(live["body"])
        line = rules.out(name) if way == "sends" else rules.into(name)
        flows = name in (sends(rules) if way == "sends" else takes(rules))
        return Rule(live["no"], flows, True, line, name in PARTS)
    own = any(one["side"] == side and one["company_id"] in by.companies for one in wire.ends)
    told = next((one for one in wire.told if one["side"] == side), None)
    if told is None:
        return Rule(0, False, own)
    return Rule(told["no"], name in told[way], own, part=name in PARTS)


def post_of(end: Row, rule: Rule, fields: Mapping[int, Mapping[str, str]], by: Subject) -> Post:
    """A system with the field that one's own rule binds; a partner's field is its own matter."""
    key = rule.line.field if rule.line else ""
    label = fields.get(end["system_id"], {}).get(key, key)
    return Post(end["system_name"], end["company_id"], end["side"], end["company_id"] in by.companies, label)


def figures_of(
    integration: Integration, term: Term, wires: Sequence[Any], by: Subject
) -> list[tuple[Survey, str, Figures]]:
    """The term's line in every survey of the acting company's: (survey, connection, line). No query."""
    row = {key: getattr(term, key) for key in TERM}
    found = []
    for wire in wires:
        for one in wire.surveys_:
            survey = revived(Survey, one)
            if survey.company_id == by.company:
                found += [(survey, wire.name, line) for line in lines_of(survey, [row], integration, by=by)]
    return found


def granted_in(integration: Integration, name: str, by: Subject) -> list[tuple[int, str]]:
    """What one's own matrix in force lets each partner do with the term. No query."""
    rows: Sequence[Row] = getattr(integration, "granted_", ())
    return [(one["grantee"], one["level"]) for one in rows if one["term"] == name and one["company"] == by.company]
