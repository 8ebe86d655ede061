"""The practice Jira's searches: what JQL finds, what it refuses, and in which words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.sync.sandbox.jira.site import Site, standing


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """INF-1 (Task, bill), INF-2 (Bug, High, In Progress, Ines), LAB-1; for reading only."""
    with standing(tmp_path_factory.mktemp("three")) as site:
        site.create("Bill is wrong", labels=["Bill", "sync-1"])
        ines = site.ines.get("/rest/api/3/myself").json()["accountId"]
        site.create(
            "Gateway is slow",
            issuetype={"name": "Bug"},
            priority={"name": "High"},
            assignee={"accountId": ines},
            components=[{"name": "Network"}],
            customfield_10050="MER-1",
            customfield_10051={"value": "Gateway"},
        )
        site.move("INF-2", "11")
        site.create("Other", project={"key": "LAB"})
        yield site


FINDS = {
    "project = INF": ["INF-2", "INF-1"],
    "project in (INF, LAB) ORDER BY key ASC": ["INF-1", "LAB-1", "INF-2"],
    'project = "Infinity Lab"': ["LAB-1"],
    "key = INF-1": ["INF-1"],
    "issuekey in (INF-1, INF-2) order by key desc": ["INF-2", "INF-1"],
    'labels = "sync-1"': ["INF-1"],
    "labels = bill": ["INF-1"],
    "labels is EMPTY AND project = INF": ["INF-2"],
    'status = "In Progress"': ["INF-2"],
    'status != "In Progress" AND project = INF': ["INF-1"],
    'statusCategory = "To Do" AND project = INF': ["INF-1"],
    "priority = High": ["INF-2"],
    "priority in (High, Medium) AND project = INF ORDER BY priority ASC": ["INF-2", "INF-1"],
    'assignee = "Ines Ortega"': ["INF-2"],
    "assignee is EMPTY AND project = INF": ["INF-1"],
    "reporter = currentUser() AND NOT project = LAB": ["INF-2", "INF-1"],
    "issuetype = Bug OR key = LAB-1": ["LAB-1", "INF-2"],
    "component = Network": ["INF-2"],
    'text ~ "gateway"': ["INF-2"],
    'summary ~ "bill*"': ["INF-1"],
    'cf[10050] ~ "MER-1"': ["INF-2"],
    "Product = Gateway": ["INF-2"],
    'project = INF AND (status = "To Do" OR priority = Highest)': ["INF-1"],
    'project = INF AND updated >= "-5m" ORDER BY updated ASC, id ASC': ["INF-1", "INF-2"],
    'project = INF AND created > "2999-01-01"': [],
    "resolution is EMPTY AND project = LAB": ["LAB-1"],
    'labels = "no such label"': [],
}
REFUSES = {
    "": "Unbounded JQL queries are not allowed here.",
    "ORDER BY created": "Unbounded JQL queries are not allowed here.",
    "foo = 1": "Field 'foo' does not exist or you do not have permission to view it.",
    "project = NOPE": "The value 'NOPE' does not exist for the field 'project'.",
    "status = Nope": "The value 'Nope' does not exist for the field 'status'.",
    "key = INF-999": "An issue with key 'INF-999' does not exist for field 'key'.",
    'updated >= "2025-07-25T21:15:12"': "Date value '2025-07-25T21:15:12' for field 'updated' is invalid.",
    'updated >= "2025-07-25 21:15:12"': "Date value '2025-07-25 21:15:12' for field 'updated' is invalid.",
    "labels > a": "The operator '>' is not supported by the 'labels' field.",
    "project": "Error in the JQL Query: Expecting an operator before the end of the query.",
    "project = ": "Error in the JQL Query: Expecting either a value, list or function",
    "project = AND": "Error in the JQL Query: Expecting either a value, list or function but got 'AND'.",
    "project = INF AND (key = INF-1": "Error in the JQL Query: Expecting ')' before the end of the query.",
    'summary ~ "open': "Error in the JQL Query: The quoted string",
    "project = INF nonsense": "Error in the JQL Query: Expecting operator but got 'nonsense'.",
    "status was Done": "The operator 'was' is not supported",
}


@pytest.mark.parametrize("jql", FINDS)
def test_a_query_finds(three: Site, jql: str) -> None:
    assert three.found(jql) == FINDS[jql]


@pytest.mark.parametrize("jql", REFUSES)
def test_a_query_is_refused_in_jiras_words(three: Site, jql: str) -> None:
    assert three.refused(jql).startswith(REFUSES[jql])


def test_dates_are_read_in_the_time_zone_of_the_account(site: Site) -> None:
    site.create()
    berlin = datetime.now(UTC).astimezone(ZoneInfo("Europe/Berlin"))
    later = (berlin + timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M")
    assert site.found(f'project = INF AND updated >= "{berlin.strftime("%Y-%m-%d %H:%M")}"') == ["INF-1"]
    assert site.found(f'project = INF AND updated >= "{later}"') == []


def test_pages_go_on_by_token_and_a_token_belongs_to_its_query(site: Site) -> None:
    for number in range(5):
        site.create(f"Issue {number}")
    body = {"jql": "project = INF ORDER BY key ASC", "fields": ["summary"], "maxResults": 2}
    first = site.api.post("/rest/api/3/search/jql", json=body).json()
    assert first["isLast"] is False
    assert "total" not in first
    second = site.api.post("/rest/api/3/search/jql", json=body | {"nextPageToken": first["nextPageToken"]}).json()
    assert [row["key"] for row in second["issues"]] == ["INF-3", "INF-4"]
    other = body | {"jql": "project = LAB", "nextPageToken": first["nextPageToken"]}
    assert site.api.post("/rest/api/3/search/jql", json=other).status_code == 400


def test_without_fields_a_search_gives_ids_only(site: Site) -> None:
    made = site.create()
    found = site.api.post("/rest/api/3/search/jql", json={"jql": "project = INF"}).json()
    assert found["issues"] == [{"id": made["id"]}]


def test_the_index_lags_when_it_is_told_to(site: Site) -> None:
    site.switch("index", lag=60)
    made = site.create()
    assert site.found("project = INF") == []
    body = {"jql": "project = INF", "fields": ["summary"], "reconcileIssues": [int(made["id"])]}
    assert len(site.api.post("/rest/api/3/search/jql", json=body).json()["issues"]) == 1
    site.switch("index", lag=0)
    assert site.found("project = INF") == ["INF-1"]


def test_the_index_shows_an_issue_as_it_was(site: Site) -> None:
    site.create("Before")
    site.switch("clock", skew=120)
    site.switch("index", lag=60)
    site.api.put("/rest/api/3/issue/INF-1", json={"fields": {"summary": "After"}})
    assert site.found('summary ~ "Before"') == ["INF-1"]
    assert site.found('summary ~ "After"') == []


def test_the_old_search_is_gone(site: Site) -> None:
    answer = site.api.get("/rest/api/3/search", params={"jql": "project = INF"})
    assert answer.status_code == 410
