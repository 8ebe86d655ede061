"""Webhooks: verify the signature over the raw bytes, remember the delivery, wake the lane; never apply a payload."""

import httpx
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from governance.register.models import Credential
from governance.register.places import webhook_place
from portal.access import rls
from portal.core import clock
from portal.core.errors import Fault, Misconfigured, Rejected, Unauthorized, Unavailable
from portal.core.secrets import unbox
from sync.connectors import registry
from sync.connectors.base import Account, OAuth
from sync.connectors.base import Credential as Opened
from sync.engine.types import Hint
from sync.flow.models.streams import Delivery, Stream
from sync.flow.noticing import notice
from sync.flow.signing import place_of
from sync.flow.wake import wake_shards

#: bytes; a larger delivery is refused unread (a payload is only a hint, so none needs to be large)
MOST = 2 * 1024 * 1024
NOWHERE = "There is no webhook address like this."


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
        fresh = remember(system, company, verified(request, company, system))
    except Fault as error:
        transaction.set_rollback(True)
        return told(error)
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


def verified(request: HttpRequest, company: int, system: int) -> tuple[Hint, ...]:
    """The hints of a delivery whose signature holds under the present or the previous secret."""
    rls.enter([company], role=rls.WEB)
    row = Credential.objects.select_related("system").filter(system_id=system).first()
    if row is None or not row.boxed:
        raise Misconfigured("This system has no webhook secret.")
    place = webhook_place(company=company, system=row.system.uid)
    boxed = [bytes(b) for b in (row.boxed, row.boxed_previous) if b]
    secrets = tuple(unbox(b, keys=settings.HOOK_KEYS, place=place).decode() for b in boxed)
    with httpx.Client(transport=Nowhere(), trust_env=False) as client:
        account = Account(row.system.base_url, NoVault(), row.system.settings)
        tracker = registry.connector(row.system.kind, account, client)
        return tracker.parse_webhook(request.headers, request.body, secrets, now=clock.now())


def remember(system: int, company: int, hints: tuple[Hint, ...]) -> int:
    """Store new deliveries and wake their lanes; returns how many were new."""
    now = clock.now()
    before = set(
        Delivery.objects.filter(system_id=system, key__in=[h.delivery[:200] for h in hints]).values_list(
            "key", "record"
        )
    )
    news = [hint for hint in hints if (hint.delivery[:200], hint.record) not in before]
    Delivery.objects.bulk_create(
        [
            Delivery(system_id=system, company_id=company, key=h.delivery[:200], record=h.record[:80], received=now)
            for h in news
        ],
        ignore_conflicts=True,
    )
    if news:
        # the stream before the lanes, as a poll locks them
        Stream.objects.filter(system_id=system).update(last_delivery=now)
        shards = notice(system, company, [hint.record for hint in news], now)
        transaction.on_commit(lambda: wake_shards(shards))
    return len(news)


def refusal(status: int, code: str, sentence: str) -> JsonResponse:
    """A refusal as a problem document."""
    body = {"type": "about:blank", "status": status, "code": code, "detail": sentence}
    return JsonResponse(body, status=status, content_type="application/problem+json")
