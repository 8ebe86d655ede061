"""A count is asked for here; a worker does it. The sweep finds what is due within a second, so there is no hint."""

from django.db import transaction

from governance.quality.models import Survey
from governance.register.acting import acting_for
from governance.register.models import Integration
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import record

State = Survey.State


@transaction.atomic
def count_anew(*, by: Subject, integration: Integration) -> int:
    """Have the acting company's sides of an integration counted now; returns how many. Those at work go on.

    Raises BadInput while no side of it runs.
    """
    company = acting_for(by, "operate", integration.companies)
    rows = Survey.objects.filter(connection__integration=integration, company_id=company)
    if not rows.exists():
        raise BadInput(
            "There is nothing to count yet. Figures begin within a second of a connection going live.",
            code="no-survey",
        )
    idle = rows.filter(state__in=[State.DONE, State.FAILED])
    asked = idle.update(state=State.WAITING, due=clock.now(), cursor=0, done=0)
    record(by=by, verb="count the quality of", thing=integration, company=company, after={"sides": asked})
    return asked
