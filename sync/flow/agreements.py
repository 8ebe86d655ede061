"""The agreements in force as frozen links, cached under a stamp that changes with any of their parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from governance.accessmatrix.selectors import table_of
from governance.dictionary.inforce import Pin
from governance.dictionary.selectors import terms_in_force
from governance.register.models import Connection, Side
from governance.rulebook.rules import limited
from governance.rulebook.selectors import LiveRules, live_rules
from sync.engine.agreement import End, Link, Slot, TermInfo
from sync.flow.store.prepared import asked

#: what a link is built from, as one text
STAMP = """concat_ws('|', c.version, c.state,
  (SELECT string_agg(v.id::text, ',' ORDER BY v.id) FROM governance_ruleversion v
     JOIN governance_rulebook r ON r.id = v.rulebook_id WHERE r.connection_id = c.id AND v.state = 'live'),
  (SELECT max(d.no) FROM governance_dictionary d WHERE d.integration_id = c.integration_id AND d.state = 'agreed'),
  (SELECT concat(max(g.changed), count(*), ',', string_agg(DISTINCT m.id::text, ',')) FROM governance_grant g
     JOIN governance_accessmatrix m ON m.id = g.matrix_id AND m.state = 'live'
     WHERE g.integration_id = c.integration_id),
  (SELECT string_agg(s.account_id, ',' ORDER BY s.system_id) FROM sync_stream s
     JOIN governance_side e ON e.system_id = s.system_id WHERE e.connection_id = c.id))"""
RUNNING = f"""SELECT c.id, c.companies, c.state = 'paused', i.mode, i.batch_minutes, i.demanded, {STAMP}
FROM governance_connection c JOIN governance_integration i ON i.id = c.integration_id"""  # noqa: S608
ONE = RUNNING + " WHERE c.id = %s AND c.state IN ('live', 'paused')"
#: of the systems of a case's items, in the order in which they are worked on
OF_CASE = f"""{RUNNING} WHERE c.state IN ('live', 'paused') AND c.id IN (
  SELECT s.connection_id FROM governance_side s JOIN sync_item i ON i.system_id = s.system_id WHERE i.case_id = %s)
ORDER BY c.position, c.id
"""  # noqa: S608


class Running(NamedTuple):
    """A connection that is live or paused, with the stamp of what its link is built from."""

    id: int
    companies: list[int]
    paused: bool
    #: when its integration exchanges (governance.register.timing)
    mode: str
    minutes: int
    demanded: datetime | None
    stamp: str


@dataclass(frozen=True, slots=True)
class Stamped:
    """A link with the stamp it was built under."""

    stamp: str
    link: Link | None


_cache: dict[int, Stamped] = {}


def live_connections(systems: Iterable[int]) -> list[tuple[int, list[int]]]:
    """(connection id, its companies) of the connections of some systems that are live, or paused."""
    running = (Connection.State.LIVE, Connection.State.PAUSED)
    rows = Connection.objects.filter(sides__system_id__in=list(systems), state__in=running)
    return list(rows.distinct().order_by("position", "id").values_list("id", "companies"))


def of_case(case: int) -> list[Running]:
    """The connections of the systems of a case's items that are live or paused. One query."""
    return [Running(*row) for row in asked(OF_CASE, [case])]


def running(connection: int) -> list[Running]:
    """One connection, unless it is neither live nor paused."""
    return [Running(*row) for row in asked(ONE, [connection])]


def links(connections: Iterable[Running]) -> list[Link]:
    """The links of those connections that have live rules on both sides; the transaction sees both companies."""
    found: list[Link] = []
    for one in connections:
        known = _cache.get(one.id)
        if known is None or known.stamp != one.stamp:
            known = _cache[one.id] = Stamped(one.stamp, built(one.id))
        if known.link is not None:
            found.append(known.link)
    return found


def still_holds(link: Link) -> bool:
    """Whether nothing of a link's agreement changed since it was read; checked again at send."""
    known = _cache.get(link.id)
    return known is not None and known.link is link and [one.stamp for one in running(link.id)] == [known.stamp]


def built(connection: int) -> Link | None:
    """One link from its sides, rules, dictionary and grants; None until both sides have live rules."""
    rules = {row.side: row for row in live_rules(connection)}
    sides = list(
        Side.objects.filter(connection_id=connection).select_related("company", "connection", "system__stream")
    )
    ends: dict[str, End] = {}
    integration = sides[0].connection.integration_id if sides else 0
    agreed = terms_in_force(integration, [pin_of(row) for row in rules.values() if row.dictionary])
    lengths = {term.name: term.max_length for term in agreed}
    for side in sides:
        row = rules.get(side.side)
        if row is not None:
            ends[side.side] = End(
                "a" if side.side == "a" else "b",
                side.company_id,
                side.company.name,
                Slot(side.system_id, side.kind),
                limited(row.rules, lengths),
                row.version,
                side.system.stream.account_id,
            )
    if set(ends) != {"a", "b"}:
        return None
    terms = {t.name: TermInfo(t.name, t.path, t.rich, t.source_of_truth, t.max_length) for t in agreed}
    return Link(connection, ends["a"], ends["b"], terms, table_of(integration).sent())


def pin_of(row: LiveRules) -> Pin:
    """Which dictionary's words one side's live rules keep, and of which terms."""
    lines = (*row.rules.outgoing, *row.rules.incoming)
    return Pin(row.dictionary or 0, frozenset(line.term for line in lines))
