"""Service hooks of the practice Azure DevOps: what is sent, with which secret, and what becomes of a failing one."""

import json
from base64 import b64encode

from tests.sync.sandbox.azuredevops.site import HOOKS, WIT, Json, Site, V, add
from tests.sync.sandbox.serving import Receiver, until


def subscribed(site: Site, url: str, event: str, **more: str) -> Json:
    inputs = {
        "url": url,
        "basicAuthUsername": "sync",
        "basicAuthPassword": "s3cret",
        "httpHeaders": "X-Key: abc",
        **more,
    }
    body = {"publisherId": "tfs", "eventType": event, "consumerId": "webHooks", "consumerActionId": "httpRequest"}
    project = site.api.get("/global/_apis/projects/Delivery", params=V).json()["id"]
    answer = site.api.post(
        HOOKS, params=V, json={**body, "publisherInputs": {"projectId": project}, "consumerInputs": inputs}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_each_event_has_its_shape(site: Site, receiver: Receiver) -> None:
    for event in ("created", "updated", "commented", "deleted", "restored"):
        subscribed(site, receiver.url, f"workitem.{event}")
    number = site.create()["id"]
    site.patch(number, add("System.Title", "After"))
    site.say(number, "Hello")
    site.api.delete(f"{WIT}/workitems/{number}", params=V)
    site.api.patch(f"{WIT}/recyclebin/{number}", params=V, json={"IsDeleted": False})
    until(lambda: len(receiver.got) == 5)
    told = {body["eventType"]: body for body in (json.loads(one.body) for one in receiver.got)}
    created, updated = told["workitem.created"]["resource"], told["workitem.updated"]["resource"]
    assert (created["id"], created["fields"]["System.CreatedBy"]) == (number, "Concord <concord@global.example>")
    assert (updated["workItemId"], updated["id"], updated["revision"]["id"]) == (number, 2, number)
    assert updated["fields"]["System.Title"] == {"oldValue": "Link is down", "newValue": "After"}
    assert told["workitem.commented"]["resource"]["fields"]["System.History"] == "Hello"
    assert told["workitem.restored"]["resource"]["rev"] == 5
    head = receiver.got[0].headers
    assert head["authorization"] == "Basic " + b64encode(b"sync:s3cret").decode()
    assert head["x-key"] == "abc"


def test_secrets_are_masked_when_they_are_read(site: Site) -> None:
    made = subscribed(site, "https://hooks.example/1", "workitem.created")
    shown = site.api.get(f"{HOOKS}/{made['id']}", params=V).json()["consumerInputs"]
    assert (shown["basicAuthPassword"], shown["httpHeaders"]) == ("********", "********")
    assert shown["basicAuthUsername"] == "sync"


def test_less_detail_is_sent_where_less_is_wanted(site: Site, receiver: Receiver) -> None:
    subscribed(site, receiver.url, "workitem.created", resourceDetailsToSend="minimal", messagesToSend="none")
    number = site.create("canary")["id"]
    until(lambda: len(receiver.got) == 1)
    body = json.loads(receiver.got[0].body)
    assert body["resource"]["id"] == number
    assert (
        b"canary"
        not in receiver.got[0].body.replace(b"detailedMessage", b"")[: receiver.got[0].body.find(b"detailedMessage")]
    )


def test_gone_ends_a_subscription_and_another_failure_puts_it_on_probation(site: Site, receiver: Receiver) -> None:
    made = subscribed(site, receiver.url, "workitem.created")
    receiver.answers += [(500, {}), (410, {})]

    def status() -> str:
        return str(site.api.get(f"{HOOKS}/{made['id']}", params=V).json()["status"])

    site.create()
    until(lambda: status() == "onProbation")
    site.create()
    until(lambda: status() == "disabledBySystem")
    site.create()
    assert len(receiver.got) == 2


def test_a_subscription_that_cannot_be_is_refused(site: Site) -> None:
    body = {
        "publisherId": "tfs",
        "eventType": "build.complete",
        "consumerId": "webHooks",
        "consumerActionId": "httpRequest",
    }
    wrong = site.api.post(HOOKS, params=V, json={**body, "consumerInputs": {"url": "https://x.example"}})
    assert wrong.status_code == 400
    nowhere = site.api.post(
        HOOKS, params=V, json={**body, "eventType": "workitem.created", "consumerInputs": {"url": "x"}}
    )
    assert nowhere.status_code == 400
