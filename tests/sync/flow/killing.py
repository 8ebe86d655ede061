"""A Celery application whose worker kills itself at chosen points of chosen cases, each once.

`CONCORD_TEST_DEATHS` names a folder with one file a case: the numbers of the points at which to die, in order.
Jira's practice system applies every write at once, so that "absent" is proven as soon as the lease is over.
"""

import tests.sync.flow.booted  # noqa: F401

# isort: split

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from portal.celery import app
from sync.connectors.jira.connector import JiraConnector
from sync.flow import working
from sync.flow.points import Point
from sync.flow.ports import Claim, World
from sync.flow.run import turn

__all__ = ["app"]

DEATHS = Path(os.environ["CONCORD_TEST_DEATHS"])


def dying(claim: Claim, world: World) -> Iterator[Point]:
    """A turn that ends at the point that its case's file names next."""
    for point in turn(claim, world):
        if point == next(iter(left(claim.case)), None):
            file_of(claim.case).write_text(" ".join(str(int(one)) for one in left(claim.case)[1:]))
            os.kill(os.getpid(), signal.SIGKILL)
        yield point


def file_of(case: int) -> Path:
    """Where the deaths of a case stand."""
    return DEATHS / str(case)


def left(case: int) -> list[Point]:
    """The deaths that a case still has before it."""
    file = file_of(case)
    return [Point(int(word)) for word in file.read_text().split()] if file.exists() else []


JiraConnector.capabilities = replace(JiraConnector.capabilities, absent_after=0.5, list_lag=0.0)
working.turn = dying  # type: ignore[attr-defined]
