"""The digest of a version: exactly what a party signs."""

import hashlib
import json
from collections.abc import Iterable

from governance.dictionary.models import Term


def fingerprint(no: int, terms: Iterable[Term]) -> str:
    """SHA-256 of a version's number and of every term with all that is said of it, in their order."""
    content = {"no": no, "terms": [signed_of(term) for term in terms]}
    return hashlib.sha256(json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def signed_of(term: Term) -> list[object]:
    """One term as it is signed; who may read it, its row and its uid are not part of it."""
    return [
        term.name,
        term.label,
        term.type,
        term.semantics,
        term.samples,
        term.allowed,
        term.allowed_labels,
        term.max_length,
        term.classification,
        term.path,
        term.unique,
        term.mandatory,
        term.source_of_truth_id,
        term.system_of_record_id,
        term.system_name,
    ]
