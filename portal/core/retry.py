"""When to try again: pure full-jitter backoff."""

from datetime import datetime, timedelta


def next_try(now: datetime, attempts: int, *, first: timedelta, most: timedelta, random: float) -> datetime:
    """The moment of the next try after `attempts` failures: uniform between half and all of the doubled wait.

    `random` is uniform in [0, 1). The wait doubles from `first` up to `most`.
    """
    wait: timedelta = min(first * float(2 ** min(attempts, 20)), most)
    return now + wait * (0.5 + random / 2)
