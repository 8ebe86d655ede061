"""Early pytest plugin (`-p tests.services`): PostgreSQL and a broker are up before the settings are read."""

import atexit
import os

import pytest

from portal.core.errors import Misconfigured
from portal.embedded import testing


def start() -> None:
    """Start the services, once a run, and stop them at its end; xdist's workers inherit the variables of the run,
    and each has a queue of its own on the broker, since a Celery worker of one would take the other's messages."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        os.environ["CONCORD_QUEUE"] += "-" + os.environ["PYTEST_XDIST_WORKER"]
        return
    try:
        services = testing.start(os.environ)
    except Misconfigured as error:
        raise pytest.UsageError(str(error)) from error
    os.environ.update(services.environment)
    atexit.register(services.stop)


start()
