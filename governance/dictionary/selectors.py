"""Reads of dictionaries."""

from dataclasses import dataclass

from governance.dictionary.models import Dictionary, Term
from portal.access.guard import visible_to
from portal.access.subject import Subject


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
        )
        for row in rows
    )


def standing_of(integration_id: int, *, by: Subject) -> list[Dictionary]:
    """The agreed version and the draft of an integration's dictionary, without their terms. One query."""
    rows = Dictionary.objects.filter(integration=integration_id).exclude(state=Dictionary.State.RETIRED)
    return list(visible_to(rows, by).order_by("-no"))


def newest_terms(integration_id: int, *, by: Subject) -> list[Term]:
    """The terms of the newest version, draft or agreed. One query."""
    newest = Dictionary.objects.filter(integration=integration_id).order_by("-no").values("pk")[:1]
    return list(visible_to(Term.objects.filter(dictionary__in=newest), by).order_by("position", "id"))


def versions_of(integration_id: int, *, by: Subject) -> list[Dictionary]:
    """All versions of an integration's dictionary, newest first, each with its terms and yeses."""
    rows = visible_to(Dictionary.objects.filter(integration=integration_id), by)
    return list(rows.order_by("-no").prefetch_related("terms", "agreements"))
