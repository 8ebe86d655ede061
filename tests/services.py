"""Early pytest plugin (`-p tests.services`): PostgreSQL and a broker are up before the settings are read."""

import os

import pytest

from portal.core.errors import Misconfigured
from portal.embedded import testing


def start() -> testing.Services | None:
    """Start the services, once a run; xdist's workers inherit the variables of the run."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return None
    try:
        services = testing.start(os.environ)
    except Misconfigured as error:
        raise pytest.UsageError(str(error)) from error
    os.environ.update(services.environment)
    return services


SERVICES = start()


def pytest_unconfigure() -> None:
    """Stop what was started."""
    if SERVICES:
        SERVICES.stop()
