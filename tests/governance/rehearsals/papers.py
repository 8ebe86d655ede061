"""Papers to rehearse: the next matrix and the next dictionary of a story, and a worker that replays them."""

from collections.abc import Callable

from governance.accessmatrix.models import AccessMatrix
from governance.accessmatrix.services.cells import Cell, set_cells
from governance.accessmatrix.services.versions import draft_access
from governance.dictionary.models import Dictionary, Term
from governance.rulebook.models import Rehearsal
from portal.access import rls
from portal.access.subject import Subject
from sync.flow import rehearsing
from tests import factories
from tests.story import Story

Change = Callable[[Dictionary], object]


def next_matrix(by: Subject, story: Story, *cells: Cell) -> AccessMatrix:
    """A draft that begins as what is in force, with some cells changed."""
    draft = draft_access(by=by, integration=story.integration)
    set_cells(by=by, matrix=draft, cells=cells, version=draft.version)
    draft.refresh_from_db()
    return draft


def next_dictionary(story: Story, *changes: Change) -> Dictionary:
    """A draft that begins as what is in force, changed."""
    draft = factories.dictionary(story.integration, no=2, agreed=False)
    for term in Term.objects.filter(dictionary=story.dictionary).order_by("position", "id"):
        made = factories.term(
            draft,
            term.name,
            type=Term.Type(term.type),
            allowed=term.allowed,
            path=term.path,
            max_length=term.max_length,
        )
        assert made.pk
    for change in changes:
        change(draft)
    return draft


def with_term(name: str, **fields: object) -> Change:
    """A change of one term."""
    return lambda draft: Term.objects.filter(dictionary=draft, name=name).update(**fields)


def without(name: str) -> Change:
    """A term that is taken out."""
    return lambda draft: Term.objects.filter(dictionary=draft, name=name).delete()


def worked(row: Rehearsal) -> Rehearsal:
    """A worker does it."""
    try:
        rehearsing.rehearse(row.pk)
    finally:
        rls.leave()
    return Rehearsal.objects.select_related("evidence").get(pk=row.pk)
