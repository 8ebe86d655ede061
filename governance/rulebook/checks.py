"""Whether rules may go live: every line against the agreed terms and one's own grants; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from governance.rulebook.rules import Line, RuleSet
from governance.rulebook.totality import Described, Word, duties, in_holes, out_holes, quoted, unknown_fields

__all__ = ["Described", "Finding", "Ground", "Word", "findings"]


@dataclass(frozen=True, slots=True)
class Ground:
    """What rules stand on: agreed terms by name, the terms one lets the partner read and write, one's own system."""

    words: Mapping[str, Word]
    readable: frozenset[str]
    writable: frozenset[str]
    partner: str
    system: Described = field(default_factory=Described)


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why rules cannot go live, at one line of one direction."""

    direction: str
    term: str
    field: str
    sentence: str

    @property
    def key(self) -> str:
        """The line's name in forms and problem documents."""
        return f"{self.direction}_{self.term}"


def findings(rules: RuleSet, ground: Ground) -> tuple[Finding, ...]:
    """Everything that keeps these rules from going live, in the order of their lines.

    1. the term is agreed; 2. an outgoing term is granted to the partner, an incoming one may be written by it;
    3. mapped values are allowed ones; 4. a path term has a total value map; 5. every value, text and duty of the
    own system has its place (governance.rulebook.totality).
    """
    lines = [("outgoing", line, wrong_out) for line in rules.outgoing]
    lines += [("incoming", line, wrong_in) for line in rules.incoming]
    found = [
        Finding(direction, line.term, line.field, sentence)
        for direction, line, wrong in lines
        for sentence in wrong(line, ground)
    ]
    found += [Finding("new", name, name, sentence) for name, sentence in duties(rules, ground.system)]
    found += [Finding("rules", place, "", sentence) for place, sentence in unknown_fields(rules, ground.system)]
    if rules.filter and rules.filter == ground.system.tried and ground.system.wrong:
        found.append(Finding("rules", "filter", "", ground.system.wrong))
    return tuple(found)


def wrong_out(line: Line, ground: Ground) -> Iterable[str]:
    """What is wrong with one outgoing line."""
    word = ground.words.get(line.term)
    if word is None:
        yield f"{line.field} → {line.term}: the agreed dictionary has no term {line.term}."
        return
    if line.term not in ground.readable:
        yield (
            f"{line.field} → {word.label}: your access matrix does not let {ground.partner} read {word.label}. "
            "Grant it, or remove the line."
        )
    strange = [to for _, to in line.values if to and word.allowed and to not in word.allowed]
    if line.default and word.allowed and line.default not in word.allowed:
        strange.append(line.default)
    if strange:
        yield (
            f"{line.field} → {word.label}: {quoted(strange)} is no allowed value. Choose from {quoted(word.allowed)}."
        )
    if word.path and not line.values and line.unmapped != "default":
        yield f"{line.field} → {word.label}: it is delivered value by value and needs a value map."
    yield from out_holes(line, word, ground.system)


def wrong_in(line: Line, ground: Ground) -> Iterable[str]:
    """What is wrong with one incoming line."""
    word = ground.words.get(line.term)
    if word is None:
        yield f"{line.term} → {line.field}: the agreed dictionary has no term {line.term}."
        return
    if line.term not in ground.writable:
        yield (
            f"{word.label} → {line.field}: your access matrix does not let {ground.partner} write {word.label}. "
            "Grant it, or remove the line."
        )
    known = {value for value, _ in line.values}
    strange = sorted(known - set(word.allowed)) if word.allowed else []
    if strange:
        yield f"{word.label} → {line.field}: {quoted(strange)} is no allowed value of {word.label}."
    missing = [value for value in word.allowed if value not in known]
    if word.path and missing and line.unmapped != "default":
        yield (
            f"{word.label} → {line.field}: the value map has a hole. It says nothing of {quoted(missing)}. "
            "A term that is delivered value by value needs an entry for each."
        )
        word = replace(word, allowed=())
    yield from in_holes(line, word, ground.system)
