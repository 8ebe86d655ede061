"""A downtime that Mercuri announces well ahead, so that schedules show one."""

from datetime import timedelta

from governance.register.models import Downtime, System
from governance.register.services.downtimes import announce_downtime
from governance.story.acting import acting
from portal.core import clock

WHY = "Zendesk moves to another data centre; it does not answer meanwhile."


def announce_move() -> None:
    """Two weeks ahead, for an hour at night; once."""
    with acting("asha@mercuri.example") as by:
        desk = System.objects.get(company_id=by.company, name="Mercuri Zendesk")
        if Downtime.objects.filter(system=desk).exists():
            return
        night = (clock.now() + timedelta(days=14)).replace(hour=2, minute=0, second=0, microsecond=0)
        announce_downtime(by=by, system=desk, starts=night, ends=night + timedelta(hours=1), reason=WHY)
