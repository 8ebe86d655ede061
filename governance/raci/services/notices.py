"""What a person does with a notice: look at it, or say that it is done."""

from django.db import transaction

from governance.raci.events import EVENTS
from governance.raci.models import Notice
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.services import record


@transaction.atomic
def read_notice(*, by: Subject, notice: Notice) -> None:
    """The person it was sent to has looked at it: it no longer escalates."""
    row = held(by, notice)
    if row.read is None:
        row.read = clock.now()
        row.save(update_fields=["read"])
        record(by=by, verb="read", thing=row, company=row.company_id, after={"event": row.event})


@transaction.atomic
def settle_notice(*, by: Subject, notice: Notice) -> None:
    """The person it was sent to says that a deed is done: an R or A for the whole company.

    Raises BadInput for what still is so: that is done by itself when it is over.
    """
    row = held(by, notice)
    if row.event in EVENTS and not EVENTS[row.event].deed:
        raise BadInput("It still is so. The notice is done by itself when it is over.", code="still-so")
    if row.done is None:
        now = clock.now()
        row.read = row.read or now
        row.done = now
        row.save(update_fields=["read", "done"])
        if row.letter in {"R", "A"}:
            same = Notice.objects.filter(company_id=row.company_id, integration=row.integration_id, done=None)
            same.filter(event=row.event, key=row.key).update(done=now)
        record(by=by, verb="settle", thing=row, company=row.company_id, after={"event": row.event})


def held(by: Subject, notice: Notice) -> Notice:
    """The notice, locked, if it was sent to whoever asks."""
    row = Notice.objects.select_for_update(of=("self",)).select_related("person").get(pk=notice.pk)
    if by.read_only or row.person is None or row.person.user_id != by.user_id:
        raise Denied("Only the person whom a notice was sent to can do this.")
    return row
