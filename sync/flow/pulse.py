"""Signs of life: workers and the sweep write them, /readyz reads them (they carry no company)."""

from datetime import timedelta

from django.db import transaction

from governance.register.models import Connection
from portal.access import rls
from portal.core import clock
from portal.ui.health import STALE
from sync.flow.models.pulse import Pulse
from sync.flow.models.streams import Stream

WORKER, SWEEP, SYSTEMS, TIDY = "worker", "sweep", "systems", "tidy"
ADVICE = {
    WORKER: "No worker showed a sign of life in the last minute. Start one, or look at its log.",
    SWEEP: "The sweep did not run in the last minute. Start Celery beat, or look at its log.",
    SYSTEMS: "The state of the live systems is not known yet.",
}
ANSWERING = (Stream.State.OK.value, Stream.State.THROTTLED.value, Stream.State.PAUSED.value)


def beat(name: str, *, well: bool = True, sentence: str = "") -> None:
    """Show that `name` lives; called by the worker's and the sweep's tasks, in a transaction of its own."""
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        Pulse.objects.update_or_create(name=name, defaults={"at": clock.now(), "well": well, "sentence": sentence})


def beat_systems() -> None:
    """Count the systems of live connections that do not answer, and show the number; called by the sweep."""
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        companies = list(Stream.objects.values_list("company_id", flat=True).distinct())
        rls.enter(companies, role=rls.WORKER)
        live = Stream.objects.filter(system__sides__connection__state=Connection.State.LIVE).distinct()
        states = list(live.values_list("state", flat=True))
    silent = sum(state not in ANSWERING for state in states)
    told = f"{silent} of {len(states)} live systems do not answer. The register's page of each says why."
    beat(SYSTEMS, well=silent == 0, sentence=told if silent else "")


def trouble(name: str) -> str | None:
    """What is wrong with one pulse as a sentence, or None while it is young and well."""
    pulse = Pulse.objects.filter(name=name).first()
    if pulse is None or pulse.at < clock.now() - timedelta(seconds=STALE):
        return ADVICE[name]
    return None if pulse.well else pulse.sentence
