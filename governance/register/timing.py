"""When an integration exchanges, and when it is reviewed next; pure."""

import calendar
from datetime import UTC, date, datetime, timedelta

#: how long an exchange stays open once it began: in batch from each full interval on, on demand from the asking on
OPEN = timedelta(minutes=2)
#: how soon a case with work looks again whether somebody asked for an exchange. Shorter than OPEN: asking wakes at
#: once only the cases that the asking company may see, and its partner's new items are to be exchanged too
LOOK = timedelta(minutes=1)
#: rhythm of review → months; weekly is seven days
MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}
#: minutes between two exchanges in batch that a form offers; each divides a day
INTERVALS = (15, 30, 60, 120, 240, 480, 720, 1440)


def rests_until(mode: str, minutes: int, demanded: datetime | None, now: datetime) -> datetime | None:
    """Until when an integration exchanges nothing; None = it exchanges now.

    real-time: never rests. batch: open for OPEN from each multiple of `minutes` after midnight UTC. on-demand:
    open for OPEN after somebody asked. Times are aware; `minutes` > 0.
    """
    if mode == "batch":
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        every = timedelta(minutes=minutes)
        began = midnight + (now - midnight) // every * every
        return None if now < began + OPEN else began + every
    if mode == "on-demand":
        asked = demanded is not None and demanded <= now < demanded + OPEN
        return None if asked else now + LOOK
    return None


def next_review(last: date, rhythm: str) -> date:
    """The day of the review after `last`: a week on, or the same day of a later month (its last, if shorter)."""
    if rhythm not in MONTHS:
        return last + timedelta(days=7)
    months = last.month - 1 + MONTHS[rhythm]
    year, month = last.year + months // 12, months % 12 + 1
    return date(year, month, min(last.day, calendar.monthrange(year, month)[1]))
