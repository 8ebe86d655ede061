"""Webhooks over real HTTP: a signed one wakes one lane once; everything else is refused and leaves no trace."""

import hashlib
import hmac
import json
import secrets
import socket
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings

from governance.register.models import Credential, System
from governance.register.places import webhook_place
from portal.core import clock
from portal.core.secrets import unbox
from sync.connectors.zendesk.webhooks import signature
from sync.flow.models.cases import Case, Item, Lane
from sync.flow.models.streams import Delivery, Stream
from sync.flow.subscribing import address_of
from tests.sync.flow.stage import Stage

LARGE = 50 * 1024 * 1024


def secret_of(system: int) -> str:
    """The secret that signs a system's deliveries now."""
    row = Credential.objects.select_related("system").get(system_id=system)
    place = webhook_place(company=row.company_id, system=row.system.uid)
    return unbox(bytes(row.boxed), keys=settings.HOOK_KEYS, place=place).decode()


def url_of(system: int) -> str:
    """Where a system's tracker posts."""
    return address_of(System.objects.get(pk=system))


def zendesk(stage: Stage, body: bytes, *, old: timedelta = timedelta(0), delivery: str = "") -> dict[str, str]:
    """The headers of a delivery that the desk signed."""
    stamp = (clock.now() - old).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "Content-Type": "application/json",
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        "X-Zendesk-Webhook-Signature": signature(secret_of(stage.zendesk), stamp, body),
        "X-Zendesk-Webhook-Invocation-Id": delivery or secrets.token_hex(8),
    }


def jira(stage: Stage, body: bytes) -> dict[str, str]:
    """The headers of a delivery that the board signed."""
    digest = hmac.new(secret_of(stage.jira).encode(), body, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Hub-Signature": f"sha256={digest}"}


def event(record: str) -> bytes:
    """What the desk says of a ticket."""
    return json.dumps({"subject": f"zen:ticket:{record}", "type": "zen:event-type:ticket.comment_added"}).encode()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
    """One delivery."""
    return httpx.post(url, content=body, headers=dict(headers), timeout=20, trust_env=False)


def traces() -> list[object]:
    """Everything that a delivery may leave behind."""
    lanes = list(Lane.objects.order_by("pk").values_list("pk", "dirty", "dirty_seq"))
    return [Delivery.objects.count(), Case.objects.count(), Item.objects.count(), lanes]


def test_a_signed_delivery_wakes_its_lane_and_a_repeat_does_nothing(stage: Stage) -> None:
    ticket, _ = stage.pair("Hinted")
    body = event(ticket)
    headers = zendesk(stage, body)
    before = Lane.objects.get(case=stage.case(ticket))
    assert not before.dirty
    first = post(url_of(stage.zendesk), body, headers)
    again = post(url_of(stage.zendesk), body, headers)
    assert [(answer.status_code, answer.json()) for answer in (first, again)] == [
        (202, {"taken": 1}),
        (202, {"taken": 0}),
    ]
    after = Lane.objects.get(case=stage.case(ticket))
    assert (after.dirty, after.dirty_seq) == (True, before.dirty_seq + 1)
    assert Stream.objects.get(pk=stage.zendesk).last_delivery is not None


def test_a_delivery_of_a_record_never_seen_begins_its_case(stage: Stage) -> None:
    body = event("987654321")
    assert post(url_of(stage.zendesk), body, zendesk(stage, body)).json() == {"taken": 1}
    item = Item.objects.get(record="987654321")
    assert (item.system_id, item.readers) == (stage.zendesk, [item.company_id])
    assert Lane.objects.get(case=item.case).dirty


def test_what_a_payload_says_is_never_applied(stage: Stage) -> None:
    ticket, twin = stage.pair("The truth")
    body = json.dumps({"subject": f"zen:ticket:{ticket}", "detail": {"subject": "A lie"}}).encode()
    post(url_of(stage.zendesk), body, zendesk(stage, body))
    stage.settle()
    assert stage.board.issue(twin)["summary"] == "The truth"


def refused(stage: Stage) -> dict[str, tuple[str, bytes, dict[str, str], int, str]]:
    """name → (address, body, headers, status, code) of deliveries that must not be taken."""
    desk, board, body = url_of(stage.zendesk), url_of(stage.jira), event("1")
    good = zendesk(stage, body)
    page = b"<html><body>Sign in</body></html>"
    strange = json.dumps({"issue": {"id": "1"}}).encode()
    return {
        "unsigned": (desk, body, {"Content-Type": "application/json"}, 401, "bad-signature"),
        "wrongly signed": (desk, body, {**good, "X-Zendesk-Webhook-Signature": "AAAA"}, 401, "bad-signature"),
        "changed under way": (desk, event("2"), good, 401, "bad-signature"),
        "ten minutes old": (desk, body, zendesk(stage, body, old=timedelta(minutes=10)), 401, "bad-signature"),
        "for another system": (board, body, good, 401, "bad-signature"),
        "unsigned to the board": (board, strange, {}, 401, "bad-signature"),
        "a web page": (desk, page, zendesk(stage, page), 400, "unreadable"),
        "a list": (board, b"[1]", jira(stage, b"[1]"), 400, "unreadable"),
        "half a body": (board, b'{"issue": {"id', jira(stage, b'{"issue": {"id'), 400, "unreadable"),
        "an address we never made": (f"{desk.rstrip('/')}x/", body, good, 404, "not-found"),
        "somebody else's number": (desk.replace(f".{stage.zendesk}~", ".77~"), body, good, 404, "not-found"),
    }


def test_what_cannot_be_taken_is_answered_with_a_problem_and_leaves_no_trace(stage: Stage) -> None:
    before = traces()
    for name, (url, body, headers, status, code) in refused(stage).items():
        answer = post(url, body, headers)
        assert answer.headers["content-type"] == "application/problem+json", name
        told = answer.json()
        assert (answer.status_code, told["status"], told["code"]) == (status, status, code), name
        assert told["detail"].endswith("."), name
    assert traces() == before


def test_a_delivery_of_fifty_megabytes_is_refused_unread(stage: Stage) -> None:
    before, url = traces(), urlsplit(url_of(stage.zendesk))
    head = f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: {LARGE}\r\n\r\n"
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=10) as line:
        line.sendall(head.encode() + b'{"a": "' + b"x" * 1000)
        said = line.recv(4096).decode()
    assert " 413 " in said.splitlines()[0]
    assert traces() == before


def test_a_length_that_is_no_number_breaks_nothing(stage: Stage) -> None:
    before, url = traces(), urlsplit(url_of(stage.zendesk))
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=10) as line:
        line.sendall(f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: many\r\n\r\n".encode())
        said = line.recv(4096).decode()
    assert said.splitlines()[0].split()[1] in {"400", "401"}
    assert traces() == before


def test_an_issue_of_another_project_wakes_nobody(stage: Stage) -> None:
    before = traces()
    body = json.dumps({"issue": {"id": "4711", "fields": {"project": {"id": "10001", "key": "LAB"}}}}).encode()
    answer = post(url_of(stage.jira), body, jira(stage, body))
    assert (answer.status_code, answer.json()) == (202, {"taken": 0})
    assert traces() == before


def test_only_a_post_is_a_delivery(stage: Stage) -> None:
    assert httpx.get(url_of(stage.zendesk), trust_env=False).status_code == 405


@pytest.mark.parametrize(
    "way", [{"copies": 3}, {"reverse": True}, {"delay": 0.3}], ids=["thrice", "backwards", "late"]
)
def test_webhooks_may_be_doubled_late_or_out_of_order(stage: Stage, way: dict[str, object]) -> None:
    ticket, twin = stage.pair(f"Strange hooks {way}")
    for practice in stage.practices:
        practice.switch("hooks", **way)
    stage.desk.set(ticket, status="open", comment={"body": "One.", "public": True})
    stage.desk.set(ticket, status="pending", comment={"body": "Two.", "public": True})
    stage.settle()
    assert [words.splitlines()[-1] for words in stage.board.words(twin)] == ["One.", "Two."]
    assert stage.board.statuses(twin) == ["In Progress", "In Review"]


def test_without_any_webhook_the_polls_find_everything(stage: Stage) -> None:
    ticket, twin = stage.pair("No hooks at all")
    for practice in stage.practices:
        practice.switch("hooks", lose=True)
    stage.board.comment(twin, "Found by the poll.")
    stage.settle()
    assert [words.splitlines()[-1] for words in stage.desk.words(ticket)] == ["Found by the poll."]
