"""Which work items a WIQL condition finds: tried as a whole, and asked for single items."""

from collections.abc import Sequence

from portal.core.errors import Rejected
from sync.connectors.azuredevops.home import VERSION, Home
from sync.connectors.azuredevops.listing import BATCH, MAX_RESULTS, ids
from sync.connectors.base import Matched, Trial
from sync.engine.types import Item

SAMPLES = 5


def trial(home: Home, query: str) -> Trial:
    """How many items of the project a condition finds now. Raises Rejected with the service's complaint.

    The condition is asked by itself first: within brackets a stray one of its own could open the query.
    """
    if query.strip().upper().startswith("SELECT"):
        raise Rejected("A filter is the condition alone, what stands after WHERE in a query. Leave the rest out.")
    alone = {"query": f"SELECT [System.Id] FROM WorkItems WHERE {query}"}  # noqa: S608 - WIQL, which reads work items only
    params: dict[str, str | int] = {**VERSION, "timePrecision": "true", "$top": 1}
    home.wire.json("POST", home.path("wiql"), params=params, body=alone)
    found = ids(home, query)
    note = f"There may be more: a query ends at {MAX_RESULTS:,}." if len(found) >= MAX_RESULTS else ""
    return Trial(len(found), tuple(f"#{one}" for one in found[:SAMPLES]), note)


def matching(home: Home, query: str, items: Sequence[Item]) -> Matched:
    """Which of these items a condition finds. WIQL reads the items themselves and no index: none is unsure."""
    found: set[str] = set()
    for start in range(0, len(items), BATCH):
        asked = [one.record for one in items[start : start + BATCH]]
        named = ", ".join(asked)
        # what is found is held against what was asked: a condition can widen the query, and not the answer
        found |= set(ids(home, f"[System.Id] IN ({named}) AND ({query})")) & set(asked)
    return Matched(frozenset(found))
