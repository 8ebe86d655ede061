"""A Celery application whose worker takes its time over rehearsals and surveys, so that it can be killed."""

import tests.sync.flow.booted  # noqa: F401

# isort: split

import time

from governance.quality.models import Survey
from governance.rulebook.models import Rehearsal
from portal.celery import app
from sync.flow import quality, rehearsing
from sync.flow.quality import Ground, looked
from sync.flow.rehearsing import played
from sync.flow.rehearsing_stages import Stage

__all__ = ["app"]


def unhurried(row: Rehearsal, stage: Stage) -> bool | None:
    """A slice, and a breath."""
    moved = played(row, stage)
    time.sleep(0.3)
    return moved


def thorough(row: Survey, ground: Ground) -> bool | None:
    """A slice, and a breath."""
    moved = looked(row, ground)
    time.sleep(0.3)
    return moved


rehearsing.SLICE = quality.SLICE = 2
quality.looked = thorough
rehearsing.played = unhurried
