"""Loaded into the bench's worker: writes down its requests, and does the reads that it is compared with."""

import os
import time
from pathlib import Path

import httpx
from celery.signals import worker_init
from django.conf import settings

from portal.celery import app
from portal.core.http import Egress, GuardedTransport, client
from sync.flow import connecting
from tests.bench.trace import TRACE, Call, Recorder, Trace

bare = httpx.Client(trust_env=False)


@worker_init.connect
def write_down(**_: object) -> None:
    """From here on the process's one client records."""
    egress = Egress.parse(settings.EGRESS_ALLOW)
    recorder = Recorder(GuardedTransport(egress), Trace(Path(os.environ[TRACE])))
    connecting._clients.append(client(egress, timeout=float(settings.REQUEST_SECONDS), transport=recorder))


@app.task(name="bench.reads")
def reads(lines: list[str], mark: str) -> None:
    """Read what these calls read, over a plain client, and say when that was done."""
    for line in lines:
        call = Call.of(line)
        bare.request(call.method, f"http://127.0.0.1:{call.port}{call.path}", content=call.body, headers=call.headers)
    Trace(Path(mark)).write(repr(time.time()))
