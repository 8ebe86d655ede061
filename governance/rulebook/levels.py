"""Which lines of rules a person may change, by the levels of their role on the terms."""

from governance.accessmatrix.compiled import Level
from governance.accessmatrix.sight import GRANTERS, hides, keeps_any, require_level
from governance.rulebook.expressions import fields_named
from governance.rulebook.models import Rulebook
from governance.rulebook.rules import RuleSet
from portal.access.subject import Subject
from portal.core.errors import Denied

PARTS = (("comments", "comment"), ("attachments", "attachment"))


def check_lines(by: Subject, rulebook: Rulebook, before: RuleSet | None, after: RuleSet | None) -> None:
    """Raises Denied (code "level") where `by` may not turn `before` into `after`; either may be no rules at all.

    1. every term whose lines differ needs write; 2. no line that differs, and no condition that was added, may read a
    field that carries a term which is withheld from `by`: it would come out under another name; nor may a new filter
    ask the tracker.
    """
    if not by.cells:
        return
    old, new = before or RuleSet(), after or RuleSet()
    company, place = rulebook.company_id, rulebook.connection.integration_id
    require_level(by, Level.WRITE, company=company, integration=place, terms=changed_terms(old, new))
    carries: dict[str, set[str]] = {}
    for line in (*old.outgoing, *old.incoming):
        carries.setdefault(line.field, {line.field}).add(line.term)
    closed = [
        name
        for name in sorted(read_fields(new) - read_fields(old) | changed_fields(old, new))
        if any(hides(by, [company], place, term) for term in carries.get(name, {name}))
    ]
    if new.filter not in ("", old.filter) and keeps_any(by, [company], place):
        raise Denied(f"A filter may ask about terms that are withheld from your role. {GRANTERS}", code="level")
    if closed:
        raise Denied(
            f"The field {closed[0]} carries a term that is withheld from your role, so no rule of yours can read it. "
            + GRANTERS,
            code="level",
        )


def changed_terms(old: RuleSet, new: RuleSet) -> set[str]:
    """The terms, and kinds of part, whose rules differ."""
    terms = {line.term for line in {*old.outgoing} ^ {*new.outgoing}}
    terms |= {line.term for line in {*old.incoming} ^ {*new.incoming}}
    for words, part in PARTS:
        names = (f"{words}_out", f"{words}_in")
        if any(getattr(old.parts, name) != getattr(new.parts, name) for name in names):
            terms.add(part)
    return terms


def changed_fields(old: RuleSet, new: RuleSet) -> set[str]:
    """The fields of new lines that differ from the old ones."""
    return {line.field for line in ({*new.outgoing} - {*old.outgoing}) | ({*new.incoming} - {*old.incoming})}


def read_fields(rules: RuleSet) -> set[str]:
    """The fields that conditions ask about."""
    only = {line.only.field for line in (*rules.outgoing, *rules.incoming) if line.only is not None}
    return {one.field for one in rules.scope} | only | set(fields_named(rules.where) if rules.where else ())
