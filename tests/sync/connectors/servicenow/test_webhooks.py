"""Messages of a business rule: signed, fresh, about a record of ours, or nothing."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from portal.core.errors import Rejected, Unauthorized
from sync.connectors.servicenow.subscription import SCRIPT, rule
from sync.connectors.servicenow.webhooks import signature
from sync.engine.types import Hint
from tests.sync.connectors.papers import ROOT
from tests.sync.connectors.servicenow.instance import ID, Answer, Instance

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


def test_a_rule_that_was_dropped_without_a_word_is_told() -> None:
    told = {"result": {"sys_id": "e" * 32, "script": ""}}
    answers: dict[str, Answer] = {"GET /sys_script": [{"sys_id": "e" * 32}]}
    answers[f"PATCH /sys_script/{'e' * 32}"] = lambda _: httpx.Response(200, json=told)
    with pytest.raises(Rejected, match="administrator"):
        Instance(answers=answers).connector().subscribe("https://concord.example/hook", "s")


def test_address_and_secret_stand_in_the_script_as_strings() -> None:
    made = rule("incident", "x", 'https://a.example/"', "s'")
    assert """var url = "https://a.example/\\"";""" in made["script"]
    assert """var secret = "s'";""" in made["script"]
    assert (rule("sys_attachment", "x", "u", "s")["action_update"], made["action_delete"]) == ("false", "true")


def test_the_script_of_the_guide_is_the_one_that_is_written() -> None:
    guide = (ROOT / "docs" / "connectors" / "servicenow.md").read_text()
    assert SCRIPT % {"url": "'https://concord.example/…'", "secret": "'…'"} in guide
