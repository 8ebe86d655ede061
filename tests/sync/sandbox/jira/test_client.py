"""The usual Python client of Jira (pycontribs) works against the practice Jira, end to end."""

import io

import pytest
from jira import JIRA
from jira.exceptions import JIRAError

from sync.sandbox.jira.seed import SYNC_EMAIL
from tests.sync.sandbox.jira.site import TOKEN, Site


@pytest.fixture
def jira(site: Site) -> JIRA:
    """The client as its users make it."""
    return JIRA(site.address, basic_auth=(SYNC_EMAIL, TOKEN), max_retries=0)


def test_it_signs_in_and_sees_the_site(jira: JIRA) -> None:
    assert jira.server_info()["deploymentType"] == "Cloud"
    assert jira.myself()["displayName"] == "Concord"
    assert [one.key for one in jira.projects()] == ["INF", "LAB"]
    assert jira.project("INF").name == "Infinity Architecture"
    assert [one.name for one in jira.priorities()] == ["Highest", "High", "Medium", "Low", "Lowest"]
    assert "Done" in [one.name for one in jira.statuses()]
    assert "Duplicate" in [one.name for one in jira.resolutions()]
    assert "Task" in [one.name for one in jira.issue_types()]
    assert "Blocks" in [one.name for one in jira.issue_link_types()]
    assert "customfield_10050" in [one["id"] for one in jira.fields()]
    held = jira.my_permissions(projectKey="INF", permissions="BROWSE_PROJECTS")
    assert held["permissions"]["BROWSE_PROJECTS"]["havePermission"]
    (home,) = jira.createmeta("INF", expand="projects.issuetypes.fields")["projects"]
    assert "summary" in home["issuetypes"][0]["fields"]


def test_an_issue_lives_a_whole_life(jira: JIRA) -> None:
    issue = jira.create_issue(
        project="INF", summary="Bill is wrong", description="h1. Title\n\n*bold*", issuetype={"name": "Bug"}
    )
    assert issue.key == "INF-1"
    assert "*bold*" in str(issue.fields.description)
    issue.update(summary="Bill is right", priority={"name": "High"}, labels=[{"add": "bill"}])
    assert (issue.fields.summary, issue.fields.priority.name) == ("Bill is right", "High")
    jira.assign_issue(issue, "Ines Ortega")
    assert str(jira.issue(issue.key).fields.assignee) == "Ines Ortega"
    assert [one["name"] for one in jira.transitions(issue)] == [
        "Start work",
        "Review at once",
        "Finish at once",
        "Close without work",
    ]
    jira.transition_issue(issue, "Start work", comment="On it")
    jira.transition_issue(issue, "Finish")
    issue = jira.issue(issue.key, expand="changelog")
    assert (str(issue.fields.status), str(issue.fields.resolution)) == ("Done", "Done")
    moves = [item.toString for entry in issue.changelog.histories for item in entry.items if item.field == "status"]
    assert moves == ["Done", "In Progress"]
    assert [one.body for one in jira.comments(issue)] == ["On it"]
    jira.issue("INF-1").delete()  # type: ignore[no-untyped-call]
    with pytest.raises(JIRAError) as caught:
        jira.issue("INF-1")
    assert caught.value.status_code == 404


def test_comments_can_be_restricted_edited_and_deleted(jira: JIRA) -> None:
    issue = jira.create_issue(project="INF", summary="x", issuetype={"name": "Task"})
    open_one = jira.add_comment(issue, "Hello _you_")
    closed = jira.add_comment(issue, "Secret", visibility={"type": "role", "value": "Developers"})
    assert closed.visibility.value == "Developers"
    open_one.update(body="Hello all")
    assert jira.comment(issue, open_one.id).body == "Hello all"
    closed.delete()
    assert len(jira.comments(issue)) == 1


def test_a_file_goes_up_and_comes_back(jira: JIRA) -> None:
    issue = jira.create_issue(project="INF", summary="x", issuetype={"name": "Task"})
    made = jira.add_attachment(issue, io.BytesIO(b"hello world"), filename="Grüße.txt")
    assert (made.filename, made.size, made.get()) == ("Grüße.txt", 11, b"hello world")
    assert [one.id for one in jira.issue(issue.key).fields.attachment] == [made.id]
    jira.delete_attachment(made.id)
    assert jira.issue(issue.key).fields.attachment == []


def test_a_search_reads_all_pages(jira: JIRA) -> None:
    for number in range(7):
        jira.create_issue(project="INF", summary=f"Issue {number}", issuetype={"name": "Task"}, prefetch=False)
    found = jira.search_issues("project = INF ORDER BY created ASC", maxResults=3)
    assert [one.key for one in found] == ["INF-1", "INF-2", "INF-3"]
    rest = jira.enhanced_search_issues(
        "project = INF ORDER BY created ASC", maxResults=3, nextPageToken=found.nextPageToken
    )
    assert [one.key for one in rest] == ["INF-4", "INF-5", "INF-6"]
    assert len(jira.search_issues("project = INF", maxResults=0)) == 7


def test_people_are_found(jira: JIRA) -> None:
    assert [one.displayName for one in jira.search_users(query="ines")] == ["Ines Ortega"]
    assert "Sam Field" not in [one.displayName for one in jira.search_assignable_users_for_projects("", "INF")]


def test_a_wrong_query_and_a_wrong_token_are_told(jira: JIRA, site: Site) -> None:
    with pytest.raises(JIRAError) as caught:
        jira.search_issues("nonsense = 1")
    assert "Field 'nonsense' does not exist" in str(caught.value.text)
    with pytest.raises(JIRAError) as denied:
        JIRA(site.address, basic_auth=(SYNC_EMAIL, "wrong"), max_retries=0).myself()
    assert denied.value.status_code == 401
