"""All rows of a case in one statement: what a turn begins with costs one round trip and not one for each table."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sync.flow.connecting import READ
from sync.flow.store.prepared import asked

#: one row, as JSON tells it: times are ISO texts
Row = dict[str, Any]

#: name → query of a case; `fields` are those of path terms
HISTORY = {
    "items": """
        SELECT id, system_id, company_id, kind, record, label, last_revision, gone,
          (SELECT coalesce(max(seq), 0) FROM sync_change c WHERE c.item_id = i.id) AS last_seq
        FROM sync_item i WHERE case_id = %(case)s ORDER BY id""",
    "parts": """
        SELECT id, kind, system_id, company_id, remote_id, at, public FROM sync_part WHERE case_id = %(case)s
        ORDER BY id""",
    "copies": """
        SELECT c.part_id, c.system_id, c.remote_id, c.shown FROM sync_partcopy c JOIN sync_part p ON p.id = c.part_id
        WHERE p.case_id = %(case)s ORDER BY c.id""",
    # open changes, those that ended in triage, and all changes of path fields
    "changes": """
        SELECT c.id, c.item_id, c.field, c.seq, c.occurred, n.new, c.disposition, c.private, c.remote_id
        FROM sync_change c LEFT JOIN sync_changecontent n ON n.change_id = c.id
        WHERE c.case_id = %(case)s AND (c.disposition IN ('', 'parked') OR c.field = ANY (%(fields)s::text[]))
        ORDER BY c.item_id, c.seq""",
}
STATE = {
    **HISTORY,
    "lane": "SELECT dirty_seq FROM sync_lane WHERE case_id = %(case)s",
    "bases": """
        SELECT connection_id, term, value_a, value_b, mark_a, mark_b, unproven, roots
        FROM sync_agreed WHERE case_id = %(case)s ORDER BY id""",
    "intents": """
        SELECT i.id, i.connection_id, i.system_id, i.op, i.subject, i.key, i.at, i.lease_until, i.state, n.payload
        FROM sync_intent i JOIN sync_intentcontent n ON n.intent_id = i.id
        WHERE i.case_id = %(case)s AND (i.state = 'open' OR (i.state = 'done' AND NOT i.proven)) ORDER BY i.id""",
    "holds": "SELECT system_id, until, attempts, code FROM sync_hold WHERE case_id = %(case)s",
    "streams": """
        SELECT system_id, state, failures, greatest(retry_at, concord_downtime(system_id)) AS retry_at
        FROM sync_stream
        WHERE system_id = ANY (%(systems)s::bigint[])
          OR system_id IN (SELECT system_id FROM sync_item WHERE case_id = %(case)s)
        """,
    "parked": """
        SELECT system_id, subject, payload, attempts, state FROM sync_parked WHERE case_id = %(case)s ORDER BY id""",
    "sealed": """
        SELECT DISTINCT ON (connection_id, side) connection_id, side, no, sha256, id
        FROM sync_envelope WHERE case_id = %(case)s ORDER BY connection_id, side, no DESC""",
    "registered": READ,
}


def gathered(
    queries: dict[str, str], case: int, *, systems: Iterable[int] = (), fields: Iterable[str] = ()
) -> dict[str, list[Row]]:
    """The rows of HISTORY or STATE, by the names of their queries."""
    pieces = (
        f"(SELECT coalesce(json_agg(row_to_json(x)), '[]'::json)::text FROM ({query}) x)"  # noqa: S608
        for query in queries.values()
    )
    given: dict[str, Any] = {"case": case, "systems": sorted(systems), "fields": sorted(fields)}
    ((*found,),) = asked("SELECT " + ", ".join(pieces), given)
    return {name: json.loads(text) for name, text in zip(queries, found, strict=True)}


def moment(told: str) -> datetime:
    """A time of a gathered row."""
    return datetime.fromisoformat(told)
