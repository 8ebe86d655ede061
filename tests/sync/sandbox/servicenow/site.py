"""A practice ServiceNow as a test uses it: clients by person, and short words for what tests do often."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sync.sandbox.servicenow.seed import SYNC_USER, VISITOR, digest
from sync.sandbox.servicenow.tracker import PracticeServiceNow, make
from sync.sandbox.store import Store
from tests.sync.sandbox.serving import served

TOKEN = "practice-servicenow-token"
TOM = "tom.baker"
TABLE = "/api/now/table"
Json = dict[str, Any]
#: made once: a client would make its own, which takes longer than most tests
TLS = ssl.create_default_context()


@dataclass(slots=True)
class Site:
    """`api` speaks as the sync account, `lena` as a designer, `tom` as somebody without roles."""

    address: str
    practice: PracticeServiceNow
    api: httpx.Client
    lena: httpx.Client
    tom: httpx.Client
    nobody: httpx.Client

    def switch(self, name: str, **state: object) -> Json:
        """Turn one of the practice system's own switches."""
        answer = self.nobody.post(f"/_practice/{name}", json=state)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def create(self, table: str = "incident", **fields: object) -> Json:
        """A new record, in stored values."""
        given = {"short_description": "Printer on fire", **fields}
        answer = self.lena.post(f"{TABLE}/{table}", json=given)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["result"])

    def change(self, number: str, *, table: str = "incident", **fields: object) -> httpx.Response:
        """A PATCH."""
        return self.lena.patch(f"{TABLE}/{table}/{number}", json=fields)

    def rows(self, table: str, query: str = "", **params: str) -> list[Json]:
        """The rows that a query finds."""
        answer = self.api.get(f"{TABLE}/{table}", params={"sysparm_query": query, **params})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["result"])

    def record(self, number: str, **params: str) -> Json:
        """One incident."""
        answer = self.api.get(f"{TABLE}/incident/{number}", params=params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["result"])

    def upload(self, number: str, name: str, data: bytes) -> Json:
        """A file on an incident."""
        asked = {"table_name": "incident", "table_sys_id": number, "file_name": name}
        answer = self.lena.post(
            "/api/now/attachment/file", params=asked, content=data, headers={"Content-Type": "text/plain"}
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["result"])


@contextmanager
def standing(path: Path) -> Iterator[Site]:
    """A practice ServiceNow on a free port, where three people have the same password."""
    store = Store(path / "servicenow.sqlite3")
    practice = make(store, TOKEN)
    store.put("passwords", TOM, {"digest": digest(TOKEN)})
    with served(practice) as address:
        api, lena, tom = (
            httpx.Client(base_url=address, auth=(one, TOKEN), timeout=15, verify=TLS)
            for one in (SYNC_USER, VISITOR, TOM)
        )
        yield Site(address, practice, api, lena, tom, httpx.Client(base_url=address, timeout=15, verify=TLS))
