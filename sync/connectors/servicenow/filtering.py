"""Which records an encoded query finds: checked column by column, tried as a whole, asked for single records."""

import re
from collections.abc import Sequence

from portal.core.errors import Rejected
from sync.connectors.base import Matched, Trial
from sync.connectors.servicenow.answers import text
from sync.connectors.servicenow.home import Home
from sync.engine.types import Item

SAMPLES = 5
BATCH = 90
DOT = re.compile(r"(?:^|\^(?:NQ|OR)?)[a-z0-9_]+\.[a-z]")
DOTTED = "ServiceNow ignores a column behind a dot that there is not: look at what is found."
TERM = re.compile(r"(?:NQ|OR)?([a-z_][a-z0-9_]*)((?:\.[a-z_][a-z0-9_]*)*)\s*([A-Z ]{2,}|[!<>=]+)")


def trial(home: Home, query: str) -> Trial:
    """How many records a filter finds now. Raises Rejected for one that ServiceNow would quietly widen."""
    checked(home, query)
    count, samples = 0, list[str]()
    for table in home.tables:
        batch = home.page(table, f"{query.strip()}^ORDERBYDESCsys_updated_on", "sys_id,number", limit=SAMPLES)
        count += batch.total
        samples += [text(row.get("number")) for row in batch.rows]
    note = DOTTED if DOT.search(query) else ""
    return Trial(count, tuple(samples[:SAMPLES]), note)


def checked(home: Home, query: str) -> None:
    """Raise Rejected for an order, a script, or a column that there is not.

    ServiceNow drops a condition that it does not understand and answers with more than was asked for.
    """
    if not query.strip():
        raise Rejected("An empty filter finds everything. Leave it out instead.")
    if "ORDERBY" in query or "javascript:" in query.lower():
        raise Rejected("A filter has no order and no script. Leave out ORDERBY and javascript.")
    for term in query.strip().split("^"):
        found = TERM.match(term)
        if found is None:
            raise Rejected(f"ServiceNow would ignore “{term[:60]}” in this filter. Write column, operator, value.")
        for table in home.tables:
            if found.group(1) not in home.catalogue.columns(table):
                raise Rejected(f"ServiceNow's table {table} has no column {found.group(1)}, and would ignore it.")


def matching(home: Home, query: str, items: Sequence[Item]) -> Matched:
    """Which of these records a filter finds: a strong read, so that none is unsure.

    Each part behind ^NQ is a query of its own, so the records are named in each.
    """
    checked(home, query)
    found: set[str] = set()
    for table in home.tables:
        ids = [one.record for one in items if one.kind == table]
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            named = f"sys_idIN{','.join(some)}^"
            asked = "^NQ".join(named + part for part in query.strip().split("^NQ"))
            found |= {text(row.get("sys_id")) for row in home.rows(table, asked, "sys_id")} & set(some)
    return Matched(frozenset(found))
