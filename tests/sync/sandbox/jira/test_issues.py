"""The practice Jira's issues: what is refused and how, history, transitions, properties, moves."""

from typing import Any

import pytest

from portal.core.text import adf
from tests.sync.sandbox.jira.site import Site

BAD_FIELDS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no summary": ({"summary": ""}, "summary", "You must specify a summary of the issue."),
    "long summary": ({"summary": "x" * 255}, "summary", "Summary must be less than 255 characters."),
    "two lines": ({"summary": "a\nb"}, "summary", "The summary is invalid because it contains newline characters."),
    "plain text": ({"description": "text"}, "description", "Operation value must be an Atlassian Document"),
    "empty text": (
        {"description": {"type": "doc", "version": 1, "content": [{"type": "text", "text": ""}]}},
        "description",
        "INVALID_INPUT",
    ),
    "long text": ({"description": adf.from_markdown("x" * 33_000)}, "description", "The entered text is too long."),
    "no such priority": ({"priority": {"name": "No"}}, "priority", "The priority selected is invalid."),
    "no such option": ({"customfield_10051": {"value": "No"}}, "customfield_10051", "Option value 'No' is not valid"),
    "label with a blank": ({"labels": ["a b"]}, "labels", "The label 'a b' contains spaces which is invalid."),
    "no such person": ({"assignee": {"accountId": "x"}}, "assignee", "User 'x' does not exist."),
    "no date": ({"duedate": "tomorrow"}, "duedate", "Error parsing date string: tomorrow"),
    "status": ({"status": {"name": "Done"}}, "status", "Field 'status' cannot be set. It is not on the"),
    "resolution": ({"resolution": {"name": "Done"}}, "resolution", "Field 'resolution' cannot be set."),
    "unknown field": ({"customfield_99999": 1}, "customfield_99999", "Field 'customfield_99999' cannot be set."),
}


@pytest.mark.parametrize("name", BAD_FIELDS)
def test_a_wrong_value_is_refused_with_its_field(site: Site, name: str) -> None:
    given, field, words = BAD_FIELDS[name]
    base = {"project": {"key": "INF"}, "issuetype": {"name": "Task"}, "summary": "x"}
    answer = site.api.post("/rest/api/3/issue", json={"fields": base | given})
    assert answer.status_code == 400
    assert answer.json()["errors"][field].startswith(words)
    assert site.found("project = INF") == []


def test_v2_speaks_wiki_and_v3_documents(site: Site) -> None:
    fields = {"project": {"key": "INF"}, "issuetype": {"name": "Task"}, "summary": "x", "description": "*bold*"}
    assert site.api.post("/rest/api/2/issue", json={"fields": fields}).status_code == 201
    document = site.issue("INF-1")["fields"]["description"]
    assert adf.to_markdown(document) == "**bold**"
    assert site.api.get("/rest/api/latest/issue/INF-1").json()["fields"]["description"] == "*bold*"


def test_every_change_is_in_the_history_with_its_author(site: Site) -> None:
    site.create(labels=["a"])
    site.ines.put("/rest/api/3/issue/INF-1", json={"fields": {"summary": "New", "priority": {"name": "High"}}})
    site.api.put("/rest/api/3/issue/INF-1", json={"update": {"labels": [{"add": "b"}, {"remove": "a"}]}})
    first, second = site.get("issue/INF-1/changelog")["values"]
    assert first["author"]["displayName"] == "Ines Ortega"
    assert [(item["field"], item["toString"]) for item in first["items"]] == [
        ("summary", "New"),
        ("priority", "High"),
    ]
    assert [(item["fromString"], item["toString"]) for item in second["items"]] == [("a", "b")]


def test_a_write_that_changes_nothing_leaves_no_trace(site: Site) -> None:
    site.create("Same")
    before = site.issue("INF-1")["fields"]["updated"]
    site.api.put("/rest/api/3/issue/INF-1", json={"fields": {"summary": "Same"}})
    assert site.issue("INF-1")["fields"]["updated"] == before
    assert site.get("issue/INF-1/changelog")["total"] == 0


def test_a_field_cannot_be_set_twice_in_one_request(site: Site) -> None:
    site.create()
    body = {"fields": {"labels": ["a"]}, "update": {"labels": [{"add": "b"}]}}
    assert site.api.put("/rest/api/3/issue/INF-1", json=body).status_code == 400


def test_the_workflow_is_kept(site: Site) -> None:
    site.create()
    wrong = site.move("INF-1", "31")
    assert wrong.status_code == 400
    assert "not valid for the current state" in wrong.json()["errorMessages"][0]
    assert [site.move("INF-1", arrow).status_code for arrow in ("11", "21", "31")] == [204, 204, 204]
    assert site.issue("INF-1")["fields"]["resolution"]["name"] == "Done"
    assert site.move("INF-1", "41").status_code == 204
    fields = site.issue("INF-1")["fields"]
    assert (fields["status"]["name"], fields["resolution"]) == ("To Do", None)


def test_a_screen_asks_for_its_field(site: Site) -> None:
    site.create()
    (screen,) = [
        one
        for one in site.get("issue/INF-1/transitions", expand="transitions.fields")["transitions"]
        if one["hasScreen"]
    ]
    assert screen["fields"]["resolution"]["required"]
    assert site.move("INF-1", screen["id"]).json()["errors"] == {"resolution": "Resolution is required."}
    assert site.move("INF-1", screen["id"], fields={"resolution": {"name": "Duplicate"}}).status_code == 204


def test_properties_are_kept_from_the_create_on(site: Site) -> None:
    fields = {"project": {"key": "INF"}, "issuetype": {"name": "Task"}, "summary": "x"}
    site.api.post("/rest/api/3/issue", json={"fields": fields, "properties": [{"key": "p", "value": {"a": 1}}]})
    assert site.issue("INF-1", properties="p")["properties"] == {"p": {"a": 1}}
    assert site.get("issue/INF-1/properties/p") == {"key": "p", "value": {"a": 1}}
    path = "/rest/api/3/issue/INF-1/properties/q"
    assert [site.api.put(path, json=2).status_code for _ in range(2)] == [201, 200]
    assert site.api.delete(path).status_code == 204
    assert site.api.get(path).status_code == 404


def test_a_moved_issue_keeps_its_id_and_its_old_key(site: Site) -> None:
    made = site.create()
    assert site.switch("move", issue="INF-1", project="LAB") == {"id": made["id"], "key": "LAB-1"}
    assert site.issue("INF-1")["key"] == "LAB-1"
    assert site.issue("INF-1")["id"] == made["id"]


def test_a_body_that_is_no_object_is_refused(site: Site) -> None:
    for body in (b"[1]", b"{", b'{"fields": []}', b'{"fields": {}, "update": 1}'):
        answer = site.api.post("/rest/api/3/issue", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400


def test_restricted_comments_are_for_their_role_only(site: Site) -> None:
    site.create()
    assert site.say("INF-1", "secret", visibility={"type": "role", "value": "Developers"}).status_code == 201
    assert site.say("INF-1", "no", visibility={"type": "role", "value": "Administrators"}).status_code == 400
    assert site.ines.get("/rest/api/3/issue/INF-1/comment").json()["total"] == 1
    assert site.sam.get("/rest/api/3/issue/INF-1/comment").json()["total"] == 0
    assert site.sam.get("/rest/api/3/issue/INF-1").json()["fields"]["comment"]["total"] == 0


def test_an_edit_without_a_restriction_opens_the_comment(site: Site) -> None:
    site.create()
    number = site.say("INF-1", "secret", visibility={"type": "role", "value": "Developers"}).json()["id"]
    body = {"body": adf.from_markdown("open")}
    edited = site.api.put(f"/rest/api/3/issue/INF-1/comment/{number}", json=body).json()
    assert "visibility" not in edited


def test_a_payload_of_the_wrong_shape_is_refused_everywhere(site: Site) -> None:
    site.create()
    odd: tuple[object, ...] = (1, "x", [1], {"a": [1]}, True)
    paths = (
        "issue",
        "issue/bulk",
        "issue/INF-1/transitions",
        "issue/INF-1/comment",
        "search/jql",
        "comment/list",
        "issue/bulkfetch",
        "jql/match",
        "webhook",
    )
    names = ("fields", "update", "issueUpdates", "transition", "body", "visibility", "properties", "ids", "webhooks")
    for path in paths:
        for name in names:
            for value in odd:
                body = {"body": adf.from_markdown("x"), "jql": "project = INF", name: value}
                answer = site.api.post(f"/rest/api/3/{path}", json=body)
                assert answer.status_code < 500, (path, name, value)
