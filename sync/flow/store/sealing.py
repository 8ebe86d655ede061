"""Envelopes sealed, terms withheld by name, bases moved on, lost values kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from psycopg.types.json import Json

from sync.engine.agreement import Link
from sync.engine.envelope import Envelope as Drawn
from sync.engine.envelope import plain
from sync.engine.merge import Base
from sync.flow.models.writes import Conflict
from sync.flow.ports import Lost, State
from sync.flow.store.prepared import asked, done, rows_of

SEAL = """
WITH sealed AS (
  INSERT INTO sync_envelope (uid, case_id, connection_id, side, from_company, to_company, companies, no, rule_version,
    sealed, occurred, sha256, terms, parts)
  VALUES (gen_random_uuid(), %(case)s::bigint, %(connection)s::bigint, %(side)s, %(from)s::bigint, %(to)s::bigint,
    %(companies)s::bigint[], %(no)s::int, %(rule_version)s::bigint, %(now)s::timestamptz, %(occurred)s::timestamptz,
    %(sha256)s, %(terms)s::text[], %(parts)s::int) RETURNING id
), content AS (
  INSERT INTO sync_envelopecontent (envelope_id, companies, body)
  SELECT id, %(companies)s::bigint[], %(body)s::jsonb FROM sealed
), counted AS (
  INSERT INTO sync_withheld AS known (case_id, connection_id, company_id, term, reason, first, last, times)
  SELECT %(case)s::bigint, %(connection)s::bigint, %(from)s::bigint, term, reason, %(now)s::timestamptz,
    %(now)s::timestamptz, 1
  FROM json_to_recordset(%(withheld)s::json) AS one (term text, reason text)
  ON CONFLICT (case_id, connection_id, company_id, term)
  DO UPDATE SET times = known.times + 1, last = excluded.last, reason = excluded.reason
)
SELECT id FROM sealed
"""
AGREE = """
INSERT INTO sync_agreed (case_id, connection_id, companies, term, value_a, value_b, mark_a, mark_b, unproven, roots,
  at)
SELECT %(case)s::bigint, connection, companies, term, value_a, value_b, mark_a, mark_b, unproven, roots,
  %(now)s::timestamptz
FROM json_to_recordset(%(bases)s::json) AS one (connection bigint, companies bigint[], term text, value_a jsonb,
  value_b jsonb, mark_a int, mark_b int, unproven text, roots jsonb)
ON CONFLICT (case_id, connection_id, term) DO UPDATE SET value_a = excluded.value_a, value_b = excluded.value_b,
  mark_a = excluded.mark_a, mark_b = excluded.mark_b, unproven = excluded.unproven, roots = excluded.roots,
  at = excluded.at
"""
#: within which the same loss is the same turn, tried again
REPEATED = timedelta(minutes=10)


def seal(
    case: int, link: Link, envelope: Drawn, digest: str, withheld: Mapping[str, str], no: int, now: datetime
) -> int:
    """Store an envelope under its number, and count each term that did not leave by name; returns its id."""
    mine, theirs = link.end(envelope.side), link.other(envelope.side)
    given = {
        "case": case,
        "connection": link.id,
        "side": envelope.side,
        "from": mine.company,
        "to": theirs.company,
        "companies": sorted({mine.company, theirs.company}),
        "no": no,
        "rule_version": envelope.rule_version,
        "now": now,
        "occurred": envelope.newest(),
        "sha256": digest,
        "terms": sorted(envelope.values),
        "parts": len(envelope.parts),
        "body": Json(envelope.body()),
        "withheld": rows_of([{"term": term, "reason": reason} for term, reason in sorted(withheld.items())]),
    }
    ((number,),) = asked(SEAL, given)
    return int(number)


def agree(
    case: int,
    bases: Mapping[tuple[int, str], Base],
    state: State,
    now: datetime,
    companies: Iterable[int],
) -> None:
    """Store bases, each named by connection and term, and bring `state` up to date."""
    parties = {link.id: sorted({link.a.company, link.b.company}) for link in state.links}
    rows = [
        {
            "connection": link,
            "companies": parties.get(link, sorted(companies)),
            "term": term,
            "value_a": plain(base.a),
            "value_b": plain(base.b),
            "mark_a": base.mark_a,
            "mark_b": base.mark_b,
            "unproven": base.unproven,
            "roots": [list(one) for one in base.roots],
        }
        for (link, term), base in bases.items()
    ]
    if rows:
        done(AGREE, {"case": case, "now": now, "bases": rows_of(rows)})
    state.bases.update(bases)


def keep(case: int, lost: Sequence[Lost], now: datetime) -> None:
    """Keep values that lost, each for its own company; a turn repeated after a crash keeps them once."""
    recent = Conflict.objects.filter(case_id=case, at__gte=now - REPEATED) if lost else Conflict.objects.none()
    known = [(row.connection_id, row.company_id, row.term, row.lost) for row in recent]
    Conflict.objects.bulk_create(
        [
            Conflict(
                case_id=case,
                connection_id=one.link,
                company_id=one.company,
                term=one.term,
                lost=plain(one.value),
                why=one.why[:200],
                at=now,
            )
            for one in lost
            if (one.link, one.company, one.term, plain(one.value)) not in known
        ]
    )
