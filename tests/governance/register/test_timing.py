"""When an integration exchanges, and when it is reviewed next."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.register.timing import INTERVALS, OPEN, next_review, rests_until

TIMES = st.integers(0, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(TIMES)
def test_in_real_time_nothing_rests(now: datetime) -> None:
    assert rests_until("real-time", 60, None, now) is None


@given(st.sampled_from(INTERVALS), TIMES)
def test_in_batch_an_exchange_begins_at_each_interval_of_the_day(minutes: int, now: datetime) -> None:
    until = rests_until("batch", minutes, None, now)
    began = until or now
    past = (began - began.replace(hour=0, minute=0, second=0, microsecond=0)) % timedelta(minutes=minutes)
    assert past < OPEN
    if until is not None:
        assert past == timedelta()
        assert timedelta() < until - now <= timedelta(minutes=minutes)
        assert rests_until("batch", minutes, None, until) is None


@given(TIMES, st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_on_demand_an_exchange_is_open_for_a_while_after_the_asking(now: datetime, ago: timedelta) -> None:
    until = rests_until("on-demand", 60, now - ago, now)
    assert (until is None) == (timedelta() <= ago < OPEN)
    assert until is None or until > now


@pytest.mark.parametrize(
    ("last", "rhythm", "due"),
    [
        (date(2026, 1, 31), "weekly", date(2026, 2, 7)),
        (date(2026, 1, 31), "monthly", date(2026, 2, 28)),
        (date(2026, 11, 30), "quarterly", date(2027, 2, 28)),
        (date(2026, 8, 31), "half-yearly", date(2027, 2, 28)),
        (date(2024, 2, 29), "yearly", date(2025, 2, 28)),
        (date(2026, 12, 15), "monthly", date(2027, 1, 15)),
    ],
)
def test_a_review_is_due_on_the_same_day_or_the_last_of_a_shorter_month(last: date, rhythm: str, due: date) -> None:
    assert next_review(last, rhythm) == due
