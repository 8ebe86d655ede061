"""Which issues a JQL filter finds: tried as a whole, and asked for single issues without the index's lag."""

from collections.abc import Sequence

from portal.core.errors import Rejected
from sync.connectors.base import Matched, Trial
from sync.connectors.jira.answers import record, records, text, whole
from sync.connectors.jira.home import API, Home
from sync.connectors.jira.listing import quoted
from sync.engine.types import Item

SAMPLES = 5
#: issues that one question may name
BATCH = 500


def trial(home: Home, query: str) -> Trial:
    """How many issues of the project a filter finds now. Raises Rejected with Jira's complaint.

    The filter is parsed by itself first: within brackets a stray one of its own could open the query.
    """
    answer = home.wire.json("POST", f"{API}jql/parse", params={"validation": "strict"}, body={"queries": [query]})
    told = next(iter(records(answer.get("queries"))), {})
    said = told.get("errors")
    wrong = [text(one) for one in said] if isinstance(said, list) else []
    if wrong:
        raise Rejected(f"Jira does not take this filter: {' '.join(wrong)}")
    if record(told.get("structure")).get("orderBy"):
        raise Rejected("A filter has no order. Leave out ORDER BY and what follows it.")
    jql = f"project = {quoted(home.project)} AND ({query})"
    found = home.search({"jql": jql, "maxResults": SAMPLES, "fields": ["summary"]})
    count = home.wire.json("POST", f"{API}search/approximate-count", body={"jql": jql})
    return Trial(whole(count.get("count")), tuple(text(one.get("key")) for one in records(found.get("issues"))))


def matching(home: Home, query: str, items: Sequence[Item]) -> Matched:
    """Which of these issues a filter finds: a consistent read, so that none is unsure.

    Raises Rejected when Jira takes the filter no longer, for example because a field was deleted.
    """
    found: set[str] = set()
    for start in range(0, len(items), BATCH):
        ids = [int(one.record) for one in items[start : start + BATCH]]
        answer = home.wire.json("POST", f"{API}jql/match", body={"issueIds": ids, "jqls": [query]})
        told = next(iter(records(answer.get("matches"))), {})
        errors, matched = told.get("errors"), told.get("matchedIssues")
        if isinstance(errors, list) and errors:
            raise Rejected(f"Jira does not take this filter: {' '.join(text(one) for one in errors)}")
        found |= {text(one) for one in matched} if isinstance(matched, list) else set()
    return Matched(frozenset(found))
