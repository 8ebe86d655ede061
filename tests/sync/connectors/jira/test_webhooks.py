"""Webhooks: the signature first, then which issue is dirty, and nothing more."""

import hashlib
import hmac
import json

import pytest

from portal.core import clock
from portal.core.errors import Rejected, Unauthorized
from sync.engine.types import Hint
from tests.sync.connectors.jira.site import Site

SECRETS = ("new-secret", "old-secret")


def told(body: object, *, by: str = SECRETS[0], **headers: str) -> tuple[Hint, ...]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = "sha256=" + hmac.new(by.encode(), raw, hashlib.sha256).hexdigest()
    given = {"X-Hub-Signature": signature, "X-Atlassian-Webhook-Identifier": "d-1"} | headers
    return Site().connector().parse_webhook(given, raw, SECRETS, now=clock.now())


def issue(number: str, project: str = "INF") -> dict[str, object]:
    return {"id": number, "key": f"{project}-1", "fields": {"project": {"key": project}}}


def test_an_event_names_its_issue_and_its_delivery() -> None:
    assert told({"webhookEvent": "jira:issue_updated", "issue": issue("10042")}) == (Hint("10042", "d-1"),)


def test_both_secrets_of_a_rotation_are_good() -> None:
    assert told({"issue": issue("1")}, by="old-secret")


def test_a_wrong_or_missing_signature_is_refused() -> None:
    for wrong in ("", "sha256=", "sha1=abc", "sha256=" + "0" * 64, "é"):
        with pytest.raises(Unauthorized):
            told({"issue": issue("1")}, **{"X-Hub-Signature": wrong})
    with pytest.raises(Unauthorized):
        told({"issue": issue("1")}, by="guess")


def test_without_a_secret_nothing_is_good() -> None:
    body = b"{}"
    signature = "sha256=" + hmac.new(b"", body, hashlib.sha256).hexdigest()
    for secrets in ((), ("",)):
        with pytest.raises(Unauthorized):
            Site().connector().parse_webhook({"X-Hub-Signature": signature}, body, secrets, now=clock.now())


def test_header_names_are_of_any_case() -> None:
    raw = b'{"issue": {"id": "1"}}'
    signature = "sha256=" + hmac.new(b"s", raw, hashlib.sha256).hexdigest()
    found = Site().connector().parse_webhook({"x-hub-signature": signature}, raw, ("s",), now=clock.now())
    assert found[0].delivery == hashlib.sha256(raw).hexdigest()


def test_a_comment_without_an_issue_tells_it_by_its_address() -> None:
    said = {"self": "https://jira.example/rest/api/2/issue/10013/comment/10084"}
    assert [hint.record for hint in told({"webhookEvent": "comment_deleted", "comment": said})] == ["10013"]


def test_a_deleted_issue_is_dirty_too() -> None:
    assert told({"webhookEvent": "jira:issue_deleted", "issue": issue("10042")})[0].record == "10042"


def test_an_issue_of_another_project_is_nothing_to_us_unless_it_was_moved() -> None:
    assert told({"issue": issue("1", "SECRET")}) == ()
    moved = {"issue": issue("1", "SECRET"), "changelog": {"items": [{"field": "project"}]}}
    assert told(moved)[0].record == "1"


def test_an_event_without_an_issue_is_nothing() -> None:
    assert told({"webhookEvent": "user_created", "user": {}}) == ()


def test_a_body_that_is_no_json_object_is_refused() -> None:
    for body in (b"x", b"[1]", b"\xff\xfe"):
        with pytest.raises(Rejected):
            told(body)
