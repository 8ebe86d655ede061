"""The practice Jira's webhooks: signed, in v2 form, filtered, retried, each event told."""

import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from tests.sync.sandbox.jira.site import Json, Site
from tests.sync.sandbox.serving import Receiver, receiving, until

SECRET = "webhook-secret"
EVENTS = [
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_deleted",
    "attachment_created",
]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook address."""
    with receiving() as made:
        yield made


def register(site: Site, receiver: Receiver, *, jql: str = "project = INF", secret: str = SECRET) -> Json:
    filters = {"issue-related-events-section": jql}
    body = {"name": "sync", "url": receiver.url, "events": EVENTS, "filters": filters, "secret": secret}
    answer = site.api.post("/rest/webhooks/1.0/webhook", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def told(receiver: Receiver) -> list[str]:
    return sorted(str(json.loads(one.body)["webhookEvent"]) for one in receiver.got)


def test_a_delivery_is_signed_over_its_bytes(site: Site, receiver: Receiver) -> None:
    made = register(site, receiver)
    assert (made["isSigned"], "secret" in made) == (True, False)
    site.create()
    until(lambda: len(receiver.got) == 1)
    (one,) = receiver.got
    expected = hmac.new(SECRET.encode(), one.body, hashlib.sha256).hexdigest()
    assert one.headers["X-Hub-Signature"] == f"sha256={expected}"
    assert one.headers["X-Atlassian-Webhook-Identifier"]
    assert one.headers["X-Atlassian-Webhook-Flow"] == "Primary"
    assert "X-Atlassian-Webhook-Retry" not in one.headers


def test_without_a_secret_there_is_no_signature(site: Site, receiver: Receiver) -> None:
    register(site, receiver, secret="")
    site.create()
    until(lambda: len(receiver.got) == 1)
    assert "X-Hub-Signature" not in receiver.got[0].headers


def test_every_event_is_told(site: Site, receiver: Receiver) -> None:
    register(site, receiver)
    site.create()
    site.move("INF-1", "11")
    number = site.say("INF-1", "Hello").json()["id"]
    site.api.delete(f"/rest/api/3/issue/INF-1/comment/{number}")
    file, check = {"file": ("a.txt", b"abc")}, {"X-Atlassian-Token": "no-check"}
    site.api.post("/rest/api/3/issue/INF-1/attachments", files=file, headers=check)
    site.api.delete("/rest/api/3/issue/INF-1")
    expected = sorted([*EVENTS, "jira:issue_updated", "jira:issue_updated"])
    until(lambda: len(receiver.got) >= len(expected))
    assert told(receiver) == expected


def test_bodies_are_in_v2_form(site: Site, receiver: Receiver) -> None:
    register(site, receiver)
    site.create()
    site.say("INF-1", "Hello **you**")
    until(lambda: "comment_created" in told(receiver))
    body = next(json.loads(one.body) for one in receiver.got if b'"comment_created"' in one.body)
    assert body["comment"]["body"] == "Hello *you*"
    assert "/rest/api/2/issue/" in body["comment"]["self"]
    assert set(body["issue"]["fields"]) == {"summary", "issuetype", "project", "assignee", "priority", "status"}


def test_a_filter_keeps_other_projects_away(site: Site, receiver: Receiver) -> None:
    register(site, receiver, jql="project = LAB")
    site.create()
    site.create(project={"key": "LAB"})
    until(lambda: len(receiver.got) == 1)
    assert json.loads(receiver.got[0].body)["issue"]["key"] == "LAB-1"


def test_a_failed_delivery_is_tried_again_with_its_number(site: Site, receiver: Receiver) -> None:
    receiver.answers.append((503, {}))
    register(site, receiver)
    site.create()
    until(lambda: len(receiver.got) == 2)
    first, second = receiver.got
    assert first.body == second.body
    name = "X-Atlassian-Webhook-Identifier"
    assert first.headers[name] == second.headers[name]
    assert second.headers["X-Atlassian-Webhook-Retry"] == "1"


def test_a_webhook_can_be_switched_off_and_forgotten(site: Site, receiver: Receiver) -> None:
    number = register(site, receiver)["self"].rpartition("/")[2]
    path = f"/rest/webhooks/1.0/webhook/{number}"
    assert site.api.put(path, json={"enabled": False}).json()["enabled"] is False
    site.create()
    assert site.api.delete(path).status_code == 204
    assert site.api.get("/rest/webhooks/1.0/webhook").json() == []
    assert receiver.got == []


def test_a_wrong_webhook_is_refused(site: Site) -> None:
    good = {"name": "sync", "url": "https://hooks.example/1", "events": ["jira:issue_created"]}
    bad: tuple[dict[str, object], ...] = (
        {"url": "ftp://x"},
        {"name": ""},
        {"events": ["nonsense"]},
        {"filters": {"issue-related-events-section": "foo ="}},
    )
    for change in bad:
        assert site.api.post("/rest/webhooks/1.0/webhook", json=good | change).status_code == 400
