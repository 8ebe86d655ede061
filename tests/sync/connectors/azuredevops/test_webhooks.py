"""Web hooks: the secret in their head, and the item that they are about; subscribing to them."""

import base64
import json

import pytest

from portal.core import clock
from portal.core.errors import Rejected, Unauthorized
from sync.engine.types import Hint
from tests.sync.connectors.azuredevops.site import Site

SECRETS = ("new", "old")
HOOKS = "_apis/hooks/subscriptions"


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"concord:{password}".encode()).decode()}


def told(headers: dict[str, str], body: object, secrets: tuple[str, ...] = SECRETS) -> tuple[Hint, ...]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Site().connector().parse_webhook(headers, raw, secrets, now=clock.now())


@pytest.mark.parametrize("headers", [basic("new"), basic("old"), {"x-concord-key": "old"}])
def test_a_secret_that_is_in_force_opens_by_either_way(headers: dict[str, str]) -> None:
    body = {"id": "e-1", "eventType": "workitem.created", "resource": {"id": 5}}
    assert told(headers, body) == (Hint("5", "e-1"),)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("guess"),
        basic(""),
        {"Authorization": "Basic ???"},
        {"Authorization": "Bearer new"},
        {"x-concord-key": ""},
    ],
)
def test_a_wrong_secret_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthorized):
        told(headers, {"eventType": "workitem.created", "resource": {"id": 5}})
    with pytest.raises(Unauthorized):
        told(headers, {}, ("",))


@pytest.mark.parametrize(
    ("resource", "number"),
    [
        ({"id": 12, "workItemId": 5, "rev": 3}, "5"),
        ({"id": 12, "revision": {"id": 5, "rev": 3}}, "5"),
        ({"id": 12, "url": "https://dev.azure.com/acme/_apis/wit/workItems/5/updates/12"}, "5"),
        ({"id": 5, "url": "https://dev.azure.com/acme/_apis/wit/workItems/5"}, "5"),
    ],
)
def test_an_updates_own_number_is_not_the_items(resource: dict[str, object], number: str) -> None:
    body = {"id": "e", "eventType": "workitem.updated", "resource": resource}
    assert [hint.record for hint in told(basic("new"), body)] == [number]


def test_what_is_about_something_else_says_nothing() -> None:
    assert told(basic("new"), {"eventType": "build.complete", "resource": {"id": 5}}) == ()
    assert told(basic("new"), {"eventType": "workitem.created", "resource": None}) == ()
    for body in (b"no json", b"[1]"):
        with pytest.raises(Rejected):
            told(basic("new"), body)


def test_subscribing_replaces_what_was_there_and_doubles_nothing() -> None:
    url = "https://concord.example/hook"
    old = {"id": "h-1", "consumerInputs": {"url": url}, "status": "disabledBySystem"}
    other = {"id": "h-2", "consumerInputs": {"url": "https://else.example"}}
    answers = {f"GET {HOOKS}": {"value": [old, other]}, f"POST {HOOKS}": {"id": "h-3"}, f"DELETE {HOOKS}/h-1": {}}
    site = Site(answers=answers)  # type: ignore[arg-type]
    assert site.connector().subscribe(url, "s3cret") == "s3cret"
    assert site.calls().count(f"POST {HOOKS}") == 5
    assert site.calls()[-1] == f"DELETE {HOOKS}/h-1"
    sent = site.sent(f"POST {HOOKS}")
    assert sent["publisherInputs"] == {"projectId": "p-1"}
    assert (sent["consumerInputs"]["basicAuthPassword"], sent["consumerInputs"]["url"]) == ("s3cret", url)
