"""Writes of downtimes: a system's announced absence, which the engine keeps to."""

from datetime import datetime, timedelta

from django.db import transaction

from governance.register import ports
from governance.register.acting import require
from governance.register.models import Connection, Downtime, System
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import record

#: a system that is away for longer is suspended by a pause, not by a window
LONGEST = timedelta(days=31)


@transaction.atomic
def announce_downtime(*, by: Subject, system: System, starts: datetime, ends: datetime, reason: str) -> Downtime:
    """From `starts` to `ends` (aware times) no request goes to the system; the partners of its connections know.

    Changes for it wait in order and nobody is alarmed. Raises BadInput for a window that is over, the wrong way
    round, longer than a month, or without a reason.
    """
    require(by, "operate", system)
    wrong = {}
    if ends <= starts:
        wrong["ends"] = "The end is before the beginning."
    elif ends - starts > LONGEST:
        wrong["ends"] = "A downtime lasts 31 days at most. Pause the connections instead."
    elif ends <= clock.now():
        wrong["ends"] = "This window is over."
    if not 2 <= len(reason.strip()) <= 200:
        wrong["reason"] = "Say why in 2 to 200 characters; your partners read it."
    if wrong:
        raise BadInput("The downtime was not announced.", fields=wrong)
    downtime = Downtime.objects.create(
        company_id=system.company_id,
        companies=readers_of(system),
        system=system,
        system_name=system.name,
        starts=starts,
        ends=ends,
        reason=reason.strip(),
        announced_by=by.name,
    )
    record(
        by=by,
        verb="announce a downtime of",
        thing=system,
        company=system.company_id,
        readers=downtime.companies,
        after={"starts": starts, "ends": ends, "reason": downtime.reason},
    )
    return downtime


@transaction.atomic
def cancel_downtime(*, by: Subject, downtime: Downtime) -> Downtime:
    """Take a downtime back, or end one that is open: what waited goes on at once."""
    require(by, "operate", downtime.system)
    if downtime.cancelled or downtime.ends <= clock.now():
        raise BadInput("This downtime is over already.")
    downtime.cancelled = clock.now()
    downtime.save(update_fields=["cancelled"])
    ports.sync().wake_waiting(downtime.system)
    record(
        by=by,
        verb="cancel a downtime of",
        thing=downtime.system,
        company=downtime.company_id,
        readers=downtime.companies,
        before={"starts": downtime.starts, "ends": downtime.ends, "reason": downtime.reason},
    )
    return downtime


def readers_of(system: System) -> list[int]:
    """The system's company, and those of its connections."""
    rows = Connection.objects.filter(sides__system=system).values_list("companies", flat=True)
    return sorted({system.company_id, *(company for row in rows for company in row)})


def tell_partners(system: System) -> None:
    """Called when a connection is made: its partner may read the downtimes that are not over."""
    Downtime.objects.filter(system=system, cancelled=None, ends__gt=clock.now()).update(companies=readers_of(system))
