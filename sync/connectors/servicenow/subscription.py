"""Asking ServiceNow to tell us of changes: business rules that send a signed message, one for each table."""

import hashlib
import json

from portal.core.errors import Rejected
from sync.connectors.answers import record
from sync.connectors.servicenow.answers import text
from sync.connectors.servicenow.home import API, Home

TABLE = "sys_script"
FILES = "sys_attachment"
#: ES5, which every instance runs; also in docs/connectors/servicenow.md for administrators who paste it
SCRIPT = """(function executeRule(current, previous) {
  var url = %(url)s;
  var secret = %(secret)s;
  var file = current.getTableName() == 'sys_attachment';
  var body = JSON.stringify({
    table: String(file ? current.table_name : current.getTableName()),
    sys_id: String(file ? current.table_sys_id : current.sys_id),
    operation: String(current.operation())
  });
  var id = 'msg_' + gs.generateGUID();
  var at = String(Math.floor(new Date().getTime() / 1000));
  var key = GlideStringUtil.base64Encode(secret);
  var mac = new GlideCertificateEncryption().generateMac(key, 'HmacSHA256', id + '.' + at + '.' + body);
  var message = new sn_ws.RESTMessageV2();
  message.setEndpoint(url);
  message.setHttpMethod('post');
  message.setRequestHeader('Content-Type', 'application/json');
  message.setRequestHeader('webhook-id', id);
  message.setRequestHeader('webhook-timestamp', at);
  message.setRequestHeader('webhook-signature', 'v1,' + mac);
  message.setRequestBody(body);
  message.executeAsync();
})(current, previous);
"""
DROPPED = (
    "ServiceNow took no business rule from this account. Let an administrator add it: docs/connectors/servicenow.md."
)


def subscribe(home: Home, url: str, secret: str) -> str:
    """Make sure that each table has one rule that posts to `url`, signed with `secret`; returns that secret.

    A rule that is there already gets the new script. Raises Rejected where the account is no administrator.
    """
    mark = hashlib.sha256(url.encode()).hexdigest()[:8]
    for table in (*home.tables, FILES):
        name = f"Concord {mark}: {table}"
        found = home.rows(TABLE, f"name={name}^collection={table}", "sys_id")
        place = f"{API}{TABLE}/{text(found[0].get('sys_id'))}" if found else API + TABLE
        body = rule(table, name, url, secret)
        params: dict[str, str | int] = {"sysparm_fields": "sys_id,script"}
        answer = home.ask("PATCH" if found else "POST", place, params=params, body=body)
        if not text(record(answer.get("result")).get("script")):
            raise Rejected(DROPPED)
    return secret


def rule(table: str, name: str, url: str, secret: str) -> dict[str, str]:
    """A business rule as its table keeps it; of files only new ones are told."""
    changes = "false" if table == FILES else "true"
    return {
        "name": name,
        "collection": table,
        "when": "async",
        "active": "true",
        "advanced": "true",
        "action_insert": "true",
        "action_update": changes,
        "action_delete": changes,
        "script": SCRIPT % {"url": json.dumps(url), "secret": json.dumps(secret)},
    }
