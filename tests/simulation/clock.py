"""Simulated time."""

from datetime import datetime, timedelta


class Clock:
    """Simulated time, read by everybody."""

    def __init__(self, start: datetime) -> None:
        self.start, self.seconds = start, 0.0

    def __call__(self) -> datetime:
        """The time now."""
        return self.start + timedelta(seconds=self.seconds)
