"""Webhooks: verify the signature over the raw bytes, remember the delivery, wake the lane; never apply a payload."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from governance.register.places import webhook_place
from portal.access import rls
from portal.core import clock
from portal.core.errors import Fault, Misconfigured, Rejected, Unauthorized, Unavailable
from portal.core.secrets import unbox
from sync.connectors import registry
from sync.connectors.base import Account, OAuth
from sync.connectors.base import Credential as Opened
from sync.engine.types import Hint
from sync.flow.noticing import notice
from sync.flow.signing import place_of
from sync.flow.store.prepared import asked, done, piped
from sync.flow.wake import wake_shards

#: bytes; a larger delivery is refused unread (a payload is only a hint, so none needs to be large)
MOST = 2 * 1024 * 1024
NOWHERE = "There is no webhook address like this."
#: when a system was last heard of is written once in this time, so that its webhooks do not wait for each other there
HEARD = timedelta(seconds=1)
SECRETS = """
SELECT s.uid, s.kind, s.base_url, s.settings::text, c.boxed, c.boxed_previous, t.last_delivery
FROM governance_credential c JOIN governance_system s ON s.id = c.system_id
LEFT JOIN sync_stream t ON t.system_id = s.id WHERE s.id = %(system)s::bigint
"""
HEARD_OF = "UPDATE sync_stream SET last_delivery = %(now)s::timestamptz WHERE system_id = %(system)s::bigint"
FRESH = """
INSERT INTO sync_delivery (system_id, company_id, key, record, received)
SELECT %(system)s::bigint, %(company)s::bigint, hint.key, hint.record, %(now)s::timestamptz
FROM unnest(%(keys)s::text[], %(records)s::text[]) AS hint (key, record)
ON CONFLICT DO NOTHING RETURNING record
"""


class Nowhere(httpx.BaseTransport):
    """Parsing a delivery asks nobody, and the web process calls no tracker."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Always refused."""
        raise httpx.ConnectError("The web process calls no trackers.")


class NoVault:
    """Parsing a delivery needs no credential, and this process could not open one."""

    def credential(self) -> Opened:
        """Always refused."""
        raise Unauthorized("The web process opens no credentials.")

    def renew(self, stale: OAuth, exchange: object) -> OAuth:
        """Always refused."""
        raise Unauthorized("The web process opens no credentials.")


#: what connectors are made with here
nobody = httpx.Client(transport=Nowhere(), trust_env=False)


@csrf_exempt
@require_POST
def receive(request: HttpRequest, path: str) -> HttpResponse:
    """Take one delivery.

    1. the address names company and system, or there is none here (404); 2. too large is refused unread (413);
    3. the signature must hold (401); 4. in one transaction each new delivery is remembered and its record's lane
    turns dirty; a repeat does nothing; 5. workers are woken. Answers 202 with the number of new hints.
    """
    place = place_of(path)
    if place is None:
        return refusal(404, "not-found", NOWHERE)
    company, system = place
    try:
        check_length(request.headers.get("content-length", ""))
        # read before the transaction, which a slow sender would keep open
        body, now = request.body, clock.now()
        with transaction.atomic():
            hints, heard = verified(request.headers, body, company, system, now)
            fresh, shards = remember(system, company, hints, heard, now)
    except Fault as error:
        return told(error)
    wake_shards(shards)
    return JsonResponse({"taken": fresh}, status=202)


def check_length(length: str) -> None:
    """Raises Rejected for a delivery that says it is too large, or says no number."""
    if length and not length.isdecimal():
        raise Rejected("The delivery's length is no number.", code="unreadable", status=400)
    if length and int(length) > MOST:
        raise Rejected(
            "A delivery may have at most 2 MB. It is not needed: we read the item itself.",
            code="too-large",
            status=413,
        )


def told(error: Fault) -> JsonResponse:
    """What the sender learns of a fault; of one in our own settings only that nothing is here."""
    match error:
        case Unauthorized():
            return refusal(401, "bad-signature", error.sentence)
        case Rejected(status=413):
            return refusal(413, error.code, error.sentence)
        case Rejected():
            return refusal(400, "unreadable", error.sentence)
        case Unavailable():
            return refusal(503, error.code, error.sentence)
        case _:
            return refusal(404, error.code, NOWHERE)


def verified(
    headers: Mapping[str, str], body: bytes, company: int, system: int, now: datetime
) -> tuple[tuple[Hint, ...], datetime | None]:
    """The hints of a delivery whose signature holds under the present or the previous secret, and when the system
    was last heard of."""
    with piped():
        done(f"SELECT {rls.ENTER}", rls.entering([company], role=rls.WEB))
        rows = asked(SECRETS, {"system": system})
    if not rows or not rows[0][4]:
        raise Misconfigured("This system has no webhook secret.")
    uid, kind, base_url, chosen, *boxed, heard = rows[0]
    place = webhook_place(company=company, system=uid)
    secrets = tuple(unbox(bytes(b), keys=settings.HOOK_KEYS, place=place).decode() for b in boxed if b)
    account = Account(base_url, NoVault(), json.loads(chosen or "{}"))
    return registry.connector(kind, account, nobody).parse_webhook(headers, body, secrets, now=now), heard


def remember(
    system: int, company: int, hints: tuple[Hint, ...], heard: datetime | None, now: datetime
) -> tuple[int, set[int]]:
    """Store new deliveries and make their lanes dirty; returns how many were new, and the shards to wake."""
    if not hints:
        return 0, set()
    keys, records = [h.delivery[:200] for h in hints], [h.record[:80] for h in hints]
    with piped():
        if heard is None or now - heard > HEARD:
            # the stream before the lanes, as a poll locks them
            done(HEARD_OF, {"system": system, "now": now})
        fresh = asked(FRESH, {"system": system, "company": company, "keys": keys, "records": records, "now": now})
    if not fresh:
        return 0, set()
    return len(fresh), notice(system, company, [record for (record,) in fresh], now)


def refusal(status: int, code: str, sentence: str) -> JsonResponse:
    """A refusal as a problem document."""
    body = {"type": "about:blank", "status": status, "code": code, "detail": sentence}
    return JsonResponse(body, status=status, content_type="application/problem+json")
