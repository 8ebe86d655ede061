"""Every answer of the practice Jira, held against Jira's own API description."""

from collections.abc import Iterator

import httpx
import pytest

from tests.sync.connectors.jira.description import problems_of_answer
from tests.sync.sandbox.jira.site import Site, standing

pytestmark = pytest.mark.shared

READS = (
    "serverInfo",
    "myself",
    "field",
    "priority",
    "priority/3",
    "status",
    "status/3",
    "statuscategory",
    "resolution",
    "resolution/10000",
    "issuetype",
    "issueLinkType",
    "permissions",
    "mypermissions?permissions=BROWSE_PROJECTS,CREATE_ISSUES&projectKey=INF",
    "project",
    "project/search",
    "project/INF",
    "project/INF/statuses",
    "project/INF/components",
    "user/search?query=ines",
    "user/assignable/search?project=INF",
    "issue/createmeta/INF/issuetypes",
    "issue/createmeta/INF/issuetypes/10001",
    "issue/createmeta?projectKeys=INF&expand=projects.issuetypes.fields",
    "attachment/meta",
    "issue/INF-1?expand=changelog,schema,names&properties=*all",
    "issue/INF-1/transitions?expand=transitions.fields",
    "issue/INF-1/changelog",
    "issue/INF-1/comment?expand=properties",
    "issue/INF-1/editmeta",
    "issue/INF-1/properties",
    "issue/INF-1/properties/p",
    "search/jql?jql=project%20%3D%20INF&fields=*all&expand=changelog,schema,names&properties=p",
    "webhook",
    "issue/NONE-1",
    "issue/INF-1/comment/1",
)


def check(answer: httpx.Response) -> None:
    path = answer.request.url.path
    body = answer.json() if answer.content else None
    assert problems_of_answer(answer.request.method, path, answer.status_code, body) == []


def live(site: Site) -> None:
    """An issue that something happened to."""
    issue = site.create(labels=["a"], priority={"name": "High"}, components=[{"name": "Billing"}])
    key = issue["key"]
    site.api.put(f"/rest/api/3/issue/{key}/properties/p", json={"x": 1})
    site.move(key, "11", historyMetadata={"type": "t", "extraData": {"concord": "k"}})
    site.say(key, "Hello", properties=[{"key": "q", "value": 1}], visibility={"type": "role", "value": "Developers"})
    file = {"file": ("a.txt", b"abc", "text/plain")}
    path = f"/rest/api/3/issue/{key}/attachments"
    check(site.api.post(path, files=file, headers={"X-Atlassian-Token": "no-check"}))
    site.api.put(f"/rest/api/3/issue/{key}", json={"fields": {"duedate": "2027-01-01", "summary": "New"}})


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with such an issue, for reading only."""
    with standing(tmp_path_factory.mktemp("lived")) as site:
        live(site)
        yield site


@pytest.mark.parametrize("path", READS)
def test_a_read_answers_as_described(lived: Site, path: str) -> None:
    check(lived.api.get(f"/rest/api/3/{path}"))


def test_writes_answer_as_described(site: Site) -> None:
    live(site)
    api, issue = site.api, "/rest/api/3/issue"
    fields = {"project": {"key": "INF"}, "issuetype": {"id": "10001"}, "summary": "x"}
    check(api.post(issue, json={"fields": fields}))
    check(api.post(issue, json={"fields": {"summary": ""}}))
    check(api.post(f"{issue}/bulk", json={"issueUpdates": [{"fields": fields}, {"fields": {}}]}))
    check(api.put(f"{issue}/INF-2", json={"update": {"labels": [{"add": "x"}]}}))
    check(api.put(f"{issue}/INF-2?returnIssue=true", json={"fields": {"summary": "y"}}))
    check(api.put(f"{issue}/INF-2", json={"fields": {"status": {"name": "Done"}}}))
    check(site.move("INF-2", "33"))
    check(site.move("INF-2", "33", fields={"resolution": {"name": "Done"}}))
    said = site.say("INF-2", "A")
    check(said)
    comment = f"{issue}/INF-2/comment/{said.json()['id']}"
    check(api.put(comment, json={"body": {"type": "doc", "version": 1, "content": []}}))
    check(api.post("/rest/api/3/comment/list?expand=properties", json={"ids": [int(said.json()["id"])]}))
    check(api.delete(comment))
    check(api.post(f"{issue}/bulkfetch", json={"issueIdsOrKeys": ["INF-1", "X-1"], "fields": ["*all"]}))
    check(api.post("/rest/api/3/search/jql", json={"jql": "project = INF", "fields": ["summary"], "maxResults": 1}))
    check(api.post("/rest/api/3/search/jql", json={"jql": "nonsense = 1"}))
    check(api.post("/rest/api/3/search/approximate-count", json={"jql": "project = INF"}))
    check(api.post("/rest/api/3/jql/match", json={"issueIds": [10042], "jqls": ["project = INF"]}))
    hook = {"events": ["jira:issue_updated"], "jqlFilter": "project = INF"}
    made = api.post(
        "/rest/api/3/webhook", json={"url": "https://a.example/x", "webhooks": [hook, {"events": ["no"]}]}
    )
    check(made)
    check(api.get("/rest/api/3/webhook"))
    number = made.json()["webhookRegistrationResult"][0]["createdWebhookId"]
    check(api.put("/rest/api/3/webhook/refresh", json={"webhookIds": [number]}))
    check(api.request("DELETE", "/rest/api/3/webhook", json={"webhookIds": [number]}))
    check(api.delete(f"{issue}/INF-2"))


def test_a_caller_without_a_credential_is_answered_as_described(site: Site) -> None:
    answer = site.nobody.get("/rest/api/3/myself")
    assert answer.status_code == 401
    assert site.nobody.get("/rest/api/3/serverInfo").status_code == 200
    listed = site.nobody.post("/rest/api/3/search/jql", json={"jql": "project = INF"})
    assert (listed.status_code, listed.json()["issues"]) == (200, [])
