"""Who and what is not here: absences of people and downtimes of systems."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from governance.register.models import Absence, Connection, Downtime, Person, Side, System
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock
from portal.core.nested import Row, nested, revived

#: how long before a window begins no new turn begins with its system (the same in concord_downtime)
LEAD = timedelta(minutes=2)
#: what a page shows of a downtime
WINDOW = ("uid", "company_id", "system_name", "starts", "ends", "reason", "announced_by")


def absences_of(person: Person, *, by: Subject) -> list[Absence]:
    """Somebody's absences that are not over, soonest first; the notes come with one's own people's alone."""
    rows = visible_to(Absence.objects.filter(person=person, ends__gte=clock.now().date()), by)
    return list((rows.select_related("note") if person.company_id in by.companies else rows).order_by("starts"))


def open_downtime(system: int, now: datetime) -> datetime | None:
    """Until when a system is announced to be away, or None. Counts from two minutes before, as the engine does.

    The engine asks the same of `concord_downtime` inside its own statements.
    """
    rows = Downtime.objects.filter(system_id=system, cancelled=None, ends__gt=now, starts__lte=now + LEAD)
    return rows.order_by("-ends").values_list("ends", flat=True).first()


def downtimes_of(systems: OuterRef | Q, *, by: Subject) -> ArraySubquery:
    """The downtimes that are not over, soonest first, as an annotation `windows` of another query.

    `systems` is the outer query's system, or a condition on `system_id`.
    """
    which = systems if isinstance(systems, Q) else Q(system_id=systems)
    rows = visible_to(Downtime.objects.filter(which, cancelled=None, ends__gt=clock.now()), by)
    return nested(rows.order_by("starts"), "id", *WINDOW)


def downtimes_on(connection: OuterRef, *, by: Subject) -> ArraySubquery:
    """The same of both systems of the outer query's connection, which is one query further out than the sides."""
    sides = Side.objects.filter(connection=OuterRef(connection))
    return downtimes_of(Q(system_id__in=sides.values("system_id")), by=by)


def windows_of(row: System | Connection) -> list[Downtime]:
    """The downtimes that were read with `windows`."""
    found: Sequence[Row] = getattr(row, "windows", ())
    return [revived(Downtime, one) for one in found]
