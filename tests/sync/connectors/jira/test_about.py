"""Checking and describing: what is missing is told in sentences, what there is by name."""

import httpx

from sync.engine.types import FieldType
from tests.sync.connectors.jira.site import Site

RIGHTS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "TRANSITION_ISSUES",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "CREATE_ATTACHMENTS",
)
SCREEN = "GET /issue/createmeta/INF/issuetypes/10001"


def meta(key: str, kind: str, **more: object) -> dict[str, object]:
    return {"fieldId": key, "key": key, "name": key.title(), "required": False, "schema": {"type": kind}, **more}


def healthy() -> Site:
    site = Site()
    held = {key: {"havePermission": True} for key in RIGHTS}
    options = [{"id": "1", "name": "High"}, {"id": "2", "name": "Low"}]
    screen = [meta("summary", "string", required=True), meta("labels", "array"), meta("votes", "any")]
    screen.append(meta("priority", "priority", allowedValues=options))
    site.answers |= {
        "GET /mypermissions": {"permissions": held},
        SCREEN: {"fields": screen, "total": len(screen)},
        "GET /project/INF/statuses": [{"name": "Task", "statuses": [{"name": "To Do"}, {"name": "Done"}]}],
        "GET /resolution": [{"name": "Fixed"}],
        "GET /attachment/meta": {"enabled": True, "uploadLimit": 10},
    }
    return site


def test_a_healthy_project_has_no_problems() -> None:
    found = healthy().connector().check()
    assert (found.problems, found.kinds, found.account.name) == ((), ("Task",), "Sync Bot")
    assert found.product == "Jira Cloud"
    assert "Europe/Berlin" in found.notes[0]


def test_a_missing_right_is_named() -> None:
    site = healthy()
    site.answers["GET /mypermissions"] = {
        "permissions": {key: {"havePermission": key != "ADD_COMMENTS"} for key in RIGHTS}
    }
    assert site.connector().check().problems == ("The account lacks the right “Add comments” in project INF.",)


def test_a_missing_project_is_a_problem_and_no_crash() -> None:
    (problem,) = healthy().connector(project="NOPE").check().problems
    assert problem.startswith("There is no project NOPE")


def test_a_missing_type_and_missing_labels_are_told() -> None:
    assert "no issue type Bug" in healthy().connector(type="Bug").check().problems[0]
    site = healthy()
    site.answers[SCREEN] = {"fields": [meta("summary", "string")], "total": 1}
    assert "has no field Labels" in site.connector().check().problems[0]


def test_another_product_is_told() -> None:
    site = healthy()
    site.answers["GET /serverInfo"] = {"deploymentType": "Server", "version": "9.4.0"}
    assert site.connector().check().problems == ("This is not Jira Cloud. Give the address of a Jira Cloud site.",)


def test_fields_are_described_with_their_options() -> None:
    schema = healthy().connector().describe("Task")
    known = {one.key: one for one in schema.fields}
    assert set(known) == {"summary", "labels", "priority", "status", "resolution"}
    assert known["summary"].required
    assert [one.value for one in known["priority"].options] == ["High", "Low"]
    assert known["status"].type is FieldType.STATUS
    assert [one.value for one in known["status"].options] == ["To Do", "Done"]
    assert (schema.comment_max_length, schema.attachment_max_bytes) == (32_767, 10)


def test_attachments_that_are_switched_off_have_no_room() -> None:
    site = healthy()
    site.answers["GET /attachment/meta"] = lambda _: httpx.Response(403, json={"errorMessages": ["Off"]})
    assert site.connector().describe("Task").attachment_max_bytes == 0
