"""Messages of a business rule: signed, fresh, about a record of ours, or nothing."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.errors import Rejected, Unauthorized
from sync.connectors.servicenow.webhooks import signature
from sync.engine.types import Hint
from tests.sync.connectors.servicenow.instance import ID, Instance

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
BODY = json.dumps({"table": "incident", "sys_id": ID, "operation": "update"}).encode()


def parse(
    body: bytes = BODY, *, key: str = "new", now: datetime = NOW, more: Mapping[str, str] | None = None
) -> tuple[Hint, ...]:
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": STAMP,
        "Webhook-Signature": signature(key, "msg_1", STAMP, body),
    }
    return Instance().connector().parse_webhook(headers | dict(more or {}), body, ("old", "new"), now=now)


def test_a_signed_message_is_a_hint() -> None:
    assert parse() == parse(key="old") == (Hint(record=ID, delivery="msg_1"),)


def test_the_form_is_that_of_standard_webhooks() -> None:
    assert signature("s", "msg_1", "1767607200", b"{}") == "v1,pQSVoeRwKUW5eu44QQFqhE5YZ1FEYD9vHy6XS7DZSKw="


def test_several_signatures_may_stand_side_by_side() -> None:
    both = f"v1,AAAA {signature('new', 'msg_1', STAMP, BODY)}"
    assert parse(more={"Webhook-Signature": both})


def test_wrong_old_and_missing_signatures_are_refused() -> None:
    refusals: tuple[Callable[[], object], ...] = (
        lambda: parse(key="other"),
        lambda: parse(now=NOW + timedelta(minutes=6)),
        lambda: parse(now=NOW - timedelta(minutes=6)),
        lambda: parse(more={"Webhook-Id": ""}),
        lambda: parse(more={"Webhook-Timestamp": "soon"}),
        lambda: parse(more={"Webhook-Signature": "v1,ü"}),
    )
    for refused in refusals:
        with pytest.raises(Unauthorized):
            refused()


def test_a_body_that_is_no_object_is_rejected() -> None:
    for body in (b"no json", b"[]"):
        with pytest.raises(Rejected):
            parse(body)


def test_other_tables_and_odd_ids_are_no_hints() -> None:
    for said in ({"table": "problem", "sys_id": ID}, {"table": "incident", "sys_id": "../x"}, {}):
        assert parse(json.dumps(said).encode()) == ()
