"""A Celery application whose worker takes its time over a rehearsal, so that it can be killed in the midst of one."""

import tests.sync.flow.booted  # noqa: F401

# isort: split

import time

from governance.rulebook.models import Rehearsal
from portal.celery import app
from sync.flow import rehearsing
from sync.flow.rehearsing import Stage, played

__all__ = ["app"]


def unhurried(row: Rehearsal, stage: Stage) -> bool | None:
    """A slice, and a breath."""
    moved = played(row, stage)
    time.sleep(0.3)
    return moved


rehearsing.SLICE = 2
rehearsing.played = unhurried
