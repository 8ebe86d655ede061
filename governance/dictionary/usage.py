"""What a version of a dictionary does to rules: which live and open ones name a term that it takes something from.

Of one's own rules everything is read; of a partner's only the terms that it discloses, or proposes to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef

from governance.dictionary.inforce import losses
from governance.dictionary.models import Dictionary, Term
from governance.dictionary.selectors import State, terms_by_version
from governance.register.models import Connection
from governance.rulebook.models import Disclosure, Proposal, RuleVersion
from governance.rulebook.rules import parsed
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import nested

OPEN = ("draft", "proposed", "agreed")


@dataclass(frozen=True, slots=True)
class Effect:
    """One term of one side's rules from which a version takes something away.

    `held` = the rules are live: they keep the term as it was until their company puts new rules live. Others do not
    pass the checks any more, and cannot go live as they are.
    """

    connection: Connection
    side: str
    company: int
    no: int
    state: str
    term: str
    label: str
    losses: tuple[str, ...]

    @property
    def held(self) -> bool:
        """Whether the engine keeps the old words."""
        return self.state == "live"


@dataclass(frozen=True, slots=True)
class Use:
    """The terms that one side's rules name, live or open."""

    connection: Connection
    side: str
    company: int
    no: int
    state: str
    terms: frozenset[str]


def effects_of(dictionary: Dictionary, *, by: Subject) -> list[Effect]:
    """The same for one version, read with what it is compared to. Three queries."""
    rows = Dictionary.objects.filter(integration=dictionary.integration_id, no__lt=dictionary.no)
    before = visible_to(rows, by).exclude(state__in=[State.DRAFT, State.PROPOSED]).order_by("-no").first()
    if before is None:
        return []
    terms = terms_by_version([before, dictionary], by=by)
    return effects(terms[before.no], terms[dictionary.no], uses_in(dictionary.integration_id, by=by))


def effects(old: Sequence[Term], new: Sequence[Term], uses: Iterable[Use]) -> list[Effect]:
    """What the new terms take away from rules, in the order of connections, sides and terms."""
    now = {term.name: term for term in new}
    lost = {term.name: (term.label, found) for term in old if (found := losses(term, now.get(term.name)))}
    return [
        Effect(use.connection, use.side, use.company, use.no, use.state, name, *lost[name])
        for use in uses
        for name in sorted(use.terms & lost.keys())
    ]


def uses_in(integration: int, *, by: Subject) -> list[Use]:
    """What all rules of an integration's connections name, as far as the subject may read it. One query."""
    disclosed = visible_to(Disclosure.objects.filter(connection=OuterRef("pk")), by)
    proposals = Proposal.objects.filter(connection=OuterRef("pk"), state__in=["proposed", "agreed"])
    drafts = RuleVersion.objects.filter(rulebook__connection=OuterRef("pk"), state__in=OPEN)
    rows = visible_to(Connection.objects.filter(integration=integration), by).annotate(
        live=nested(disclosed.order_by("side"), "side", "company_id", "no", "sends", "takes"),
        offered=nested(visible_to(proposals, by), "side", "company_id", "no", "state", "terms"),
        drafts=nested(visible_to(drafts, by), "company_id", "no", "state", "body", side="rulebook__side"),
    )
    return [use for row in rows.order_by("name", "pk") for use in uses_of(row)]


def uses_of(row: Connection) -> Iterable[Use]:
    """Live rules, then open ones; one's own by their body, the partner's by what it proposes."""
    told: Mapping[str, list[dict[str, object]]] = vars(row)
    own = {(one["side"], one["no"]) for one in told["drafts"]}
    for one in told["live"]:
        yield use_of(row, one, "live", [*texts(one["sends"]), *texts(one["takes"])])
    for one in told["offered"]:
        if (one["side"], one["no"]) not in own:
            after = one["terms"]["after"]  # type: ignore[index]
            yield use_of(row, one, str(one["state"]), [*after["sends"], *after["takes"]])
    for one in told["drafts"]:
        rules = parsed(one["body"])  # type: ignore[arg-type]
        yield use_of(row, one, str(one["state"]), [line.term for line in (*rules.outgoing, *rules.incoming)])


def use_of(row: Connection, one: Mapping[str, object], state: str, terms: Iterable[str]) -> Use:
    """One side's rules."""
    return Use(row, str(one["side"]), int(str(one["company_id"])), int(str(one["no"])), state, frozenset(terms))


def texts(found: object) -> list[str]:
    """A list out of JSON."""
    return [str(one) for one in found] if isinstance(found, list) else []
