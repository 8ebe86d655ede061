"""People at work in the two trackers of the story, over the trackers' own APIs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from portal.core.text import adf
from sync.sandbox.zendesk.seed import AGENT_EMAIL
from tests.sync.flow.practice import INES, TOKEN, Practice

Json = dict[str, Any]
BLANK = re.compile(r"\n{3,}")
PRODUCT, REFERENCE = 16164101574190, 16164101574191
JIRA_REFERENCE, JIRA_PRODUCT = "customfield_10050", "customfield_10051"
NO_CHECK = {"X-Atlassian-Token": "no-check"}


@dataclass(slots=True)
class Desk:
    """An agent of Mercuri's in Zendesk; `seen` keeps every body that the tracker answered with."""

    practice: Practice
    email: str = AGENT_EMAIL
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            base_url=self.practice.url, auth=(f"{self.email}/token", TOKEN), timeout=20, trust_env=False
        )

    def call(self, method: str, path: str, **given: Any) -> Json:
        """One request that must succeed."""
        answer = self.http.request(method, f"/api/v2/{path}", **given)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def open(self, subject: str, body: str = "Since noon.", **ticket: object) -> str:
        """A new ticket; its id."""
        given = {"ticket": {"subject": subject, "comment": {"body": body}, **ticket}}
        return str(self.call("POST", "tickets", json=given)["ticket"]["id"])

    def set(self, ticket: str, **fields: object) -> None:
        """Change a ticket."""
        self.call("PUT", f"tickets/{ticket}", json={"ticket": fields})

    def comment(self, ticket: str, text: str, *, public: bool = True) -> None:
        """A comment or an internal note."""
        self.set(ticket, comment={"body": text, "public": public})

    def attach(self, ticket: str, name: str, data: bytes, *, public: bool = True) -> None:
        """A file, with the comment that carries it."""
        headers = {"Content-Type": "application/octet-stream"}
        made = self.call("POST", "uploads", params={"filename": name}, content=data, headers=headers)
        uploads = [made["upload"]["token"]]
        self.set(ticket, comment={"body": f"See {name}", "public": public, "uploads": uploads})

    def ticket(self, ticket: str) -> Json:
        """A ticket as it stands."""
        return dict(self.call("GET", f"tickets/{ticket}")["ticket"])

    def comments(self, ticket: str) -> list[Json]:
        """All comments, oldest first, the description among them."""
        return list(self.call("GET", f"tickets/{ticket}/comments")["comments"])

    def words(self, ticket: str) -> list[str]:
        """What the comments say after the description."""
        return [BLANK.sub("\n\n", str(one["plain_body"])).strip() for one in self.comments(ticket)[1:]]

    def files(self, ticket: str) -> dict[str, bytes]:
        """Name → bytes of every file."""
        found = [one for comment in self.comments(ticket) for one in comment["attachments"]]
        return {one["file_name"]: self.http.get(one["content_url"], follow_redirects=True).content for one in found}

    def statuses(self, ticket: str) -> list[str]:
        """Every status the ticket was moved to, in order."""
        return [value for name, value in self.history(ticket) if name == "status"]

    def history(self, ticket: str) -> Iterator[tuple[str, str]]:
        """(field, new value) of every change after the birth."""
        for audit in self.call("GET", f"tickets/{ticket}/audits")["audits"]:
            for event in audit["events"]:
                if event["type"] == "Change":
                    yield str(event["field_name"]), str(event["value"])


@dataclass(slots=True)
class Board:
    """An architect of Infinity's in Jira."""

    practice: Practice
    email: str = INES
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.practice.url, auth=(self.email, TOKEN), timeout=20, trust_env=False)

    def call(self, method: str, path: str, **given: Any) -> Json:
        """One request that must succeed."""
        answer = self.http.request(method, f"/rest/api/3/{path}", **given)
        assert answer.is_success, answer.text
        return dict(answer.json()) if answer.content and answer.text.startswith("{") else {}

    def open(self, summary: str, **fields: object) -> str:
        """A new task; its id."""
        given = {"project": {"key": "INF"}, "issuetype": {"name": "Task"}, "summary": summary, **fields}
        return str(self.call("POST", "issue", json={"fields": given})["id"])

    def comment(self, issue: str, text: str) -> str:
        """A comment; its id."""
        return str(self.call("POST", f"issue/{issue}/comment", json={"body": adf.from_markdown(text)})["id"])

    def edit(self, issue: str, comment: str, text: str) -> None:
        """Another text for a comment."""
        self.call("PUT", f"issue/{issue}/comment/{comment}", json={"body": adf.from_markdown(text)})

    def attach(self, issue: str, name: str, data: bytes) -> None:
        """A file."""
        sent = {"file": (name, data, "application/octet-stream")}
        self.call("POST", f"issue/{issue}/attachments", files=sent, headers=NO_CHECK)

    def set(self, issue: str, **fields: object) -> None:
        """Change fields."""
        self.call("PUT", f"issue/{issue}", json={"fields": fields})

    def move(self, issue: str, status: str) -> None:
        """Move to a status by its transition."""
        offered = self.call("GET", f"issue/{issue}/transitions")["transitions"]
        arrow = next(one["id"] for one in offered if one["to"]["name"] == status)
        self.call("POST", f"issue/{issue}/transitions", json={"transition": {"id": arrow}})

    def issue(self, issue: str) -> Json:
        """The fields of an issue as they stand."""
        return dict(self.call("GET", f"issue/{issue}")["fields"])

    def words(self, issue: str) -> list[str]:
        """What the comments say, oldest first."""
        rows = self.call("GET", f"issue/{issue}/comment", params={"orderBy": "created"})["comments"]
        return [adf.to_markdown(row["body"]).strip() for row in rows]

    def files(self, issue: str) -> list[tuple[str, bytes]]:
        """Name and bytes of every file."""
        rows = self.issue(issue)["attachment"]
        return [
            (row["filename"], self.http.get(row["content"], follow_redirects=True).content)
            for row in sorted(rows, key=lambda row: int(row["id"]))
        ]

    def statuses(self, issue: str) -> list[str]:
        """Every status the issue was moved to, in order."""
        rows = self.call("GET", f"issue/{issue}/changelog", params={"maxResults": 100})["values"]
        moves = [item for row in rows for item in row["items"] if item["field"] == "status"]
        return [item["toString"] for item in moves]

    def titled(self, summary: str) -> list[str]:
        """Ids of the issues with exactly this summary."""
        body = {"jql": "project = INF ORDER BY id ASC", "fields": ["summary"], "maxResults": 500}
        rows = self.call("POST", "search/jql", json=body)["issues"]
        return [row["id"] for row in rows if row["fields"]["summary"] == summary]
