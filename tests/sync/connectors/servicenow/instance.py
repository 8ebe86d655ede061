"""A small ServiceNow in memory for tests of the connector alone: answers by path, and what was asked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from sync.connectors.base import Account, Basic, Credential
from sync.connectors.servicenow.connector import ServiceNowConnector
from tests.sync.connectors.zendesk.desk import Drawer

BASE = "https://acme.service-now.com"
API = "/api/now/v2/table"
FILES = "/api/now/v1/attachment"
BOT = Basic("concord", "s3cret")
ID = "9c573169c611228700193229fff72400"
JANE = "62826bf03710200044e0bfc8bcbe5df1"
AT = "2026-01-05 10:05:00"
DATED = {"Date": "Mon, 05 Jan 2026 10:10:00 GMT"}
Json = dict[str, Any]
Answer = Mapping[str, object] | list[Json] | Callable[[httpx.Request], httpx.Response]
ME = {"sys_id": "b" * 32, "user_name": "concord", "name": "Sync Bot", "time_zone": "GMT", "active": "true"}
USERS = [
    ME,
    {"sys_id": JANE, "user_name": "jane.roe", "name": "Jane Roe", "email": "jane@example.org"},
]


def entry(element: str, kind: str = "string", length: int = 40, *, table: str = "task", **more: str) -> Json:
    """A row of sys_dictionary."""
    usual = {"mandatory": "false", "read_only": "false", "reference": "", "choice": "0"}
    label = element.replace("_", " ").capitalize()
    row = {"name": table, "element": element, "column_label": label, "internal_type": kind}
    return {**row, "max_length": str(length), **usual, **more}


def choice(element: str, value: str, label: str, *, table: str = "incident") -> Json:
    """A row of sys_choice."""
    return {"name": table, "element": element, "value": value, "label": label}


DICTIONARY = [
    entry("short_description", length=160),
    entry("description", length=4000),
    entry("state", "integer", choice="3"),
    entry("priority", "integer", choice="3"),
    entry("urgency", "integer", choice="3"),
    entry("assigned_to", "reference", 32, reference="sys_user"),
    entry("assignment_group", "reference", 32, reference="sys_user_group"),
    entry("due_date", "due_date"),
    entry("active", "boolean"),
    entry("u_agreed", "boolean"),
    entry("u_day", "glide_date"),
    entry("u_cost", "decimal"),
    entry("u_page", "html", 65000),
    entry("watch_list", "glide_list", 4000),
    entry("comments", "journal_input", 4000),
    entry("work_notes", "journal_input", 4000),
    entry("caller_id", "reference", 32, table="incident", reference="sys_user"),
    entry("close_code", choice="1", table="incident"),
    entry("close_notes", length=4000),
    entry("hold_reason", "integer", choice="1", table="incident"),
    entry("correlation_id", length=100),
]
CHOICES = [
    choice("state", "1", "Open", table="task"),
    choice("state", "1", "New"),
    choice("state", "2", "In Progress"),
    choice("state", "3", "On Hold"),
    choice("state", "6", "Resolved"),
    choice("urgency", "1", "1 - High", table="task"),
    choice("urgency", "2", "2 - Medium", table="task"),
    choice("priority", "4", "4 - Low", table="task"),
    choice("close_code", "Solution provided", "Solution provided"),
    choice("hold_reason", "4", "Awaiting Vendor"),
]


def both(value: str, display: str | None = None) -> Json:
    """A value as `sysparm_display_value=all` tells it."""
    return {"value": value, "display_value": value if display is None else display}


@dataclass(slots=True)
class Instance:
    """Answers by "METHOD path", and every request that was made."""

    fields: Json = field(default_factory=dict)
    journal: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    audit: list[Json] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def connector(self, credential: Credential = BOT, **settings: str) -> ServiceNowConnector:
        """A connector to this instance."""
        http = httpx.Client(transport=httpx.MockTransport(self._answer), follow_redirects=False)
        return ServiceNowConnector(Account(BASE, Drawer(credential), settings), http)

    def calls(self) -> list[str]:
        """ "METHOD path" of every request, without the Table API's prefix."""
        return [f"{one.method} {one.url.path.removeprefix(API)}" for one in self.asked]

    def sent(self, call: str) -> Json:
        """The body of the last request of a call."""
        found = [one for one, name in zip(self.asked, self.calls(), strict=True) if name == call]
        return dict(json.loads(found[-1].content))

    def queries(self, table: str) -> list[str]:
        """The encoded queries that a table was asked with."""
        return [one.url.params.get("sysparm_query", "") for one in self.asked if one.url.path == f"{API}/{table}"]

    def record(self) -> Json:
        """The incident as the instance tells it with names."""
        usual = {
            "sys_id": both(ID),
            "number": both("INC0010042"),
            "sys_class_name": both("incident", "Incident"),
            "sys_created_on": both("2026-01-05 10:00:00", "2026-01-05 11:00:00"),
            "sys_updated_on": both(AT, "2026-01-05 11:05:00"),
            "sys_mod_count": both("3"),
            "short_description": both("Printer on fire"),
            "description": both("Since noon.\nTwo *floors*."),
            "state": both("2", "In Progress"),
            "urgency": both("1", "1 - High"),
            "caller_id": both(JANE, "Jane Roe"),
            "comments": both("", "2026-01-05 11:00:00 - Jane Roe (Additional comments)\nHello"),
            "work_notes": both("", "2026-01-05 11:00:00 - Jane Roe (Work notes)\ncanary"),
            "correlation_id": both("concord:k-1"),
            "correlation_display": both("Concord"),
        }
        return usual | self.fields

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        key = f"{request.method} {request.url.path.removeprefix(API)}"
        found = self.answers.get(key, self._usual().get(key))
        if found is None:
            error = {
                "message": "No Record found",
                "detail": "Record doesn't exist or ACL restricts the record retrieval",
            }
            return httpx.Response(404, json={"error": error, "status": "failure"})
        if callable(found):
            return found(request)
        headers = DATED | ({"X-Total-Count": str(len(found))} if isinstance(found, list) else {})
        return httpx.Response(200, json={"result": found}, headers=headers)

    def _users(self, request: httpx.Request) -> httpx.Response:
        query = request.url.params["sysparm_query"]
        if "gs.getUserName" in query:
            rows: list[Json] = [ME]
        else:
            rows = [
                one for one in USERS if any(str(one[key]) in query for key in one if key != "active" and one[key])
            ]
        return httpx.Response(200, json={"result": rows}, headers=DATED | {"X-Total-Count": str(len(rows))})

    @staticmethod
    def _objects(request: httpx.Request) -> httpx.Response:
        name = request.url.params["sysparm_query"].removeprefix("name=")
        rows = [{"name": name, "super_class.name": "" if name == "task" else "task"}]
        return httpx.Response(200, json={"result": rows}, headers={"X-Total-Count": "1"})

    @staticmethod
    def _echo(request: httpx.Request) -> httpx.Response:
        given = json.loads(request.content)
        result = {"sys_id": ID, "number": "INC0010042", "sys_mod_count": "4", **given}
        return httpx.Response(201 if request.method == "POST" else 200, json={"result": result})

    def _usual(self) -> dict[str, Answer]:
        return {
            "GET /sys_user": self._users,
            "GET /sys_db_object": self._objects,
            "GET /sys_dictionary": DICTIONARY,
            "GET /sys_choice": CHOICES,
            f"GET /incident/{ID}": self.record(),
            "GET /sys_journal_field": self.journal,
            "GET /sys_audit": self.audit,
            "GET /sys_attachment": self.files,
            "POST /incident": self._echo,
            f"PATCH /incident/{ID}": self._echo,
        }
