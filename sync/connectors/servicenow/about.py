"""What an instance is: who we are there, what we may read, its kinds with their fields, states and limits."""

from portal.core import clock
from portal.core.errors import Missing, Rejected
from sync.connectors.servicenow import bodies
from sync.connectors.servicenow.answers import text
from sync.connectors.servicenow.home import Home
from sync.engine.types import Actor, Check, Schema

#: what the account must be able to read beside its records, and why
NEEDED = {
    "sys_journal_field": "comments and work notes",
    "sys_audit": "the history of records",
    "sys_attachment": "files",
    "sys_dictionary": "the columns of tables",
    "sys_choice": "the names of states and choices",
}
ZONE = "The account's time zone is {}. Set it to GMT: ServiceNow reads the dates of queries in it."
GMT = ("GMT", "UTC", "Etc/UTC", "Etc/GMT")
#: com.glide.attachment.max_size of an instance as it is delivered
FILE_MAX_BYTES = 1024 * 1024 * 1024


def check(home: Home) -> Check:
    """Who we are and what is missing. Raises Unauthorized, Unavailable."""
    told = home.clock()
    skew = (told - clock.now()).total_seconds() if told else 0.0
    me = home.me()
    zone = text(me.get("time_zone"))
    problems = [] if zone in GMT else [ZONE.format(zone or "the instance's own")]
    refused = {table: said for table in home.tables if (said := _unreadable(home, table))}
    problems += refused.values()
    for table, what in NEEDED.items():
        if _unreadable(home, table):
            problems.append(f"The account may not read {what}. Let it read {table}.")
    return Check(
        account=Actor(text(me.get("user_name")), text(me.get("name"))),
        product="ServiceNow",
        version=_version(home),
        skew=0.0 if abs(skew) < 2 else round(skew, 1),
        kinds=tuple(table for table in home.tables if table not in refused),
        problems=tuple(problems),
        notes=("Webhooks are business rules, which an administrator adds: docs/connectors/servicenow.md.",),
    )


def _unreadable(home: Home, table: str) -> str:
    """Why a table cannot be read, "" when it can."""
    try:
        home.page(table, "", "sys_id", limit=1)
    except (Missing, Rejected) as fault:
        return f"The account may not read {table}: {fault.sentence}"
    return ""


def _version(home: Home) -> str:
    """The name of the build, where the account may read it."""
    try:
        rows = home.page("sys_properties", "name=glide.buildname", "value", limit=1).rows
    except (Missing, Rejected):
        return ""
    return text(rows[0].get("value")) if rows else ""


def describe(home: Home, kind: str) -> Schema:
    """Columns, choices and lengths of one table. Raises Missing for one that takes no part.

    Each instance has its own rules for states and tells them nowhere, so `moves` is empty: unknown.
    """
    columns = home.catalogue.columns(home.known(kind))
    journal = columns.get("comments")
    infos = (one.info() for one in columns.values())
    return Schema(
        kind=kind,
        fields=tuple(one for one in infos if one is not None),
        comment_max_length=max(1, journal.length - bodies.ROOM) if journal and journal.length else None,
        attachment_max_bytes=FILE_MAX_BYTES,
    )
