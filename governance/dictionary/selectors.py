"""Reads of dictionaries."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from governance.dictionary.models import Agreement, Dictionary, Term
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import Row, nested


@dataclass(frozen=True, slots=True)
class AgreedTerm:
    """One agreed term as the engine obeys it. `source_of_truth` is the company whose value wins a conflict."""

    name: str
    label: str
    type: str
    path: bool
    max_length: int | None
    allowed: tuple[str, ...]
    source_of_truth: int | None
    classification: str = ""
    sample: str = ""

    @property
    def rich(self) -> bool:
        """Whether values are Markdown."""
        return self.type == Term.Type.RICH.value


def agreed_terms(integration_id: int) -> tuple[AgreedTerm, ...]:
    """The terms of the dictionary in force, in its order; none before one is agreed. One query, for workers."""
    rows = Term.objects.filter(
        dictionary__integration=integration_id, dictionary__state=Dictionary.State.AGREED
    ).order_by("position", "id")
    return tuple(
        AgreedTerm(
            name=row.name,
            label=row.label,
            type=row.type,
            path=row.path,
            max_length=row.max_length,
            allowed=tuple(row.allowed),
            source_of_truth=row.source_of_truth_id,
            classification=row.classification,
            sample=row.sample,
        )
        for row in rows
    )


def agreed_rows(integration: OuterRef, *, by: Subject) -> ArraySubquery:
    """The same terms as an annotation of another query; `agreed_term` reads each row."""
    rows = Term.objects.filter(dictionary__integration=integration, dictionary__state=Dictionary.State.AGREED)
    names = ("name", "label", "type", "path", "max_length", "allowed", "classification", "sample")
    return nested(visible_to(rows, by).order_by("position", "id"), *names, source_of_truth="source_of_truth_id")


def agreed_term(row: Row) -> AgreedTerm:
    """One row of `agreed_rows`."""
    return AgreedTerm(**{**row, "allowed": tuple(row["allowed"])})


def standing_of(integration_id: int, *, by: Subject) -> list[Dictionary]:
    """The agreed version and the draft of an integration's dictionary, without their terms. One query."""
    rows = Dictionary.objects.filter(integration=integration_id).exclude(state=Dictionary.State.RETIRED)
    return list(visible_to(rows, by).order_by("-no"))


def newest_terms(integration_id: int, *, by: Subject) -> list[Term]:
    """The terms of the newest version, draft or agreed. One query."""
    newest = Dictionary.objects.filter(integration=integration_id).order_by("-no").values("pk")[:1]
    return list(visible_to(Term.objects.filter(dictionary__in=newest), by).order_by("position", "id"))


def versions_of(integration_id: int, *, by: Subject) -> list[Dictionary]:
    """All versions of an integration's dictionary, newest first, without their terms. One query."""
    return list(visible_to(Dictionary.objects.filter(integration=integration_id), by).order_by("-no"))


def terms_of(dictionary: Dictionary, *, by: Subject) -> list[Term]:
    """The terms of one version, in its order. One query."""
    return list(visible_to(Term.objects.filter(dictionary=dictionary), by).order_by("position", "id"))


def yeses_of(dictionary: Dictionary, *, by: Subject) -> dict[int, Agreement]:
    """Company id → its yes to one version. One query."""
    return {one.company_id: one for one in visible_to(Agreement.objects.filter(dictionary=dictionary), by)}
