"""Early pytest plugin (`-p tests.services`): PostgreSQL and a broker are up before the settings are read."""

import atexit
import os

import pytest

from portal.core.errors import Misconfigured
from portal.embedded import testing


def start() -> None:
    """Start the services, once a run, and stop them at its end; xdist's workers inherit the variables of the run."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    try:
        services = testing.start(os.environ)
    except Misconfigured as error:
        raise pytest.UsageError(str(error)) from error
    os.environ.update(services.environment)
    atexit.register(services.stop)


start()
