"""How times, durations and values read on a page."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from portal.core import clock

#: a time as a deed keeps it
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00:00")
#: verbs of deeds whose past is not the regular one
PAST = {
    "choose": "chose",
    "leave": "left",
    "plan": "planned",
    "put": "put",
    "read": "read",
    "readmit": "readmitted",
    "set": "set",
    "skip": "skipped",
}


def ago(at: datetime, now: datetime | None = None) -> str:
    """A time relative to now: "3 min ago", "in 2 h"; a date from the second day on."""
    seconds = ((now or clock.now()) - at).total_seconds()
    ahead, seconds = seconds < 0, abs(seconds)
    if seconds < 5:
        return "now"
    if seconds >= 2 * 86_400:
        return at.strftime("%-d %b %Y")
    amount = whole(seconds)
    return f"in {amount}" if ahead else f"{amount} ago"


def whole(seconds: float) -> str:
    """A duration in its largest unit."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def duration(seconds: float | None) -> str:
    """A length of time: "0.8 s", "12 s", "4 min 10", "1 h 12"; a dash for none."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d}" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def absolute(at: datetime, zone: ZoneInfo) -> str:
    """The exact time in the reader's zone and in UTC."""
    utc = at.astimezone(UTC)
    if zone.key == "UTC":
        return f"{utc:%-d %b %Y, %H:%M:%S} UTC"
    local = at.astimezone(zone)
    day = "" if local.date() == utc.date() else f"{utc:%-d %b}, "
    return f"{local:%-d %b %Y, %H:%M:%S} {zone.key} · {day}{utc:%H:%M:%S} UTC"


def humanised(name: str) -> str:
    """A machine's name for people: "customer-reference" → "Customer reference"."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def past(verb: str) -> str:
    """A deed's verb as it is told afterwards: "save a draft of" → "saved a draft of", "skip" → "skipped"."""
    first, space, rest = verb.replace("_", " ").partition(" ")
    if first in PAST:
        told = PAST[first]
    elif first.endswith("e"):
        told = f"{first}d"
    elif first.endswith("y") and first[-2:-1] not in "aeiou":
        told = f"{first[:-1]}ied"
    else:
        told = f"{first}ed"
    return f"{told}{space}{rest}"


def shown(value: object) -> str:
    """A field's value as text: lists joined, nothing as "empty", yes and no; a deed's times to the minute."""
    if value is None or value in ("", [], ()):
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return f"{datetime.fromisoformat(value):%-d %b %Y, %H:%M} UTC"
    return str(value)
