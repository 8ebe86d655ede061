"""What a rehearsal found: counts by term, of which a partner reads some, and details for the own company alone; pure.

counts = {"items", "shared", "envelopes", "in", "out": n, "sends" and "takes": {term: {kind: n}}};
details = {"samples": {way: {term: [[item, old, new], …]}}, "gaps": {way: {term: {value: n}}},
"scope": {"in" and "out": [item, …]}}. Kinds are those of sync.engine.rehearsal.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.accessmatrix.compiled import WITHHELD
from governance.accessmatrix.sight import hides
from governance.rulebook.terms import PARTS, canonical
from portal.access.subject import Subject

Json = Mapping[str, Any]
#: what a partner may read of a term's counts: nothing about what never leaves
SHARED = ("changes", "fails", "still", "mended", "new", "gone", "cut", "refused")
#: samples of a term, values without translation of a term, characters of a value
SAMPLES, GAPS, LONGEST = 5, 50, 200
WORDS = {
    "changes": "another value",
    "fails": "would now fail",
    "still": "fail as before",
    "mended": "fail no more",
    "new": "for the first time",
    "gone": "no longer",
    "cut": "shortened",
    "refused": "not taken",
    "withheld": "held back",
    "empty": "empty, and mandatory",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to one term in one direction. `way` is sends or takes, `counts` are (kind, word, n)."""

    way: str
    term: str
    label: str
    counts: tuple[tuple[str, str, int], ...]
    samples: tuple[tuple[str, str, str], ...] = ()
    gaps: tuple[tuple[str, int], ...] = ()

    @property
    def fails(self) -> bool:
        """Whether something that went through would not go through any more."""
        return any(kind == "fails" for kind, _, _ in self.counts)


def nothing() -> tuple[dict[str, Any], dict[str, Any]]:
    """Counts and details before the first item."""
    counts: dict[str, Any] = dict.fromkeys(("items", "shared", "envelopes", "in", "out"), 0)
    counts.update(sends={}, takes={})
    details = {
        "samples": {"sends": {}, "takes": {}},
        "gaps": {"sends": {}, "takes": {}},
        "scope": {"in": [], "out": []},
    }
    return counts, details


def for_partner(counts: Json) -> dict[str, Any]:
    """The counts as the partner reads and signs them: shared items and terms that flow, no value, no field.

    What stays inside is not even counted: neither all own items nor terms that are held back.
    """
    told: dict[str, Any] = {name: counts[name] for name in ("shared", "envelopes", "in", "out")}
    for way in ("sends", "takes"):
        terms = {
            term: {kind: n for kind, n in found.items() if kind in SHARED} for term, found in counts[way].items()
        }
        told[way] = {term: found for term, found in terms.items() if found}
    return told


def for_reader(details: Json, by: Subject, company: int, integration: int) -> dict[str, Any]:
    """The details without values of terms that the reader's role withholds; items and counts stay."""

    def hidden(term: str) -> bool:
        return hides(by, [company], integration, term)

    kept = dict(details)
    kept["samples"] = {
        way: {
            term: [[one[0], WITHHELD, WITHHELD] for one in rows] if hidden(term) else rows
            for term, rows in found.items()
        }
        for way, found in details.get("samples", {}).items()
    }
    kept["gaps"] = {
        way: {term: {WITHHELD: sum(rows.values())} if rows and hidden(term) else rows for term, rows in found.items()}
        for way, found in details.get("gaps", {}).items()
    }
    return kept


def effects(counts: Json, labels: Mapping[str, str], details: Json | None = None) -> tuple[Effect, ...]:
    """Every term that something happens to, failing ones first."""
    found = []
    for way in ("sends", "takes"):
        for term, told in sorted(counts.get(way, {}).items()):
            samples = (details or {}).get("samples", {}).get(way, {}).get(term, [])
            gaps = (details or {}).get("gaps", {}).get(way, {}).get(term, {})
            found.append(
                Effect(
                    way,
                    term,
                    labels.get(term) or PARTS.get(term, term),
                    tuple((kind, word, told[kind]) for kind, word in WORDS.items() if told.get(kind)),
                    tuple((str(item), text(old), text(new)) for item, old, new in samples),
                    tuple(sorted(gaps.items(), key=lambda pair: (-pair[1], pair[0]))),
                )
            )
    return tuple(sorted(found, key=lambda one: not one.fails))


def headline(counts: Json) -> str:
    """What a rehearsal found, in one sentence."""
    shared, envelopes = counts.get("shared", 0), counts.get("envelopes", 0)
    if not shared and not envelopes and not counts.get("in"):
        return "Nothing was stored to replay in these days."
    rows = [told for way in ("sends", "takes") for told in counts.get(way, {}).values() if told]
    failing = sum("fails" in told for told in rows)
    fresh = sum("new" in told for told in counts.get("sends", {}).values())
    said = [f"{many(len(rows), 'term')} would behave otherwise" if rows else "nothing would change"]
    said += [f"{fresh} newly disclosed"] if fresh else []
    said += [f"{failing} would now fail" if failing else "nothing would newly fail"] if rows else []
    said += [f"{many(counts['in'], 'item')} would come into scope"] if counts.get("in") else []
    said += [f"{many(counts['out'], 'item')} would fall out of scope"] if counts.get("out") else []
    return f"Over {many(shared, 'shared item')} and {many(envelopes, 'envelope')}: {', '.join(said)}."


def many(n: int, word: str) -> str:
    """A number with its noun."""
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def evidence_digest(about: Json, counts: Json, details: Json, nonce: str) -> str:
    """SHA-256 of all that a rehearsal found, with a nonce of the own company, so that nobody guesses values."""
    whole = {"about": about, "counts": counts, "details": details, "nonce": nonce}
    return hashlib.sha256(canonical(whole).encode()).hexdigest()


def text(value: object) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)
