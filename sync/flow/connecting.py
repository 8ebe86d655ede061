"""From a registered system to its connector, kept per thread as long as neither address nor credential change."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock, get_ident
from typing import NamedTuple

import httpx
from django.conf import settings
from django.db import connection as database

from portal.core.errors import BadInput, Misconfigured, Unauthorized
from portal.core.http import Egress, client
from sync.connectors import registry
from sync.connectors.base import Account, Connector
from sync.flow.vault import SealedVault

READ = """
SELECT s.id AS system, s.kind, s.base_url, s.settings::text AS options, s.company_id AS company, s.version,
  c.version AS credential, c.changed::text AS changed
FROM governance_system s LEFT JOIN governance_credential c ON c.system_id = s.id
WHERE s.id = ANY (%(systems)s::bigint[])
"""


class Registered(NamedTuple):
    """A system as registered: what its connector is made of; `options` is JSON."""

    system: int
    kind: str
    base_url: str
    options: str | None
    company: int
    version: int
    credential: int | None
    changed: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A connector with what it was made of."""

    made_of: Registered
    connector: Connector


#: by thread and system: what a connector remembers is not made for two at a time
_kept: dict[tuple[int, int], Kept] = {}
_clients: list[httpx.Client] = []
_first = Lock()


def shared_client() -> httpx.Client:
    """The process's one HTTP client, so that connections to trackers stay open."""
    with _first:
        if not _clients:
            _clients.append(client(Egress.parse(settings.EGRESS_ALLOW), timeout=float(settings.REQUEST_SECONDS)))
        return _clients[0]


def registered(systems: Iterable[int]) -> dict[int, Registered]:
    """What the register says of those systems that the caller's transaction sees. One query."""
    with database.cursor() as cursor:
        cursor.execute(READ, {"systems": sorted(systems)})
        return {row[0]: Registered(*row) for row in cursor.fetchall()}


def connector_of(system: int) -> Connector:
    """The connector of a system, whose company the caller's transaction sees; raises as `connector_for` does."""
    return connector_for(registered([system]), system)


def connector_for(known: Mapping[int, Registered], system: int) -> Connector:
    """The connector of a system out of what the register says.

    Raises Unauthorized, which stops the system until its owner acts, when its settings cannot work at all.
    """
    row = known.get(system)
    if row is None:
        raise Misconfigured(f"System {system} is not visible to this transaction.")
    place = (get_ident(), system)
    kept = _kept.get(place)
    if kept is None or kept.made_of != row:
        account = Account(row.base_url, SealedVault(system, row.company), json.loads(row.options or "{}"))
        try:
            made = registry.connector(row.kind, account, shared_client())
        except (Misconfigured, BadInput) as error:
            raise Unauthorized(error.sentence, code="system-misconfigured") from error
        kept = _kept[place] = Kept(row, made)
    return kept.connector
