"""A small Zendesk account in memory for tests of the connector alone: answers by path, and what was asked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

FIELDS = [
    {"id": 1, "type": "subject", "title": "Subject", "active": True},
    {
        "id": 360001,
        "type": "tagger",
        "title": "Product",
        "active": True,
        "custom_field_options": [
            {"id": 1, "name": "Printer", "value": "prod_printer"},
            {"id": 2, "name": "Scanner", "value": "prod_scanner"},
        ],
    },
    {
        "id": 360002,
        "type": "multiselect",
        "title": "Sites",
        "active": True,
        "custom_field_options": [
            {"id": 3, "name": "Oslo", "value": "site_oslo"},
            {"id": 4, "name": "Rome", "value": "site_rome"},
        ],
    },
    {"id": 360003, "type": "checkbox", "title": "Urgent call", "active": True, "tag": "call"},
    {"id": 360004, "type": "integer", "title": "Count", "active": True},
    {"id": 360005, "type": "date", "title": "Due", "active": True},
    {"id": 360006, "type": "textarea", "title": "Old", "active": False},
    {"id": 360007, "type": "lookup", "title": "Asset", "active": True},
]
STATUSES = [
    {"id": 11, "status_category": "new", "agent_label": "New", "active": True, "default": True},
    {"id": 12, "status_category": "open", "agent_label": "Open", "active": True, "default": True},
    {"id": 13, "status_category": "open", "agent_label": "In analysis", "active": True, "default": False},
    {"id": 14, "status_category": "pending", "agent_label": "Pending", "active": True, "default": True},
    {"id": 15, "status_category": "solved", "agent_label": "Solved", "active": True, "default": True},
]
TICKET = {
    "id": 35436,
    "external_id": "concord:c1.abc",
    "subject": "Printer on fire",
    "description": "Since noon",
    "status": "open",
    "custom_status_id": 13,
    "priority": "high",
    "type": "incident",
    "requester_id": 1,
    "assignee_id": 2,
    "group_id": 3,
    "tags": ["desk", "prod_printer", "call"],
    "custom_fields": [
        {"id": 360001, "value": "prod_printer"},
        {"id": 360002, "value": ["site_rome", "site_oslo"]},
        {"id": 360003, "value": True},
        {"id": 360004, "value": "7"},
        {"id": 360005, "value": "2026-01-31"},
        {"id": 360006, "value": "kept"},
    ],
    "is_public": True,
    "created_at": "2026-01-05T10:00:00Z",
    "updated_at": "2026-01-05T10:05:00Z",
}
USERS = [
    {"id": 1, "name": "Jane Roe", "email": "jane@example.org", "role": "end-user"},
    {"id": 2, "name": "Ada Agent", "email": "ada@example.org", "role": "agent"},
    {"id": 9, "name": "Sync Bot", "email": "bot@example.org", "role": "admin"},
]
GROUPS = [{"id": 3, "name": "Support"}, {"id": 4, "name": "Network"}]

Answer = Mapping[str, object] | Callable[[httpx.Request], httpx.Response]


def audit(number: int, at: str, *events: Mapping[str, object], author: int = 2, **custom: str) -> dict[str, object]:
    """An audit as the API shows it; events get ids of their own."""
    told = [{"id": number * 100 + place, **event} for place, event in enumerate(events)]
    return {
        "id": number,
        "ticket_id": 35436,
        "created_at": f"2026-01-05T{at}Z",
        "author_id": author,
        "metadata": {"system": {}, "custom": custom},
        "events": told,
        "via": {"channel": "web"},
    }


def said(html: str, *, public: bool = True, **more: object) -> dict[str, object]:
    """A comment event."""
    return {"type": "Comment", "html_body": html, "public": public, "attachments": [], **more}


def changed(name: str, old: object, new: object, **more: object) -> dict[str, object]:
    """A change event."""
    return {"type": "Change", "field_name": name, "previous_value": old, "value": new, **more}


FIRST = audit(100, "10:00:00", said("<p>Since noon</p>"), {"type": "Create", "field_name": "status", "value": "new"})


@dataclass(slots=True)
class Desk:
    """Answers by "METHOD /path", and every request that was made."""

    audits: list[dict[str, object]] = field(default_factory=lambda: [FIRST])
    ticket: dict[str, object] = field(default_factory=lambda: dict(TICKET))
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def transport(self) -> httpx.MockTransport:
        """For `connector`."""
        return httpx.MockTransport(self._answer)

    def sent(self, method: str) -> list[dict[str, Any]]:
        """The ticket of every request with this method."""
        return [json.loads(one.content)["ticket"] for one in self.asked if one.method == method]

    def calls(self) -> list[str]:
        """ "METHOD /path" of every request."""
        return [f"{one.method} {one.url.path}" for one in self.asked]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        key = f"{request.method} {request.url.path}"
        found = self.answers.get(key) or self._usual().get(key)
        if found is None:
            return httpx.Response(404, json={"error": "RecordNotFound", "description": "Not found"})
        return found(request) if callable(found) else httpx.Response(200, json=found)

    def _usual(self) -> dict[str, Answer]:
        api = "/api/v2"
        write: Answer = {"ticket": self.ticket, "audit": audit(900, "10:06:00")}
        return {
            f"GET {api}/ticket_fields": {"ticket_fields": FIELDS, "meta": {"has_more": False}},
            f"GET {api}/custom_statuses": {"custom_statuses": STATUSES},
            f"GET {api}/groups": {"groups": GROUPS},
            f"GET {api}/users/show_many": {"users": USERS},
            f"GET {api}/users/autocomplete": {"users": USERS},
            f"GET {api}/users/search": {"users": USERS},
            f"GET {api}/tickets/35436": {"ticket": self.ticket, "users": USERS, "groups": GROUPS},
            f"GET {api}/tickets/35436/audits": {
                "audits": self.audits,
                "tickets": [self.ticket],
                "users": USERS,
                "groups": GROUPS,
                "meta": {"has_more": False},
            },
            f"PUT {api}/tickets/35436": write,
            f"POST {api}/tickets": write,
        }
