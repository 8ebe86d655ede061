"""The items behind one figure of a survey."""

from django.db.models import Exists, OuterRef, Q

from governance.quality.marks import mark
from governance.quality.models import Survey
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.ui.keyset import Slice, keyset
from sync.flow.models.cases import Case
from sync.flow.models.quality import Surveyed
from sync.flow.selectors.cases import marked


def cases_behind(
    survey: Survey, kind: str, term: str, *, by: Subject, cursor: str = "", size: int = 50
) -> Slice[Case]:
    """One page of the cases whose item of this side has a mark, the last moved first. One query."""
    told = [mark(kind, term)]
    rows = Surveyed.objects.filter(connection=survey.connection_id, side=survey.side, case=OuterRef("pk"))
    rows = visible_to(rows, by).filter(Q(marks__contains=told) | Q(doubles__contains=told))
    cases = marked(visible_to(Case.objects.select_related("lane"), by), by).filter(Exists(rows))
    return keyset(cases, "touched", cursor=cursor, size=size, ascending=False)
