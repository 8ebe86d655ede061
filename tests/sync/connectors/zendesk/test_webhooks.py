"""Webhooks: the vendor's signature, old stamps, and bodies of both kinds."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.errors import Rejected, Unauthorized
from sync.connectors.zendesk.webhooks import parse, signature

SECRET = "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="
STAMP = "2021-07-25T10:00:00Z"
NOW = datetime(2021, 7, 25, 10, 1, tzinfo=UTC)


def signed(body: bytes, stamp: str = STAMP, secret: str = SECRET) -> dict[str, str]:
    return {
        "X-Zendesk-Webhook-Signature": signature(secret, stamp, body),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        "X-Zendesk-Webhook-Invocation-Id": "inv-1",
    }


def test_the_signature_is_the_vendors() -> None:
    assert signature(SECRET, STAMP, b'{"say": "hello"}') == "Rry/4TtIdFyawtXXp8QdI6tlAUUQ/5kL1OTp5qo/ZIk="


@pytest.mark.parametrize(
    "said",
    [
        {"type": "zen:event-type:ticket.comment_added", "subject": "zen:ticket:35436", "detail": {"id": "9"}},
        {"ticket_id": 35436},
        {"ticket": {"id": "35436"}},
    ],
)
def test_a_delivery_names_its_ticket(said: dict[str, object]) -> None:
    body = json.dumps(said).encode()
    (hint,) = parse(signed(body), body, ("old", SECRET), NOW)
    assert (hint.record, hint.delivery) == ("35436", "inv-1")


def test_headers_are_read_in_any_case() -> None:
    body = b'{"ticket_id": 1}'
    lower = {name.lower(): value for name, value in signed(body).items()}
    assert parse(lower, body, (SECRET,), NOW)[0].record == "1"


@pytest.mark.parametrize("body", [b'{"subject": "zen:user:1"}', b'{"ticket_id": "../1"}', b"{}"])
def test_what_is_no_ticket_is_no_hint(body: bytes) -> None:
    assert parse(signed(body), body, (SECRET,), NOW) == ()


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"", b"\xff"])
def test_what_is_no_object_is_rejected(body: bytes) -> None:
    with pytest.raises(Rejected):
        parse(signed(body), body, (SECRET,), NOW)


@pytest.mark.parametrize("away", [timedelta(minutes=7), timedelta(minutes=-7)])
def test_an_old_or_early_stamp_is_refused(away: timedelta) -> None:
    with pytest.raises(Unauthorized, match="older"):
        parse(signed(b"{}"), b"{}", (SECRET,), NOW + away)


def test_a_changed_body_stamp_or_secret_is_refused() -> None:
    good = signed(b'{"ticket_id": 1}')
    for headers, body, keys in (
        (good, b'{"ticket_id": 2}', (SECRET,)),
        (
            {**good, "X-Zendesk-Webhook-Signature-Timestamp": "2021-07-25T10:00:30Z"},
            b'{"ticket_id": 1}',
            (SECRET,),
        ),
        (good, b'{"ticket_id": 1}', ("other",)),
        (good, b'{"ticket_id": 1}', ()),
        ({}, b'{"ticket_id": 1}', (SECRET,)),
        ({**good, "X-Zendesk-Webhook-Signature": "ümlaut"}, b'{"ticket_id": 1}', (SECRET,)),
    ):
        with pytest.raises(Unauthorized):
            parse(headers, body, keys, NOW)


def test_a_stamp_that_is_no_time_is_refused() -> None:
    with pytest.raises(Unauthorized):
        parse(signed(b"{}", stamp="yesterday"), b"{}", (SECRET,), NOW)
