"""The outbound REST message of a business rule: what an administrator's script sends, signed as it signs."""

import base64
import hashlib
import hmac
import json
import re
import uuid

import httpx

from sync.sandbox.call import Call
from sync.sandbox.hooks import Delivery
from sync.sandbox.servicenow import catalog
from sync.sandbox.store import Doc

#: var url = "https://…";
CONSTANT = re.compile(r'\b(url|secret)\s*=\s*("(?:[^"\\]|\\.)*")')


def patience(_attempt: int, _answer: httpx.Response | None) -> float | None:
    """A script that sends once: nothing is repeated."""
    return None


def announce(call: Call, table: str, doc: Doc, operation: str, *, source: str = "") -> None:
    """Queue a message about a record for every address that is set (switches.py), and for every business rule.

    `source` is the table whose row was written where that is not the record's own: a file's.
    """
    if table not in catalog.WORK:
        return
    body = json.dumps(
        {
            "table": table,
            "sys_id": doc["sys_id"],
            "operation": operation,
            "sys_mod_count": doc["sys_mod_count"],
            "sys_updated_on": doc["sys_updated_on"],
            "updated_by": doc["sys_updated_by"],
        }
    ).encode()
    stamp = str(int(call.practice.now().timestamp()))
    targets = [(one["url"], one["secret"]) for one in call.store.all("outbound")]
    for rule in call.store.all("sys_script"):
        meets = rule["active"] == "true" and rule["collection"] == (source or table)
        if meets and rule[f"action_{operation}"] == "true":
            targets += addressed(rule["script"])
    call.deliveries += [signed(url, secret, body, stamp) for url, secret in targets]


def addressed(script: str) -> list[tuple[str, str]]:
    """The address and secret in a rule's script. Scripts do not run here: one with both is taken to sign and send."""
    found = {name: json.loads(text) for name, text in CONSTANT.findall(script)}
    return [(found["url"], found["secret"])] if {"url", "secret"} <= set(found) else []


def signed(url: str, secret: str, body: bytes, stamp: str) -> Delivery:
    """HMAC-SHA256 over id, time and body, base64: the Standard Webhooks form, which the script writes."""
    number = f"msg_{uuid.uuid4().hex}"
    said = b".".join((number.encode(), stamp.encode(), body))
    mac = base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "ServiceNow/1.0",
        "webhook-id": number,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{mac}",
    }
    return Delivery(id=number, url=url, body=body, headers=headers)
