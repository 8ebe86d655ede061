"""From a registered system to its connector, kept per process as long as neither address nor credential change."""

import json
from dataclasses import dataclass

import httpx
from django.conf import settings
from django.db import connection as database

from portal.core.errors import BadInput, Misconfigured, Unauthorized
from portal.core.http import Egress, client
from sync.connectors import registry
from sync.connectors.base import Account, Connector
from sync.flow.vault import SealedVault

READ = """
SELECT s.kind, s.base_url, s.settings, s.company_id, s.version, c.version, c.changed
FROM governance_system s LEFT JOIN governance_credential c ON c.system_id = s.id WHERE s.id = %s
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A connector with the versions it was made of."""

    made_of: tuple[object, ...]
    connector: Connector


_kept: dict[int, Kept] = {}
_clients: list[httpx.Client] = []


def shared_client() -> httpx.Client:
    """The process's one HTTP client, so that connections to trackers stay open."""
    if not _clients:
        _clients.append(client(Egress.parse(settings.EGRESS_ALLOW), timeout=float(settings.REQUEST_SECONDS)))
    return _clients[0]


def connector_of(system: int) -> Connector:
    """The connector of a system. The caller's transaction sees the system's company.

    Raises Unauthorized, which stops the system until its owner acts, when its settings cannot work at all.
    """
    with database.cursor() as cursor:
        cursor.execute(READ, [system])
        row = cursor.fetchone()
    if row is None:
        raise Misconfigured(f"System {system} is not visible to this transaction.")
    kind, base_url, options, company, *versions = row
    known = _kept.get(system)
    if known is None or known.made_of != (kind, base_url, *versions):
        account = Account(base_url, SealedVault(system, company), json.loads(options or "{}"))
        try:
            made = registry.connector(kind, account, shared_client())
        except (Misconfigured, BadInput) as error:
            raise Unauthorized(error.sentence, code="system-misconfigured") from error
        known = _kept[system] = Kept((kind, base_url, *versions), made)
    return known.connector
