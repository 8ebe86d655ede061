"""What is kept only for a while: deliveries, answered probes, snapshots, import plans; thrown away once an hour."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from governance.raci import notices
from portal.access import rls
from portal.core import clock
from portal.ui.listing.services import drop_old_plans
from sync.flow import pulse
from sync.flow.models.facts import Snapshot
from sync.flow.models.pulse import Pulse
from sync.flow.models.streams import Delivery, Probe, Stream

EVERY = timedelta(hours=1)
#: a tracker may repeat a delivery half an hour late (apis/jira.md 10); three days leave room for its outages
KEEP_DELIVERIES = timedelta(hours=72)
KEEP_PROBES = timedelta(days=30)


def tidy() -> int:
    """Throw away what is over its time, if the last time was an hour ago; returns how many rows that were."""
    now = clock.now()
    if Pulse.objects.filter(name=pulse.TIDY, at__gt=now - EVERY).exists():
        return 0
    pulse.beat(pulse.TIDY)
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        companies = {*Stream.objects.values_list("company_id", flat=True), *notices.companies()}
        rls.enter(companies, role=rls.WORKER)
        deliveries, _ = Delivery.objects.filter(received__lt=now - KEEP_DELIVERIES).delete()
        old = Probe.objects.exclude(state=Probe.State.WAITING).filter(asked_at__lt=now - KEEP_PROBES)
        probes, _ = old.delete()
        aged = now - timedelta(days=settings.SNAPSHOT_DAYS)
        snapshots, _ = Snapshot.objects.filter(read_at__lt=aged).delete()
        plans = drop_old_plans(now)
    return deliveries + probes + snapshots + plans
