"""Hints to Celery: any may be lost, doubled or late without effect, because the sweep finds what is due."""

import logging
import time
from collections.abc import Iterable

from kombu.exceptions import OperationalError

from portal.celery import app

log = logging.getLogger(__name__)
#: seconds for which a broker that failed is left alone, so that its silence is paid for once and not per hint
REST = 2.0
_rests_until: list[float] = [0.0]


def wake_shards(shards: Iterable[int]) -> None:
    """Ask workers to look at these shards."""
    for shard in sorted(set(shards)):
        send("sync.work", shard)


def wake_system(system: int) -> None:
    """Ask a worker to poll or probe one system."""
    send("sync.poll", system)


def wake_rehearsal(rehearsal: int) -> None:
    """Ask a worker to go on with one rehearsal."""
    send("sync.rehearse", rehearsal)


def wake_survey(survey: int) -> None:
    """Ask a worker to go on with one count of a side's terms."""
    send("sync.survey", survey)


def wake_telling() -> None:
    """Ask a worker to tell people what waits for them."""
    send("sync.tell")


def send(name: str, *arguments: int) -> None:
    """Send one hint; a broker that is down costs a second's delay, never work."""
    if time.monotonic() < _rests_until[0]:
        return
    try:
        app.send_task(name, args=list(arguments), expires=60)
    except (OperationalError, OSError) as error:
        _rests_until[0] = time.monotonic() + REST
        log.warning("The broker does not take hints (%s); the sweep will find the work.", type(error).__name__)
