"""A small Jira site in memory for tests of the connector alone: answers by path, and what was asked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from portal.core.text import adf
from sync.connectors.base import Account, Basic, Credential
from sync.connectors.jira.connector import JiraConnector
from tests.sync.connectors.zendesk.desk import Drawer

BASE = "https://acme.atlassian.net"
TOKEN = Basic("bot@example.org", "t0ken")
ME = {"accountId": "bot-1", "displayName": "Sync Bot", "timeZone": "Europe/Berlin"}
JANE = {"accountId": "jane-1", "displayName": "Jane Roe", "emailAddress": "jane@example.org"}
API = "/rest/api/3"
FIELDS = [
    {"id": "summary", "schema": {"type": "string", "system": "summary"}},
    {"id": "customfield_10050", "schema": {"type": "string", "custom": "x:textfield"}},
    {"id": "customfield_10051", "schema": {"type": "option", "custom": "x:select"}},
    {"id": "customfield_10052", "schema": {"type": "string", "custom": "x:textarea"}},
    {"id": "customfield_10053", "schema": {"type": "number", "custom": "x:float"}},
    {"id": "customfield_10054", "schema": {"type": "datetime", "custom": "x:datetime"}},
    {"id": "customfield_10055", "schema": {"type": "array", "items": "option", "custom": "x:multiselect"}},
    {"id": "customfield_10056", "schema": {"type": "option-with-child", "custom": "x:cascadingselect"}},
]
AT = "2026-01-05T11:00:00.000+0100"

Answer = Mapping[str, object] | list[object] | Callable[[httpx.Request], httpx.Response]


def entry(number: int, *items: Mapping[str, object], **more: object) -> dict[str, object]:
    """An entry of the change log."""
    return {"id": str(number), "author": JANE, "created": AT, "items": list(items), **more}


def changed(name: str, old: str | None, new: str | None, **more: object) -> dict[str, object]:
    """An item of an entry."""
    ids = {"from": None, "to": None}
    return {"field": name, "fieldtype": "jira", "fieldId": name, **ids, "fromString": old, "toString": new, **more}


def comment(number: int, body: str, **more: object) -> dict[str, object]:
    """A comment with its properties."""
    document = adf.from_markdown(body)
    said = {"id": str(number), "author": JANE, "body": document, "created": AT, "updated": AT, "jsdPublic": True}
    return said | {"properties": []} | more


def media(name: str) -> dict[str, object]:
    """A document that shows a file."""
    node = {"type": "media", "attrs": {"id": "m", "type": "file", "collection": "", "alt": name}}
    return {"type": "doc", "version": 1, "content": [{"type": "mediaSingle", "content": [node]}]}


@dataclass(slots=True)
class Site:
    """Answers by "METHOD /path", and every request that was made."""

    fields: dict[str, object] = field(default_factory=dict)
    history: list[dict[str, object]] = field(default_factory=list)
    comments: list[dict[str, object]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def connector(self, credential: Credential = TOKEN, **settings: str) -> JiraConnector:
        """A connector to this site."""
        http = httpx.Client(transport=httpx.MockTransport(self._answer), follow_redirects=False)
        return JiraConnector(Account(BASE, Drawer(credential), {"project": "INF", "type": "Task"} | settings), http)

    def calls(self) -> list[str]:
        """ "METHOD /path" of every request, without the API's prefix."""
        return [f"{one.method} {one.url.path.removeprefix(API)}" for one in self.asked]

    def sent(self, call: str) -> dict[str, Any]:
        """The body of the last request of a call."""
        found = [one for one, name in zip(self.asked, self.calls(), strict=True) if name == call]
        return dict(json.loads(found[-1].content))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        key = f"{request.method} {request.url.path.removeprefix(API)}"
        found = self.answers.get(key, self._usual().get(key))
        if found is None:
            return httpx.Response(404, json={"errorMessages": ["Issue does not exist."], "errors": {}})
        return found(request) if callable(found) else httpx.Response(200, json=found)

    def issue(self) -> dict[str, object]:
        """The issue 10042 as Jira answers it."""
        usual: dict[str, object] = {
            "project": {"key": "INF", "id": "10000"},
            "issuetype": {"name": "Task"},
            "summary": "Printer on fire",
            "status": {"name": "To Do"},
            "labels": [],
            "created": AT,
            "updated": "2026-01-05T11:05:00.123+0100",
            "reporter": JANE,
            "comment": {"comments": [], "total": len(self.comments)},
            "attachment": [],
        }
        share = self.history[-2:][::-1]
        return {
            "id": "10042",
            "key": "INF-7",
            "fields": usual | self.fields,
            "changelog": {"histories": share, "total": len(self.history), "startAt": 0, "maxResults": len(share)},
            "schema": {str(one["id"]): one["schema"] for one in FIELDS},
            "properties": {"concord": {"key": "k-1"}},
        }

    def _usual(self) -> dict[str, Answer]:
        count = len(self.comments)
        return {
            "GET /myself": ME,
            "GET /field": list(FIELDS),
            "GET /serverInfo": {"deploymentType": "Cloud", "version": "1001", "serverTime": AT},
            "GET /issue/10042": self.issue(),
            "GET /issue/10042/comment": {"comments": self.comments, "total": count, "startAt": 0, "maxResults": 100},
            "GET /issue/10042/changelog": {"values": self.history, "total": len(self.history), "isLast": True},
            "PUT /issue/10042": {},
            "GET /issue/createmeta/INF/issuetypes": {
                "issueTypes": [{"id": "10001", "name": "Task"}, {"id": "10004", "name": "Sub-task", "subtask": True}],
                "total": 2,
            },
            "POST /issue": {"id": "10043", "key": "INF-8"},
            "GET /user/assignable/search": [JANE],
        }
