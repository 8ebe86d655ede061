"""A Zendesk connector over a transport that a test hands in."""

from collections.abc import Callable

import httpx

from sync.connectors.base import Account, Basic, Credential, OAuth
from sync.connectors.zendesk.connector import ZendeskConnector

BASE = "https://acme.zendesk.com"
TOKEN = Basic("bot@example.org", "t0ken")


class Drawer:
    """A vault in memory; counts how often a token was exchanged."""

    def __init__(self, credential: Credential) -> None:
        self.kept = credential
        self.exchanged = 0

    def credential(self) -> Credential:
        """The credential in force."""
        return self.kept

    def renew(self, stale: OAuth, exchange: Callable[[OAuth], OAuth]) -> OAuth:
        """Once for each stale one."""
        if isinstance(self.kept, OAuth) and self.kept != stale:
            return self.kept
        self.exchanged += 1
        self.kept = fresh = exchange(stale)
        return fresh


def connector(
    transport: httpx.BaseTransport, *, credential: Credential = TOKEN, base: str = BASE, **settings: str
) -> ZendeskConnector:
    """A connector whose requests go to `transport`."""
    client = httpx.Client(transport=transport, follow_redirects=False)
    return ZendeskConnector(Account(base, Drawer(credential), settings), client)
