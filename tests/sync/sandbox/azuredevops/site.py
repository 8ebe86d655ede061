"""A practice Azure DevOps for tests: the sync account's and a person's hands on its API."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sync.sandbox.azuredevops.seed import ORGANISATION, VISITOR_EMAIL, give
from sync.sandbox.azuredevops.tracker import PracticeAzureDevOps, make
from sync.sandbox.store import Store
from tests.sync.sandbox.serving import served

TOKEN, HAND = "practice-token", "hand-token"
PATCH = {"Content-Type": "application/json-patch+json"}
V, PREVIEW = {"api-version": "7.1"}, {"api-version": "7.1-preview.4"}
WIT = f"/{ORGANISATION}/Delivery/_apis/wit"
HOOKS = f"/{ORGANISATION}/_apis/hooks/subscriptions"

Json = dict[str, Any]


def add(name: str, value: object) -> Json:
    """An operation on a field, or on another path that begins with a slash."""
    return {"op": "add", "path": name if name.startswith("/") else f"/fields/{name}", "value": value}


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is, and who asks: the sync account, Gita, nobody."""

    address: str
    practice: PracticeAzureDevOps
    api: httpx.Client
    gita: httpx.Client
    nobody: httpx.Client

    def create(self, title: str = "Link is down", *more: Json, kind: str = "Bug") -> Json:
        """A new item."""
        answer = self.api.post(
            f"{WIT}/workitems/${kind}", params=V, json=[add("System.Title", title), *more], headers=PATCH
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def patch(self, number: int, *operations: Json, **params: str) -> httpx.Response:
        """A JSON Patch."""
        place = f"{WIT}/workitems/{number}"
        return self.api.patch(place, params={**V, **params}, json=list(operations), headers=PATCH)

    def get(self, path: str, **params: str | int) -> Json:
        """A GET that must succeed."""
        answer = self.api.get(f"{WIT}/{path}", params={**V, **params})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def query(self, condition: str, **params: str) -> httpx.Response:
        """A query for ids."""
        query = f"SELECT [System.Id] FROM WorkItems WHERE {condition}"  # noqa: S608 - WIQL
        return self.api.post(f"{WIT}/wiql", params={**V, **params}, json={"query": query})

    def found(self, condition: str, **params: str) -> list[int]:
        """The ids that a query finds."""
        answer = self.query(condition, **params)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["workItems"]]

    def say(self, number: int, text: str, *, by: httpx.Client | None = None, **params: str) -> httpx.Response:
        """A comment."""
        place = f"{WIT}/workItems/{number}/comments"
        return (by or self.api).post(place, params={**PREVIEW, **params}, json={"text": text})

    def switch(self, name: str, **state: object) -> Json:
        """Turn one of the practice system's own switches."""
        return dict(self.nobody.post(f"/_practice/{name}", json=state).raise_for_status().json())


@contextmanager
def standing(path: Path) -> Iterator[Site]:
    """A practice Azure DevOps on a free port."""
    store = Store(path / "azuredevops.sqlite3")
    practice = make(store, TOKEN)
    give(store, VISITOR_EMAIL, HAND)
    with served(practice) as address:
        api, gita = (httpx.Client(base_url=address, auth=("", one), timeout=15) for one in (TOKEN, HAND))
        yield Site(address, practice, api, gita, httpx.Client(base_url=address, timeout=15))
