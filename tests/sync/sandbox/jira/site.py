"""A practice Jira as a test uses it: clients by person, and short words for what tests do often."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from portal.core.text import adf
from sync.sandbox.jira.seed import SYNC_EMAIL, account_id, digest
from sync.sandbox.jira.tracker import PracticeJira, make
from sync.sandbox.store import Store
from tests.sync.sandbox.serving import served

TOKEN = "practice-jira-token"
INES = "ines@infinity.example"
SAM = "sam@infinity.example"
Json = dict[str, Any]
#: made once: a client would make its own, which takes longer than most tests
TLS = ssl.create_default_context()


@dataclass(slots=True)
class Site:
    """`api` speaks as the sync account, `ines` as an architect, `sam` as somebody without roles."""

    address: str
    practice: PracticeJira
    api: httpx.Client
    ines: httpx.Client
    sam: httpx.Client
    nobody: httpx.Client

    def switch(self, name: str, **state: object) -> Json:
        """Turn one of the practice system's own switches."""
        answer = self.nobody.post(f"/_practice/{name}", json=state)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def create(self, summary: str = "Printer on fire", **fields: object) -> Json:
        """A new task in INF; its id and key."""
        given = {"project": {"key": "INF"}, "issuetype": {"name": "Task"}, "summary": summary, **fields}
        answer = self.api.post("/rest/api/3/issue", json={"fields": given})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def issue(self, key: str, **params: str) -> Json:
        """An issue."""
        return self.get(f"issue/{key}", **params)

    def get(self, path: str, **params: str) -> Json:
        """A GET that must succeed."""
        answer = self.api.get(f"/rest/api/3/{path}", params=params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def found(self, jql: str) -> list[str]:
        """The keys that a query finds, in its order."""
        answer = self.api.post("/rest/api/3/search/jql", json={"jql": jql, "fields": ["summary"]})
        assert answer.status_code == 200, answer.text
        return [row["key"] for row in answer.json()["issues"]]

    def refused(self, jql: str) -> str:
        """Jira's words about a query that it refuses."""
        answer = self.api.post("/rest/api/3/search/jql", json={"jql": jql})
        assert answer.status_code == 400, answer.text
        return str(answer.json()["errorMessages"][0])

    def say(self, key: str, text: str, *, by: httpx.Client | None = None, **more: object) -> httpx.Response:
        """A comment."""
        body = {"body": adf.from_markdown(text), **more}
        return (by or self.api).post(f"/rest/api/3/issue/{key}/comment", json=body)

    def move(self, key: str, arrow: str, **more: object) -> httpx.Response:
        """A transition by id."""
        return self.api.post(f"/rest/api/3/issue/{key}/transitions", json={"transition": {"id": arrow}, **more})


@contextmanager
def standing(path: Path) -> Iterator[Site]:
    """A practice Jira on a free port, where three people have the same token."""
    store = Store(path / "jira.sqlite3")
    practice = make(store, TOKEN)
    for email in (INES, SAM):
        key = account_id(email)
        store.put("tokens", key, {"accountId": key, "email": email, "digest": digest(TOKEN)})
    with served(practice) as address:
        api, ines, sam = (
            httpx.Client(base_url=address, auth=(one, TOKEN), timeout=15, verify=TLS)
            for one in (SYNC_EMAIL, INES, SAM)
        )
        yield Site(address, practice, api, ines, sam, httpx.Client(base_url=address, timeout=15, verify=TLS))
