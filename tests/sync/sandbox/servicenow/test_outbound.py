"""What a business rule sends: signed, once, about records people work on."""

import base64
import hashlib
import hmac
import json

from tests.sync.sandbox.servicenow.site import TABLE, Site
from tests.sync.sandbox.serving import Receiver, until


def test_every_change_is_sent_signed(site: Site, receiver: Receiver) -> None:
    site.switch("outbound", url=receiver.url, secret="whisper")
    number = str(site.create()["sys_id"])
    site.change(number, urgency="1")
    site.upload(number, "a.txt", b"x")
    site.lena.delete(f"{TABLE}/incident/{number}")
    until(lambda: len(receiver.got) == 4)
    said = [json.loads(one.body) for one in receiver.got]
    assert sorted(one["operation"] for one in said) == ["delete", "insert", "insert", "update"]
    assert {(one["table"], one["sys_id"]) for one in said} == {("incident", number)}
    for one in receiver.got:
        signed = f"{one.headers['webhook-id']}.{one.headers['webhook-timestamp']}.".encode() + one.body
        mac = base64.b64encode(hmac.new(b"whisper", signed, hashlib.sha256).digest()).decode()
        assert one.headers["webhook-signature"] == f"v1,{mac}"


def test_nothing_is_repeated_and_nothing_sent_once_it_is_off(site: Site, receiver: Receiver) -> None:
    receiver.answers = [(500, {})]
    site.switch("outbound", url=receiver.url, secret="whisper")
    site.create()
    until(lambda: len(receiver.got) == 1 and site.practice.courier.idle())
    assert site.switch("outbound", url=receiver.url, secret="") == {"url": receiver.url, "on": False}
    site.create()
    until(site.practice.courier.idle)
    assert len(receiver.got) == 1
    assert site.nobody.post("/_practice/outbound", json={}).status_code == 400
    assert site.nobody.post("/_practice/outbound", data={"url": "x"}).status_code == 415


def rule(url: str, **more: str) -> dict[str, str]:
    """A business rule of an administrator."""
    script = f'var url = "{url}"; var secret = "whisper";'
    flags = {"active": "true", "action_insert": "true", "action_update": "false", "action_delete": "false"}
    return {"name": "Tell", "collection": "incident", "when": "async", "script": script, **flags, **more}


def test_a_business_rule_sends_what_it_is_for(site: Site, receiver: Receiver) -> None:
    assert site.lena.post(f"{TABLE}/sys_script", json=rule(receiver.url)).status_code == 403
    made = site.api.post(f"{TABLE}/sys_script", json=rule(receiver.url)).json()["result"]
    site.create("change_request")
    number = str(site.create()["sys_id"])
    site.change(number, urgency="1")
    site.upload(number, "a.txt", b"x")
    until(site.practice.courier.idle)
    assert [json.loads(one.body)["operation"] for one in receiver.got] == ["insert"]
    site.api.patch(f"{TABLE}/sys_script/{made['sys_id']}", json={"active": "false"}).raise_for_status()
    site.api.post(f"{TABLE}/sys_script", json=rule(receiver.url, script="var x = 1;")).raise_for_status()
    site.create()
    until(site.practice.courier.idle)
    assert len(receiver.got) == 1
