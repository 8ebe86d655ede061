"""Reads of rehearsals of matrices and dictionaries: the version they are of, and what a signature names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet

from governance.accessmatrix.models import AccessMatrix, Grant
from governance.agreements.evidence import Proof, What
from governance.dictionary.models import Dictionary, Term
from governance.register.models import Integration
from governance.rehearsals.candidates import cells_body, digest_of, terms_body
from governance.rulebook.models import Rehearsal
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import nested, revived

MATRIX: What = "matrix"
DICTIONARY: What = "dictionary"
OPEN = {MATRIX: ("draft", "proposed", "signed"), DICTIONARY: ("draft", "proposed")}
CELL = ("grantee_id", "role", "term", "level", "lowered")
TERM = ("name", "type", "path", "max_length", "allowed", "mandatory", "unique", "source_of_truth_id")
#: rehearsals that one page lists
NEWEST = 20


@dataclass(frozen=True, slots=True)
class Paper:
    """One version that can be rehearsed: what is replayed of it, and the digest of exactly that."""

    what: What
    no: int
    state: str
    body: dict[str, Any]

    @property
    def sha256(self) -> str:
        """The digest of what is replayed."""
        return digest_of(self.body)

    @property
    def is_open(self) -> bool:
        """Whether it may still come into force."""
        return self.state in OPEN[self.what]


def versions(what: What, integration: int, company: int) -> QuerySet[Any]:
    """All versions of a company's matrix, or of the dictionary, newest first, with what hangs on them."""
    if what == MATRIX:
        cells = Grant.objects.filter(matrix=OuterRef("pk")).order_by("id")
        matrices = AccessMatrix.objects.filter(integration=integration, company_id=company)
        return matrices.annotate(held=nested(cells, *CELL)).order_by("-no")
    terms = Term.objects.filter(dictionary=OuterRef("pk")).order_by("position", "id")
    rows = Dictionary.objects.filter(integration=integration, companies__contains=[company])
    return rows.annotate(held=nested(terms, *TERM)).order_by("-no")


def newest_paper(what: What, integration: Integration, *, by: Subject) -> Paper | None:
    """The newest version of the acting company's matrix, or of the dictionary. One query."""
    row = visible_to(versions(what, integration.pk, by.company), by).first()
    return paper_of(what, row) if row is not None else None


def paper_of(what: What, row: Any) -> Paper:
    """A version read by `versions`."""
    model: Any = Grant if what == MATRIX else Term
    held = [revived(model, one) for one in row.held]
    return Paper(what, row.no, row.state, cells_body(held) if what == MATRIX else terms_body(held))


def rehearsals_of(what: What, integration: Integration, *, by: Subject) -> Sequence[Rehearsal]:
    """The acting company's last rehearsals, newest first. One query."""
    rows = Rehearsal.objects.filter(what=what, integration=integration, company_id=by.company, connection=None)
    return list(visible_to(rows, by).order_by("-until", "-pk")[:NEWEST])


def proof(what: What, integration: int, company: int, no: int) -> Proof | None:
    """The newest finished rehearsal of a version as it stands; None of an earlier state of it. Two queries."""
    row = versions(what, integration, company).filter(no=no).first()
    if row is None:
        return None
    done = Rehearsal.objects.filter(
        what=what, integration=integration, company_id=company, state=Rehearsal.State.DONE, no=no
    )
    found = done.filter(sha256=paper_of(what, row).sha256).exclude(digest="").order_by("-until").first()
    return Proof(found.uid, found.digest, found.sentence, found.days, found.until) if found else None
