"""How times, durations and values read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.ui import words

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (2, "now"),
        (40, "40 s ago"),
        (200, "3 min ago"),
        (7300, "2 h ago"),
        (90_000, "1 d ago"),
        (-7300, "in 2 h"),
        (400_000, "9 Mar 2026"),
    ],
)
def test_a_time_is_told_relative_to_now_and_as_a_date_from_the_second_day_on(seconds: int, said: str) -> None:
    assert words.ago(NOON - timedelta(seconds=seconds), NOON) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "–"), (0.84, "0.8 s"), (12.4, "12 s"), (250, "4 min 10"), (4320, "1 h 12"), (200_000, "2 d 7 h")],
)
def test_a_duration_is_as_exact_as_a_person_needs_it(seconds: float | None, said: str) -> None:
    assert words.duration(seconds) == said


def test_an_absolute_time_names_the_readers_zone_and_utc() -> None:
    told = words.absolute(NOON, ZoneInfo("Asia/Kolkata"))
    assert told == "14 Mar 2026, 17:30:00 Asia/Kolkata · 12:00:00 UTC"


def test_an_absolute_time_names_the_day_twice_when_the_zones_differ_in_it() -> None:
    told = words.absolute(NOON + timedelta(hours=8), ZoneInfo("Asia/Kolkata"))
    assert told == "15 Mar 2026, 01:30:00 Asia/Kolkata · 14 Mar, 20:00:00 UTC"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "empty"),
        ([], "empty"),
        (["a", "b"], "a, b"),
        (False, "no"),
        (0, "0"),
        (str(NOON), "14 Mar 2026, 12:00 UTC"),
    ],
)
def test_a_value_is_told_without_brackets_and_quotes(value: object, said: str) -> None:
    assert words.shown(value) == said
