"""Every request that the connector sends, held against Jira's own API description."""

import httpx
import pytest

from portal.core import clock
from sync.connectors.jira.listing import Cursor
from sync.engine.types import AddComment, Attach, EditComment, Fields, Move, SetFields
from tests.sync.connectors.jira.description import problems_of_request
from tests.sync.connectors.jira.site import Site, changed, comment, entry
from tests.sync.connectors.stage import content

pytestmark = pytest.mark.shared


def scenario() -> Site:
    """Every verb once, in every variant that changes the request."""
    bare = {name: value for name, value in comment(1, "x").items() if name != "properties"}
    site = Site(comments=[bare], history=[entry(n, changed("summary", "a", "b")) for n in range(1, 6)])
    arrow = {"id": "11", "to": {"name": "Done"}, "fields": {"resolution": {"required": True}}}
    held = {"BROWSE_PROJECTS": {"havePermission": True}}
    site.answers |= {
        "GET /mypermissions": {"permissions": held},
        "GET /issue/createmeta/INF/issuetypes/10001": {
            "fields": [{"fieldId": "labels", "name": "Labels"}],
            "total": 1,
        },
        "GET /project/INF/statuses": [{"name": "Task", "statuses": [{"name": "To Do"}]}],
        "GET /resolution": [{"name": "Done"}],
        "GET /attachment/meta": {"enabled": True, "uploadLimit": 10},
        "POST /search/jql": lambda _: httpx.Response(200, json={"issues": [], "isLast": False, "nextPageToken": "t"}),
        "POST /comment/list": {"values": [bare]},
        "GET /issue/10042/transitions": {"transitions": [arrow]},
        "POST /issue/10042/transitions": {},
        "POST /issue/10042/comment": {"id": "7"},
        "GET /issue/10042/comment/7": {"id": "7"},
        "PUT /issue/10042/comment/7": {"id": "7"},
        "POST /issue/10042/attachments": [{"id": "5"}],
        "GET /attachment/content/5": lambda _: httpx.Response(200, content=b"x"),
    }
    jira = site.connector(private_role="Developers")
    jira.check()
    jira.describe("Task")
    page = jira.changes(Cursor(clock.now(), clock.now()).text(), now=clock.now())
    jira.changes(page.cursor, now=clock.now())
    jira.changes("", now=clock.now())
    fields: Fields = {"summary": "a", "description": "**b**", "labels": ("x",), "customfield_10051": "Gold"}
    jira.create("Task", fields | {"assignee": "Jane Roe", "priority": "High", "duedate": "2026-01-31"}, "k")  # type: ignore[operator]
    jira.find("Task", "k")
    jira.read("10042")
    jira.apply("10042", SetFields({"labels": ("y",), "summary": "c", "assignee": None}), "k")
    jira.apply("10042", SetFields({"status": "Done", "resolution": "Done"}), "k")
    site.fields["status"] = {"name": "Blocked"}
    jira.apply("10042", Move("status", "Blocked"), "k")
    jira.apply("10042", AddComment("x"), "k")
    jira.apply("10042", AddComment("x", public=False), "k")
    jira.apply("10042", EditComment("7", "x"), "k")
    jira.apply("10042", Attach("a.txt", "text/plain", 1), "k", content(b"x"))
    with jira.attachment("10042", "5") as pieces:
        assert list(pieces)
    return site


def test_every_request_is_one_that_jira_describes() -> None:
    site = scenario()
    problems = {f"{one.method} {one.url}": problems_of_request(one) for one in site.asked}
    assert {name: said for name, said in problems.items() if said} == {}
    assert len(set(site.calls())) >= 20
