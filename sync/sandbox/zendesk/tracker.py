"""The practice Zendesk put together: its routes, accounts, limits and headers on the common frame."""

import secrets
from collections.abc import Sequence

from werkzeug.wrappers import Request, Response

from sync.sandbox.app import Practice
from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.store import Doc, Store
from sync.sandbox.zendesk import (
    accounts,
    audits,
    clients,
    comments,
    deleted,
    describe,
    incremental,
    jobs,
    oauth,
    options,
    pages,
    search,
    tags,
    tickets,
    uploads,
    users,
    webhooks,
)
from sync.sandbox.zendesk.seed import CLIENT_ID, seed

NOUNS: Sequence[Routes] = (
    tickets.ROUTES,
    comments.ROUTES,
    audits.ROUTES,
    tags.ROUTES,
    deleted.ROUTES,
    jobs.ROUTES,
    search.ROUTES,
    incremental.ROUTES,
    users.ROUTES,
    uploads.ROUTES,
    webhooks.ROUTES,
    describe.ROUTES,
    oauth.ROUTES,
    clients.ROUTES,
    options.ROUTES,
    pages.ROUTES,
)


class Zendesk(Practice):
    """A help desk that speaks the Support API on its own little host."""

    name = "Practice Zendesk"
    api_prefixes = ("/api/", "/oauth/tokens", "/attachments/", "/storage/")

    def __init__(self, store: Store) -> None:
        super().__init__(store, patience=webhooks.patience)
        self.meter = accounts.Meter()

    def routes(self) -> Sequence[Routes]:
        """All nouns."""
        return NOUNS

    def authenticate(self, request: Request) -> Doc | None:
        """The user behind an API request."""
        if not request.path.startswith("/api/"):
            return None
        return accounts.authenticate(self.store, request, self.now().timestamp())

    def admit(self, call: Call) -> None:
        """Limits first, then account, role and scope. Sign-in and files look after themselves."""
        if call.request.path.startswith("/api/"):
            accounts.limit(call, self.meter)
            accounts.admit(call)

    def not_found(self, call: Call) -> Response:
        """The API's 404 for an address that it does not have."""
        if self.is_api(call.request.path):
            return reply({"error": "InvalidEndpoint", "description": "Not found"}, status=404)
        return pages.missing(call)

    def unreadable(self, why: str) -> Refusal:
        """400 for a body that is no JSON object."""
        return users.unreadable(why)

    def welcome(self, address: str) -> None:
        """The client's return address, as an administrator enters it."""
        client = self.store.copy("oauth_clients", CLIENT_ID)
        if client is not None and address not in client["redirect_uris"]:
            client["redirect_uris"] = [*client["redirect_uris"], address]
            self.store.put("oauth_clients", CLIENT_ID, client)

    def normal_path(self, path: str) -> str:
        """`.json` at the end is optional."""
        return path.removesuffix(".json") if path.startswith("/api/") else path

    def stamp(self, call: Call, response: Response) -> None:
        """The headers that every API answer carries."""
        response.headers["X-Zendesk-API-Version"] = "v2"
        response.headers["X-Request-Id"] = secrets.token_hex(8)
        if call.request.method == "GET" and response.status_code == 200:
            response.add_etag(weak=True)


def make(store: Store, token: str) -> Zendesk:
    """The practice Zendesk over a store, seeded; `token` is the API token of the account."""
    seed(store, token)
    return Zendesk(store)
