"""The account under which we work in a tracker: learned on first contact, needed to know our own writes again."""

from django.db import transaction

from portal.access import rls
from portal.core import clock
from sync.engine.types import Check
from sync.flow.models.streams import Stream
from sync.flow.store import gates


def note_account(system: int, company: int, found: Check) -> None:
    """Remember under which account we work there, and that the system answers."""
    with transaction.atomic():
        rls.enter([company], role=rls.WORKER)
        Stream.objects.filter(system_id=system).update(
            account_id=found.account.id[:120],
            account=found.account.name[:120],
            product=f"{found.product} {found.version}".strip()[:80],
            skew=found.skew,
            next_poll=clock.now(),
        )
    gates.answered(system, None, clock.now(), [company])
