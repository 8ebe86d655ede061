"""Work of a worker: take lanes of a shard, one after the other, and run the chain on each."""

import logging
import random
import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from portal.access import rls
from portal.core import clock
from sync.connectors.base import Connector
from sync.flow.connecting import connector_for, registered
from sync.flow.marker import SealedMarker
from sync.flow.ports import Timing, World
from sync.flow.run import turn
from sync.flow.store.lanes import stumble
from sync.flow.store.postgres import PostgresStore

log = logging.getLogger(__name__)
#: lanes and seconds of one task; a short task is killed and redelivered cheaply
LANES, SECONDS = 100, 20.0


def timing() -> Timing:
    """The durations of the lane algorithm, from the settings."""
    return Timing(
        timedelta(seconds=settings.LEASE_SECONDS),
        timedelta(seconds=settings.REQUEST_SECONDS),
        timedelta(seconds=settings.LATE_SECONDS),
    )


def world() -> World:
    """PostgreSQL, the real trackers, the real clock."""
    store = PostgresStore(clock.now, timing())

    def connector(system: int) -> Connector:
        if system not in store.registered:
            with transaction.atomic():
                rls.enter(store.companies, role=rls.WORKER)
                store.registered.update(registered([system]))
        return connector_for(store.registered, system)

    return World(store, connector, SealedMarker(settings.MARKER_KEY), clock.now, random.random, store.timing)


def work(shard: int) -> int:
    """Run the lanes of one shard that are due; returns how many. Stops after a while: the sweep comes back."""
    began, done = time.monotonic(), 0
    while done < LANES and time.monotonic() - began < SECONDS:
        scene = world()
        claim = scene.store.claim(shard, clock.now())
        if claim is None:
            break
        done += 1
        try:
            for _ in turn(claim, scene):
                pass
        except Exception:
            log.exception("The turn of case %s broke; other cases go on, this one is tried again later.", claim.case)
            with transaction.atomic():
                rls.enter((), role=rls.WORKER)
                stumble(claim, clock.now(), scene.timing)
    return done
