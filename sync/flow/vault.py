"""A system's credential as its connector needs it: opened in a worker, renewed by one worker at a time."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from governance.register.models import Credential as Row
from governance.register.places import credential_place
from portal.access import rls
from portal.core.errors import Unauthorized
from portal.core.secrets import seal, unseal
from sync.connectors.base import Basic, Credential, OAuth


@dataclass(slots=True)
class SealedVault:
    """The credential of one system. Reads the row when first asked, keeps it for the connector's life."""

    system: int
    company: int
    _known: Credential | None = None

    def credential(self) -> Credential:
        """The credential to use; raises Unauthorized when the system has none."""
        if self._known is None:
            with transaction.atomic():
                rls.enter([self.company], role=rls.WORKER)
                self._known = opened(self._row())
        return self._known

    def renew(self, stale: OAuth, exchange: Callable[[OAuth], OAuth]) -> OAuth:
        """Single-flight renewal under the row's lock.

        The exchange runs inside the transaction on purpose: a rotating refresh token may be spent once only, and
        its successor must be stored before anybody uses it. The row lock is held by this one request.
        """
        with transaction.atomic():
            rls.enter([self.company], role=rls.WORKER)
            row = self._row(lock=True)
            stored = opened(row)
            if isinstance(stored, OAuth) and stored.access != stale.access:
                self._known = stored
                return stored
            fresh = exchange(stale)
            store(row, fresh)
        self._known = fresh
        return fresh

    def admit(self, exchange: Callable[[OAuth], OAuth]) -> None:
        """Store the tokens that a person's sign-in brought; `exchange` gets the stored client. A code is spent once
        only, so the exchange runs under the row's lock, as a renewal does. Raises Unauthorized without a client."""
        with transaction.atomic():
            rls.enter([self.company], role=rls.WORKER)
            row = self._row(lock=True)
            stored = opened(row)
            if not isinstance(stored, OAuth):
                raise Unauthorized("The credential is no OAuth client any more. Enter the client, then sign in.")
            store(row, exchange(stored))
        self._known = None

    def _row(self, *, lock: bool = False) -> Row:
        rows = Row.objects.select_related("system")
        rows = rows.select_for_update(of=("self",)) if lock else rows
        row = rows.filter(system_id=self.system).first()
        if row is None:
            raise Unauthorized("This system has no credential yet. Enter one on the system's page.")
        return row


def opened(row: Row) -> Credential:
    """The credential of a row, opened with the worker's private key."""
    place = credential_place(company=row.company_id, system=row.system.uid, version=row.version)
    data = json.loads(unseal(bytes(row.sealed), private_keys=settings.SEAL_PRIVATE_KEYS, place=place))
    if row.kind == "oauth":
        expires = data.get("expires_at")
        return OAuth(
            data.get("access", ""),
            data.get("refresh", ""),
            data.get("client_id", ""),
            data.get("client_secret", ""),
            datetime.fromisoformat(expires) if expires else None,
        )
    return Basic(data.get("user", ""), data.get("secret", ""), token=row.kind == "token")


def store(row: Row, fresh: OAuth) -> None:
    """Seal a renewed token in place; same version, same place."""
    data = {
        "access": fresh.access,
        "refresh": fresh.refresh,
        "client_id": fresh.client_id,
        "client_secret": fresh.client_secret,
        "expires_at": fresh.expires_at.isoformat() if fresh.expires_at else None,
    }
    place = credential_place(company=row.company_id, system=row.system.uid, version=row.version)
    row.sealed = seal(json.dumps(data).encode(), public_key=settings.SEAL_PUBLIC_KEY, place=place)
    row.save(update_fields=["sealed", "changed"])
