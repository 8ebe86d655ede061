"""The agreements in force as frozen links, cached under a stamp that changes with any of their parts."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection as database

from governance.accessmatrix.selectors import grants_of
from governance.dictionary.selectors import agreed_terms
from governance.register.models import Connection, Side
from governance.rulebook.selectors import live_rules
from sync.engine.agreement import End, Link, Slot, TermInfo

STAMP = """
SELECT c.id, concat_ws('|', c.version, c.state,
  (SELECT string_agg(v.id::text, ',' ORDER BY v.id) FROM governance_ruleversion v
     JOIN governance_rulebook r ON r.id = v.rulebook_id WHERE r.connection_id = c.id AND v.state = 'live'),
  (SELECT max(d.no) FROM governance_dictionary d WHERE d.integration_id = c.integration_id AND d.state = 'agreed'),
  (SELECT concat(max(g.changed), count(*)) FROM governance_grant g WHERE g.integration_id = c.integration_id),
  (SELECT string_agg(s.account_id, ',' ORDER BY s.system_id) FROM sync_stream s
     JOIN governance_side e ON e.system_id = s.system_id WHERE e.connection_id = c.id))
FROM governance_connection c WHERE c.id = ANY (%s) AND c.state IN ('live', 'paused') ORDER BY c.position, c.id
"""
OF_CASE = """
SELECT id, companies, state = 'paused' FROM governance_connection WHERE state IN ('live', 'paused') AND id IN (
  SELECT s.connection_id FROM governance_side s JOIN sync_item i ON i.system_id = s.system_id WHERE i.case_id = %s)
ORDER BY position, id
"""


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


def live_connections_of(case: int) -> list[tuple[int, list[int], bool]]:
    """The same for the systems of a case's items, in one query, with whether each is paused."""
    with database.cursor() as cursor:
        cursor.execute(OF_CASE, [case])
        return list(cursor.fetchall())


def stamps(ids: Iterable[int]) -> dict[int, str]:
    """The stamp of each live or paused connection, in the order in which they are worked on. One query."""
    with database.cursor() as cursor:
        cursor.execute(STAMP, [list(ids)])
        return dict(cursor.fetchall())


def links(ids: Iterable[int]) -> list[Link]:
    """The links of live or paused connections that have live rules on both sides; the transaction sees both."""
    found: list[Link] = []
    for connection, stamp in stamps(ids).items():
        known = _cache.get(connection)
        if known is None or known.stamp != stamp:
            known = _cache[connection] = Stamped(stamp, built(connection))
        if known.link is not None:
            found.append(known.link)
    return found


def still_holds(link: Link) -> bool:
    """Whether nothing of a link's agreement changed since it was read; checked again at send."""
    known = _cache.get(link.id)
    return known is not None and known.link is link and stamps([link.id]).get(link.id) == known.stamp


def built(connection: int) -> Link | None:
    """One link from its sides, rules, dictionary and grants; None until both sides have live rules."""
    rules = {row.side: row for row in live_rules(connection)}
    sides = list(
        Side.objects.filter(connection_id=connection).select_related("company", "connection", "system__stream")
    )
    ends: dict[str, End] = {}
    for side in sides:
        row = rules.get(side.side)
        if row is not None:
            ends[side.side] = End(
                "a" if side.side == "a" else "b",
                side.company_id,
                side.company.name,
                Slot(side.system_id, side.kind),
                row.rules,
                row.version,
                side.system.stream.account_id,
            )
    if set(ends) != {"a", "b"}:
        return None
    integration = sides[0].connection.integration_id
    terms = {t.name: TermInfo(t.name, t.path, t.rich, t.source_of_truth) for t in agreed_terms(integration)}
    grants = {(g.company, g.grantee, g.term): g.level for g in grants_of(integration)}
    return Link(connection, ends["a"], ends["b"], terms, grants)
