"""The Celery tasks: three lines each, because the truth is in PostgreSQL."""

from portal.celery import app
from sync.flow import polling, probing, quality, rehearsing, sweeping, wake, working
from sync.triage import telling


@app.task(name="sync.work")
def work(shard: int) -> None:
    """Run what is due in one shard."""
    working.work(shard)


@app.task(name="sync.poll")
def poll(system: int) -> None:
    """Answer what pages asked of a system, then poll it if it is due."""
    probing.answer_all(system)
    polling.poll(system)


@app.task(name="sync.rehearse")
def rehearse(rehearsal: int) -> None:
    """Replay candidate rules over what is stored, some slices of it."""
    rehearsing.rehearse(rehearsal)


@app.task(name="sync.survey")
def survey(number: int) -> None:
    """Count the terms of one side over its shared items, some slices of it."""
    quality.survey(number)


@app.task(name="sync.sweep")
def sweep() -> None:
    """Find everything that is due, whatever became of the hints."""
    sweeping.sweep()
    if telling.due():
        wake.wake_telling()


@app.task(name="sync.tell")
def tell() -> None:
    """Tell people what waits for them, as their RACI routes it."""
    telling.tell()
