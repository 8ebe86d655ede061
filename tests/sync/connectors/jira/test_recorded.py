"""The connector against recorded traffic of real sites: odd values, real answers, real deliveries."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import yaml

from portal.core import clock
from sync.connectors.jira.answers import records, text
from sync.connectors.jira.errors import explain
from sync.connectors.jira.fields import info, shape_of
from sync.connectors.jira.history import actor, revisions
from sync.engine.types import SetFields
from tests.sync.connectors.jira.site import Site
from tests.sync.connectors.papers import papers, recordings

pytestmark = pytest.mark.shared
WEBHOOKS = "jira/mattermost-webhooks"


def bodies(name: str) -> list[dict[str, Any]]:
    """The bodies of one devlake file."""
    rows = json.loads(papers("recorded", "jira", "devlake-raw", name).read_text())
    return [json.loads(row["body"]) if isinstance(row["body"], str) else row["body"] for row in rows]


def exchanges() -> Iterator[tuple[str, str, int, str]]:
    """Method, path, status and body of every recorded exchange with a real site."""
    for path in recordings("jira/defectdojo-vcr", "*.yaml"):
        for one in yaml.safe_load(path.read_text())["interactions"]:
            request, response = one["request"], one["response"]
            told = response["body"]["string"]
            yield request["method"], httpx.URL(request["uri"]).path, response["status"]["code"], told


def serving(issue: dict[str, Any]) -> Site:
    """A site with one recorded issue."""
    site = Site()
    site.answers[f"GET /issue/{issue['id']}"] = issue
    listed = issue["fields"].get("comment", {}).get("comments", [])
    whole = [{**one, "properties": []} for one in listed]
    site.answers[f"GET /issue/{issue['id']}/comment"] = {"comments": whole, "total": len(whole)}
    log = issue.get("changelog", {}).get("histories", [])
    site.answers[f"GET /issue/{issue['id']}/changelog"] = {"values": log, "total": len(log), "isLast": True}
    return site


def test_every_recorded_issue_is_read() -> None:
    seen = 0
    for name in ("jira_api_issues.json", "jira_api_issues_for_due_date.json", "jira_external_epics.json"):
        for issue in bodies(name):
            project = issue["fields"].get("project", {}).get("key")
            if project is None or "updated" not in issue["fields"]:
                continue
            item = serving(issue).connector(project=project).read(issue["id"])
            log = issue.get("changelog", {}).get("histories", [])
            moved = [one for entry in log for one in entry["items"] if one.get("fieldId") == "status"]
            assert [one.new for one in item.revisions if one.field == "status"] == [
                one["toString"] for one in moved[::-1]
            ]
            assert item.fields["status"] == issue["fields"]["status"]["name"]
            assert len([part for part in item.parts if part.body]) == issue["fields"]["comment"]["total"]
            seen += 1
    assert seen >= 17


def test_every_issue_of_a_real_cloud_site_is_read() -> None:
    seen = 0
    for method, path, status, body in exchanges():
        if method != "GET" or "/issue/" not in path or "createmeta" in path or status != 200:
            continue
        issue = json.loads(body)
        item = serving(issue).connector(project=issue["fields"]["project"]["key"]).read(issue["id"])
        assert item.label == issue["key"]
        assert item.fields["summary"] == issue["fields"]["summary"]
        assert item.fields["priority"] == issue["fields"]["priority"]["name"]
        assert "customfield_10018" not in item.fields
        assert item.reporter is not None
        seen += 1
    assert seen > 20


def test_every_recorded_change_has_its_time_and_value() -> None:
    rows = [row for row in bodies("jira_api_issue_changelogs.json") if "items" in row]
    told = revisions(rows, {}, None)
    assert {one.field for one in told} >= {"status", "description", "priority", "resolution"}
    assert all(one.at.tzinfo and (one.old is not None or one.new is not None) for one in told)


def test_every_recorded_create_screen_is_described() -> None:
    path = papers(
        "recorded",
        "jira",
        "mattermost-createmeta",
        "webapp__src__testdata__cloud-get-create-issue-metadata-for-project-many-fields.json",
    )
    fields = json.loads(path.read_text())["projects"][0]["issuetypes"][0]["fields"]
    found = {one.key: one for one in (info(key, meta) for key, meta in fields.items()) if one is not None}
    assert found["summary"].required
    assert len(found) > 10
    assert all(one.label for one in found.values())
    assert any(one.options for key, one in found.items() if key.startswith("customfield_"))


def test_every_recorded_delivery_names_its_issue() -> None:
    seen = 0
    for path in recordings(WEBHOOKS):
        raw = path.read_bytes()
        event = json.loads(raw)
        project = event.get("issue", {}).get("fields", {}).get("project", {}).get("key", "X")
        signature = "sha256=" + hmac.new(b"s", raw, hashlib.sha256).hexdigest()
        jira = Site().connector(project=project)
        found = jira.parse_webhook({"X-Hub-Signature": signature}, raw, ("s",), now=clock.now())
        own = text(event.get("issue", {}).get("id"))
        assert [hint.record for hint in found][:1] == [own] if own else found
        seen += 1
    assert seen >= 28


def test_people_of_deliveries_may_be_odd_or_missing() -> None:
    for path in recordings(WEBHOOKS):
        event = json.loads(path.read_bytes())
        assert actor(event.get("user")).name
        for entry in records(event.get("changelog", {}).get("items")):
            assert shape_of(text(entry.get("fieldId")), None) is not None


def test_recorded_writes_are_answered_as_the_connector_reads_them() -> None:
    created = [json.loads(body) for method, path, status, body in exchanges() if (method, status) == ("POST", 201)]
    assert all({"id", "self"} <= set(one) for one in created)
    site = Site()
    site.answers["PUT /issue/10042"] = lambda _: httpx.Response(204)
    assert site.connector().apply("10042", SetFields({"summary": "x"}), "k").record == "10042"


def test_recorded_refusals_are_explained() -> None:
    path = papers("recorded", "jira", "jira-ruby-mock-responses", "version__10000.invalid.put.json")
    assert explain(json.loads(path.read_text())).sentence
