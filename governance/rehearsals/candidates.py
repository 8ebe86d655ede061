"""What of a matrix or a dictionary is replayed: frozen when the rehearsal is asked for, with a digest of just that.

Of a matrix {"cells": [[company id of a partner, term, level], …]}; of a dictionary {"terms": [{"name", …}, …]}.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from governance.accessmatrix.compiled import Cell, compiled
from governance.accessmatrix.models import Grant
from governance.dictionary.models import Dictionary, Term
from governance.rulebook.terms import canonical

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """One term as far as it decides what travels. `owner` is the company whose value wins; `rich` = Markdown."""

    name: str
    path: bool
    rich: bool
    owner: int | None
    max_length: int | None
    allowed: tuple[str, ...]
    mandatory: bool
    unique: bool


def cells_body(cells: Iterable[Grant]) -> dict[str, Any]:
    """The cells of a matrix that are for partners; those for one's own people send nothing."""
    rows = ([one.grantee_id, one.term, one.lowered or one.level] for one in cells if one.grantee_id)
    return {"cells": sorted(rows)}


def grants_in(body: Json, company: int) -> Mapping[tuple[int, int, str], str]:
    """A candidate matrix of `company` as the engine obeys it: (company, partner, term) → level."""
    return compiled(Cell(company, partner, term, level) for partner, term, level in body["cells"]).sent()


def terms_body(terms: Iterable[Term]) -> dict[str, Any]:
    """The terms of a dictionary."""
    return {"terms": [asdict(word_of(term)) for term in terms]}


def words_in(body: Json) -> dict[str, Word]:
    """A candidate dictionary, by name."""
    return {row["name"]: Word(**{**row, "allowed": tuple(row["allowed"])}) for row in body["terms"]}


def words_of(integration: int) -> dict[str, Word]:
    """The dictionary in force, by name. One query, for workers."""
    rows = Term.objects.filter(
        dictionary__integration=integration, dictionary__state=Dictionary.State.AGREED
    ).order_by("position", "id")
    return {row.name: word_of(row) for row in rows}


def word_of(term: Term) -> Word:
    """A stored term."""
    return Word(
        name=term.name,
        path=term.path,
        rich=term.type == Term.Type.RICH,
        owner=term.source_of_truth_id,
        max_length=term.max_length,
        allowed=tuple(term.allowed),
        mandatory=term.mandatory,
        unique=term.unique,
    )


def digest_of(body: Json) -> str:
    """SHA-256 of a candidate."""
    return hashlib.sha256(canonical(dict(body)).encode()).hexdigest()
