"""What a partner may know of rules: the terms that leave and that are taken in, and how that changes; pure.

No field of a system, no value map, no condition and no expression is ever in here.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from governance.rulebook.rules import RuleSet
from governance.rulebook.totality import Word

#: parts of an item that travel beside its terms
PARTS = {"comment": "Comments", "attachment": "Attachments"}
SWITCHES = {
    "offers": "Offers its items",
    "filters": "Offers only what a filter in its tracker finds",
    "accepts": "Creates items for what is offered",
}
Way = Literal["sends", "takes", "switch"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One term or switch of one direction, before and after. `classification` and `sample` are the dictionary's."""

    way: Way
    name: str
    label: str
    classification: str
    sample: str
    before: bool
    after: bool

    @property
    def change(self) -> str:
        """added, removed or kept."""
        if self.before == self.after:
            return "kept"
        return "added" if self.after else "removed"


def terms_of(rules: RuleSet | None, words: Mapping[str, Word]) -> dict[str, object]:
    """What these rules let flow, in terms; None = nothing. The shape that proposals store and sign."""
    if rules is None:
        return {"sends": {}, "takes": {}, "offers": False, "filters": False, "accepts": False}
    return {
        "sends": {name: about(name, words) for name in sends(rules)},
        "takes": {name: about(name, words) for name in takes(rules)},
        "offers": rules.offer,
        "filters": bool(rules.filter),
        "accepts": rules.accept,
    }


def sends(rules: RuleSet) -> list[str]:
    """The terms and parts that leave."""
    parts = [("comment", rules.parts.comments_out), ("attachment", rules.parts.attachments_out)]
    return [*(line.term for line in rules.outgoing), *(name for name, is_on in parts if is_on)]


def takes(rules: RuleSet) -> list[str]:
    """The terms and parts that are taken in."""
    parts = [("comment", rules.parts.comments_in), ("attachment", rules.parts.attachments_in)]
    return [*(line.term for line in rules.incoming), *(name for name, is_on in parts if is_on)]


def about(name: str, words: Mapping[str, Word]) -> dict[str, str]:
    """A term as a person reads it: label, classification and sample."""
    word = words.get(name)
    if word is None:
        return {"label": PARTS.get(name, name), "classification": "", "sample": ""}
    return {"label": word.label, "classification": word.classification, "sample": word.sample}


def entries(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Entry, ...]:
    """Every term and switch of two stored `terms_of`, changed ones first within each direction."""
    found: list[Entry] = []
    for way in cast(tuple[Way, ...], ("sends", "takes")):
        old, new = (cast(Mapping[str, Mapping[str, str]], one.get(way) or {}) for one in (before, after))
        names = [*new, *(name for name in old if name not in new)]
        rows = [entry(way, name, new.get(name) or old[name], name in old, name in new) for name in names]
        found += sorted(rows, key=lambda row: row.change == "kept")
    switches = [
        Entry("switch", name, label, "", "", bool(before.get(name)), bool(after.get(name)))
        for name, label in SWITCHES.items()
    ]
    return (*found, *switches)


def entry(way: Way, name: str, told: Mapping[str, str], before: bool, after: bool) -> Entry:
    """One row."""
    return Entry(way, name, told["label"], told["classification"], told["sample"], before, after)


def headline(rows: Iterable[Entry]) -> str:
    """What changes between the companies, in one sentence."""
    changed = [row for row in rows if row.change != "kept"]
    told = {
        "newly disclosed": [row.label for row in changed if row.way == "sends" and row.after],
        "no longer disclosed": [row.label for row in changed if row.way == "sends" and row.before],
        "newly taken in": [row.label for row in changed if row.way == "takes" and row.after],
        "no longer taken in": [row.label for row in changed if row.way == "takes" and row.before],
        "switched": [row.label for row in changed if row.way == "switch"],
    }
    parts = [f"{word}: {', '.join(labels)}" for word, labels in told.items() if labels]
    if not parts:
        return "The same terms flow as before; only one side's own fields and values are handled differently."
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def terms_digest(uid: str, terms: Mapping[str, object]) -> str:
    """SHA-256 of what the partner signs: the proposal's uid and its terms before and after."""
    return hashlib.sha256(f"{uid}|{canonical(terms)}".encode()).hexdigest()


def body_digest(body: Mapping[str, object]) -> str:
    """SHA-256 of rules as canonical JSON."""
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def body_seal(nonce: str, body: Mapping[str, object], digest: str) -> str:
    """SHA-256 of what the own company signs: its nonce, the whole body and the digest of the terms."""
    return hashlib.sha256(f"{nonce}|{digest}|{canonical(body)}".encode()).hexdigest()


def canonical(value: Mapping[str, object]) -> str:
    """JSON that is equal for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=list)
