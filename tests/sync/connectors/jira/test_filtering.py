"""A JQL filter: Jira's complaints in Jira's words, and a consistent answer for single issues."""

from datetime import UTC, datetime

import pytest

from portal.core.errors import Rejected
from sync.engine.types import Item
from tests.sync.connectors.jira.site import Site

NOW = datetime(2026, 1, 5, 10, 0, 30, tzinfo=UTC)


def issue(number: int) -> Item:
    """An issue as it was read."""
    return Item(str(number), "Task", f"INF-{number}", "", "1", NOW, NOW, {})


def test_a_trial_stays_in_the_project_and_names_examples() -> None:
    site = Site()
    site.answers["POST /jql/parse"] = {"queries": [{"query": "x", "structure": {"where": {}}}]}
    site.answers["POST /search/jql"] = {"issues": [{"id": "1", "key": "INF-1"}], "isLast": True}
    site.answers["POST /search/approximate-count"] = {"count": 41}
    found = site.connector().trial("labels = vip OR labels = gold")
    assert (found.count, found.samples) == (41, ("INF-1",))
    assert site.sent("POST /search/jql")["jql"] == 'project = "INF" AND (labels = vip OR labels = gold)'


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"errors": ["Field 'squad' does not exist."]}, "Field 'squad' does not exist"),
        ({"structure": {"where": {}, "orderBy": {"fields": []}}}, "Leave out ORDER BY"),
    ],
)
def test_what_is_no_filter_is_refused_before_it_is_put_in_brackets(told: dict[str, object], sentence: str) -> None:
    site = Site()
    site.answers["POST /jql/parse"] = {"queries": [told]}
    with pytest.raises(Rejected, match=sentence):
        site.connector().trial("squad = blue")


def test_many_issues_are_asked_for_at_once_and_none_is_unsure() -> None:
    site = Site()
    site.answers["POST /jql/match"] = {"matches": [{"matchedIssues": [7, 9], "errors": []}]}
    told = site.connector().matching("labels = vip", [issue(7), issue(8), issue(9)], now=NOW)
    assert (told.found, told.unsure) == (frozenset({"7", "9"}), frozenset())
    assert site.sent("POST /jql/match") == {"issueIds": [7, 8, 9], "jqls": ["labels = vip"]}


def test_a_filter_that_is_taken_no_longer_is_refused_with_the_complaint() -> None:
    site = Site()
    site.answers["POST /jql/match"] = {"matches": [{"matchedIssues": [], "errors": ["No such field."]}]}
    with pytest.raises(Rejected, match="No such field"):
        site.connector().matching("squad = blue", [issue(7)], now=NOW)
