"""Webhooks: made, signed, delivered, retried, remembered."""

import json

import pytest

from sync.sandbox.zendesk.webhooks import TEST_SECRET, signature
from tests.sync.sandbox.serving import Got, Receiver, until
from tests.sync.sandbox.zendesk.desk import Desk

EVENTS = [
    f"zen:event-type:ticket.{kind}"
    for kind in (
        *("created", "status_changed", "priority_changed", "subject_changed", "comment_added", "tags_changed"),
        *("attachment_linked_to_comment", "agent_assignment_changed", "custom_field_changed", "soft_deleted"),
        *("undeleted", "merged"),
    )
]


def subscribe(desk: Desk, receiver: Receiver, events: list[str] | None = None, **more: object) -> dict[str, str]:
    """A webhook to the receiver, with its secret."""
    webhook = {
        **{"name": "sync", "status": "active", "endpoint": receiver.url, "http_method": "POST"},
        **{"request_format": "json", "subscriptions": EVENTS if events is None else events, **more},
    }
    answer = desk.api.post("/api/v2/webhooks", json={"webhook": webhook})
    assert answer.status_code == 201, answer.text
    made = answer.json()["webhook"]
    secret = desk.get(f"webhooks/{made['id']}/signing_secret")["signing_secret"]
    assert secret["algorithm"] == "SHA256"
    return {"id": made["id"], "secret": secret["secret"]}


def events(receiver: Receiver) -> dict[str, dict[str, object]]:
    """The received bodies by the last word of their type."""
    bodies = [json.loads(got.body) for got in receiver.got]
    return {body["type"].rpartition(".")[2]: body for body in bodies}


def test_the_published_test_vector_is_signed_as_documented() -> None:
    made = signature("HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA=", "2021-07-25T10:00:00Z", b'{"say": "hello"}')
    assert made == "Rry/4TtIdFyawtXXp8QdI6tlAUUQ/5kL1OTp5qo/ZIk="


def test_a_delivery_carries_all_headers_and_a_true_signature(desk: Desk, receiver: Receiver) -> None:
    webhook = subscribe(desk, receiver, EVENTS[:1])
    desk.create()
    until(lambda: len(receiver.got) == 1)
    headers = receiver.got[0].headers
    assert headers["X-Zendesk-Webhook-Id"] == webhook["id"]
    assert headers["User-Agent"] == "Zendesk Webhook"
    assert headers["X-Zendesk-Account-Id"].isdigit()
    assert headers["X-Zendesk-Webhook-Invocation-Id"]
    stamp = headers["X-Zendesk-Webhook-Signature-Timestamp"]
    assert headers["X-Zendesk-Webhook-Signature"] == signature(webhook["secret"], stamp, receiver.got[0].body)


def test_events_have_ids_as_text_and_lists_in_capitals(desk: Desk, receiver: Receiver) -> None:
    subscribe(desk, receiver)
    made = desk.create(requester_id=desk.cast("jane"))
    desk.put(made["id"], status="open", priority="high", assignee_id=desk.cast("asha"))
    until(lambda: "agent_assignment_changed" in events(receiver))
    told = events(receiver)
    status = told["status_changed"]
    assert status["subject"] == f"zen:ticket:{made['id']}"
    assert status["zendesk_event_version"] == "2022-11-06"
    assert (status["event"]["current"], status["event"]["previous"]) == ("OPEN", "NEW")  # type: ignore[index]
    detail = status["detail"]
    assert isinstance(detail, dict)
    assert (detail["id"], detail["requester_id"]) == (str(made["id"]), str(desk.cast("jane")))
    assert (detail["status"], detail["priority"]) == ("OPEN", "HIGH")


def test_one_update_is_several_events_of_one_sequence(desk: Desk, receiver: Receiver) -> None:
    subscribe(desk, receiver)
    number = desk.create()["id"]
    until(lambda: {"created", "comment_added"} <= events(receiver).keys())
    receiver.got.clear()
    token = desk.upload("a.txt", b"x")["token"]
    desk.put(number, subject="Other", tags=["a"], comment={"body": "note", "public": False, "uploads": [token]})
    wanted = {"subject_changed", "tags_changed", "comment_added", "attachment_linked_to_comment"}
    until(lambda: wanted <= events(receiver).keys())
    told = events(receiver)
    metas = [body["event"]["meta"]["sequence"] for body in told.values()]  # type: ignore[index]
    assert len({meta["id"] for meta in metas}) == 1
    assert sorted(meta["position"] for meta in metas) == [1, 2, 3, 4]
    comment = told["comment_added"]["event"]["comment"]  # type: ignore[index]
    assert (comment["is_public"], comment["body"], comment["author"]["is_staff"]) == (False, "note", True)


def test_only_subscribed_events_of_active_webhooks_are_sent(desk: Desk, receiver: Receiver) -> None:
    subscribe(desk, receiver, ["zen:event-type:ticket.status_changed"])
    off = subscribe(desk, receiver, status="inactive")
    number = desk.create()["id"]
    desk.put(number, status="open")
    until(lambda: len(receiver.got) >= 1 and desk.practice.courier.idle())
    assert list(events(receiver)) == ["status_changed"]
    assert receiver.got[0].headers["X-Zendesk-Webhook-Id"] != off["id"]


@pytest.mark.parametrize(
    ("given", "header", "value"),
    [
        ({"type": "bearer_token", "data": {"token": "t"}}, "Authorization", "Bearer t"),
        ({"type": "basic_auth", "data": {"username": "u", "password": "p"}}, "Authorization", "Basic dTpw"),
        ({"type": "api_key", "data": {"name": "X-Key", "value": "v"}}, "X-Key", "v"),
    ],
)
def test_the_credential_of_a_webhook_is_sent(
    desk: Desk, receiver: Receiver, given: dict[str, object], header: str, value: str
) -> None:
    subscribe(desk, receiver, EVENTS[:1], authentication={**given, "add_position": "header"})
    desk.create()
    until(lambda: len(receiver.got) == 1)
    assert receiver.got[0].headers[header] == value


def test_a_409_is_tried_again_with_the_same_id_and_time(desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [(409, {}), (503, {"Retry-After": "1"})]
    webhook = subscribe(desk, receiver, EVENTS[:1])
    desk.create()
    until(lambda: len(receiver.got) == 3)
    names = ("X-Zendesk-Webhook-Invocation-Id", "X-Zendesk-Webhook-Signature-Timestamp")
    for name in names:
        assert len({got.headers[name] for got in receiver.got}) == 1
    until(desk.practice.courier.idle)
    invocation = desk.get(f"webhooks/{webhook['id']}/invocations")["invocations"][0]
    assert (invocation["status"], invocation["status_code"]) == ("success", 200)
    tries = desk.get(f"webhooks/{webhook['id']}/invocations/{invocation['id']}/attempts")["attempts"]
    assert [one["status_code"] for one in tries] == [409, 503, 200]


def test_other_failures_are_not_tried_again(desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [(500, {}), (503, {"Retry-After": "120"})]
    subscribe(desk, receiver, EVENTS[:1])
    desk.create()
    desk.create()
    until(lambda: len(receiver.got) == 2 and desk.practice.courier.idle())
    assert len(receiver.got) == 2


def test_webhooks_can_be_lost_doubled_and_turned_round(desk: Desk, receiver: Receiver) -> None:
    subscribe(desk, receiver, EVENTS[:1])
    desk.nobody.post("/_practice/hooks", json={"lose": True})
    desk.create()
    assert desk.practice.courier.idle()
    desk.nobody.post("/_practice/hooks", json={"copies": 2})
    desk.create()
    until(lambda: len(receiver.got) == 2)
    assert len({got.headers["X-Zendesk-Webhook-Invocation-Id"] for got in receiver.got}) == 1
    subscribe(desk, receiver, EVENTS[4:5])
    receiver.got.clear()
    desk.nobody.post("/_practice/hooks", json={"reverse": True})
    desk.create()
    until(lambda: len(receiver.got) == 2)
    assert list(events(receiver)) == ["comment_added", "created"]


def test_a_refused_write_sends_nothing(desk: Desk, receiver: Receiver) -> None:
    subscribe(desk, receiver)
    assert desk.api.post("/api/v2/tickets", json={"ticket": {"subject": "x"}}).status_code == 422
    assert desk.practice.courier.idle()
    assert receiver.got == []


def test_a_new_secret_signs_from_then_on(desk: Desk, receiver: Receiver) -> None:
    webhook = subscribe(desk, receiver, EVENTS[:1])
    fresh = desk.api.post(f"/api/v2/webhooks/{webhook['id']}/signing_secret")
    assert fresh.status_code == 201
    secret = fresh.json()["signing_secret"]["secret"]
    assert secret != webhook["secret"]
    desk.create()
    until(lambda: len(receiver.got) == 1)
    assert signed_with(receiver.got[0], secret)


def test_a_webhook_can_be_tried_before_and_after_it_is_saved(desk: Desk, receiver: Receiver) -> None:
    request = {"endpoint": receiver.url, "http_method": "POST", "payload": '{"a":1}'}
    answer = desk.api.post("/api/v2/webhooks/test", json={"request": request})
    assert answer.json()["response"]["status"] == 200
    assert signed_with(receiver.got[0], TEST_SECRET)
    webhook = subscribe(desk, receiver, EVENTS[:1])
    desk.api.post(f"/api/v2/webhooks/test?webhook_id={webhook['id']}", json={"request": {"payload": "x"}})
    assert signed_with(receiver.got[1], webhook["secret"])


def test_webhooks_are_listed_shown_changed_and_deleted(desk: Desk, receiver: Receiver) -> None:
    one = subscribe(desk, receiver)
    path = f"/api/v2/webhooks/{one['id']}"
    assert [w["id"] for w in desk.get("webhooks")["webhooks"]] == [one["id"]]
    assert desk.api.patch(path, json={"webhook": {"status": "inactive"}}).status_code == 204
    shown = desk.api.get(path)
    assert shown.json()["webhook"]["status"] == "inactive"
    assert one["secret"] not in shown.text
    assert desk.api.delete(path).status_code == 204
    assert desk.api.get(path).json()["errors"][0]["code"] == "WebhookNotFound"


def test_a_webhook_with_a_wrong_address_or_by_an_agent_is_refused(desk: Desk, receiver: Receiver) -> None:
    webhook = {
        "name": "x",
        "endpoint": "ftp://x",
        "http_method": "POST",
        "request_format": "json",
        "status": "active",
    }
    answer = desk.api.post("/api/v2/webhooks", json={"webhook": webhook})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidUrl")
    good = {**webhook, "endpoint": receiver.url}
    assert desk.asha.post("/api/v2/webhooks", json={"webhook": good}).status_code == 403


def signed_with(got: Got, secret: str) -> bool:
    """Whether a delivery is signed with this secret."""
    stamp = got.headers["X-Zendesk-Webhook-Signature-Timestamp"]
    return got.headers["X-Zendesk-Webhook-Signature"] == signature(secret, stamp, got.body)
