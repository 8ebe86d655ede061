"""A practice Zendesk as a test uses it: clients by person, and short words for what tests do often."""

import ssl
from dataclasses import dataclass
from typing import Any

import httpx

from sync.sandbox.zendesk.seed import AGENT_EMAIL, SYNC_EMAIL
from sync.sandbox.zendesk.tracker import Zendesk

TOKEN = "practice-zendesk-token"
#: shared, because reading the system's certificates takes longer than most tests here
TLS = ssl.create_default_context()

Json = dict[str, Any]


@dataclass(slots=True)
class Desk:
    """`api` speaks as the sync account (admin), `asha` as an agent, `nobody` without a credential."""

    address: str
    practice: Zendesk
    api: httpx.Client
    asha: httpx.Client
    nobody: httpx.Client

    @classmethod
    def at(cls, address: str, practice: Zendesk) -> "Desk":
        """Clients for the practice Zendesk that listens there."""
        return cls(
            address,
            practice,
            client(address, SYNC_EMAIL),
            client(address, AGENT_EMAIL),
            httpx.Client(base_url=address, verify=TLS),
        )

    def cast(self, name: str) -> int:
        """The id of a seeded person or field: "asha", "jane", "field-tagger"."""
        found = self.practice.store.get("cast", name)
        assert found is not None
        return int(found["id"])

    def options(self, **changes: float) -> None:
        """Set options of the practice system."""
        assert self.nobody.post("/_practice/options", json=changes).status_code == 200

    def fault(self, **spec: object) -> None:
        """Plan a fault."""
        assert self.nobody.post("/_practice/faults", json=spec).status_code == 200

    def create(self, **given: object) -> Json:
        """Open a ticket and return it."""
        ticket = {"subject": "Printer on fire", "comment": {"body": "Since noon"}, **given}
        answer = self.api.post("/api/v2/tickets", json={"ticket": ticket})
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["ticket"])

    def put(self, ticket_id: int, **given: object) -> httpx.Response:
        """Change a ticket."""
        return self.api.put(f"/api/v2/tickets/{ticket_id}", json={"ticket": given})

    def get(self, path: str, **params: object) -> Json:
        """A GET that must succeed."""
        answer = self.api.get(f"/api/v2/{path}", params={k: str(v) for k, v in params.items()} or None)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def upload(self, name: str, body: bytes, media_type: str = "text/plain") -> Json:
        """Upload a file and return the upload."""
        headers = {"Content-Type": media_type}
        answer = self.api.post("/api/v2/uploads", params={"filename": name}, content=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["upload"])


def client(address: str, email: str, token: str = TOKEN) -> httpx.Client:
    """A client with an API token."""
    return httpx.Client(base_url=address, auth=(f"{email}/token", token), timeout=15, verify=TLS)
