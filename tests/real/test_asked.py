"""Whether the trackers that others wrote take part in this run."""

from tests.real.serving import wanted


def test_real_trackers_are_tried_where_they_are_asked_for() -> None:
    """Skips, and says how to try them."""
    wanted("Redmine", "puma")
    wanted("Request Tracker", "rt-setup-database-5")
