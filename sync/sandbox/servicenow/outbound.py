"""The outbound REST message of a business rule: what an administrator's script sends, signed as it signs."""

import base64
import hashlib
import hmac
import json
import uuid

import httpx

from sync.sandbox.call import Call
from sync.sandbox.hooks import Delivery
from sync.sandbox.servicenow import catalog
from sync.sandbox.store import Doc


def patience(_attempt: int, _answer: httpx.Response | None) -> float | None:
    """A script that sends once: nothing is repeated."""
    return None


def announce(call: Call, table: str, doc: Doc, operation: str) -> None:
    """Queue a message about a record for every address that is set (switches.py)."""
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
    for target in call.store.all("outbound"):
        call.deliveries.append(signed(target["url"], target["secret"], body, stamp))


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
