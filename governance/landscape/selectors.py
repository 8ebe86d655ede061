"""What of the landscape a subject may see: own systems and connections, partners as their sides show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef
from django.utils.dateparse import parse_datetime

from governance.landscape.health import Health, Signs, of_connection, of_system, worst
from governance.landscape.ports import Run, Traffic, Vitals, measured
from governance.register.models import Connection, Downtime, Integration, Side, System
from governance.register.ports import kind_of
from governance.register.presence import LEAD
from governance.rulebook.models import Disclosure
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock
from portal.core.nested import Row, nested

#: one row of a query
Values = Mapping[str, Any]
#: downtimes of one system that are looked at
AHEAD = 3


@dataclass(frozen=True, slots=True)
class Node:
    """A system. A partner's has no uid and no run; a negative key stands for one that is not chosen yet."""

    key: int
    uid: UUID | None
    company: int
    name: str
    kind: str
    environment: str = ""
    run: Run | None = None
    health: Health | None = None
    #: the downtime that is open or ahead
    down: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection between two nodes, with the terms and envelopes that travel from a to b and from b to a."""

    key: int
    uid: UUID
    name: str
    integration: UUID
    integration_name: str
    mode: str
    minutes: int
    state: str
    a: int
    b: int
    item_kinds: tuple[str, str]
    terms: tuple[tuple[str, ...], tuple[str, ...]]
    day: tuple[int, int]
    hour: tuple[int, int]
    waiting: int
    parked: int
    health: Health


@dataclass(frozen=True, slots=True)
class Landscape:
    """Nodes by key and edges by name, and every integration that has one, by name."""

    nodes: Mapping[int, Node]
    edges: tuple[Edge, ...]
    integrations: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def health(self) -> Health:
        """The worst of all connections."""
        return worst(edge.health for edge in self.edges)


def landscape_of(by: Subject, *, integration: Integration | None = None) -> Landscape:
    """Everything that the subject may see, or one integration of it. Two queries and one of the sync floor.

    1. connections with sides, disclosed terms and downtimes; 2. own systems; 3. runs, traffic, triage; 4. nodes from
    both, a partner's as its side shows it; 5. edges.
    """
    now = clock.now()
    rows = connected(by, integration, now)
    own = {} if integration else {row["id"]: row for row in owned(by, now)}
    vitals = measured().vitals(by=by, integration=integration.pk if integration else None)
    nodes: dict[int, Node] = {key: own_node(row, vitals, now) for key, row in own.items()}
    for row in rows:
        for side in row["ends"]:
            nodes.setdefault(side["system_id"], side_node(side, vitals, now))
        for company in missing(row):
            nodes.setdefault(-company, Node(-company, None, company, "Not chosen yet", "", health=None))
    edges = tuple(edge_of(row, nodes, vitals, now) for row in rows)
    return Landscape(nodes, edges, {edge.integration: edge.integration_name for edge in by_integration(edges)})


def connected(by: Subject, integration: Integration | None, now: datetime) -> list[Values]:
    """The connections that the subject may see, each with what hangs on it, by name. One query."""
    uid = visible_to(System.objects.filter(pk=OuterRef("system")), by).values("uid")
    environment = visible_to(System.objects.filter(pk=OuterRef("system")), by).values("environment")
    sides = visible_to(Side.objects.filter(connection=OuterRef("pk")), by).order_by("side")
    told = visible_to(Disclosure.objects.filter(connection=OuterRef("pk")), by).order_by("side")
    wanted = Connection.objects.filter(integration=integration) if integration else Connection.objects.all()
    rows: Iterable[Any] = (
        visible_to(wanted, by)
        .order_by("name", "id")
        .values(
            "id",
            "uid",
            "name",
            "state",
            "companies",
            of=F("integration__uid"),
            of_name=F("integration__name"),
            mode=F("integration__mode"),
            minutes=F("integration__batch_minutes"),
            ends=nested(
                sides,
                "side",
                "company_id",
                "system_id",
                "system_name",
                "system_kind",
                "kind",
                uid=uid,
                environment=environment,
                down=downtimes(OuterRef("system_id"), by, now),
            ),
            told=nested(told, "side", "sends", "takes"),
        )
    )
    return list(rows)


def owned(by: Subject, now: datetime) -> list[Values]:
    """The systems of one's own companies, connected or not. One query."""
    rows = visible_to(System.objects.all(), by).order_by("name", "id")
    return list(
        rows.values("id", "uid", "company_id", "name", "kind", "environment", down=downtimes(OuterRef("pk"), by, now))
    )


def downtimes(system: OuterRef, by: Subject, now: datetime) -> Any:
    """The next downtimes of a system that are not over, soonest first, as an annotation."""
    rows = visible_to(Downtime.objects.filter(system_id=system, cancelled=None, ends__gt=now), by)
    return nested(rows.order_by("starts", "id")[:AHEAD], "starts", "ends")


def window(rows: Sequence[Row], now: datetime) -> tuple[tuple[datetime, datetime] | None, datetime | None]:
    """The soonest downtime, and until when the system is away now (counted from LEAD before, as the engine does)."""
    found = [(moment(row["starts"]), moment(row["ends"])) for row in rows]
    away = max((ends for starts, ends in found if starts - LEAD <= now), default=None)
    return (found[0] if found else None), away


def moment(text: object) -> datetime:
    """A time out of nested JSON."""
    at = parse_datetime(str(text))
    if at is None:
        raise ValueError(f"{text!r} is no time")
    return at


def own_node(row: Values, vitals: Vitals, now: datetime) -> Node:
    """One of one's own systems."""
    down, away = window(row["down"], now)
    run = vitals.runs.get(row["id"])
    health = of_system(run.state if run else "", run.reason if run else "", away)
    kind = word_of(row["kind"])
    return Node(row["id"], row["uid"], row["company_id"], row["name"], kind, row["environment"], run, health, down)


def side_node(side: Row, vitals: Vitals, now: datetime) -> Node:
    """A system as its side shows it; its own uid only where the subject may see the system itself."""
    row = {
        **side,
        "id": side["system_id"],
        "uid": UUID(side["uid"]) if side["uid"] else None,
        "name": side["system_name"],
        "kind": side["system_kind"],
        "environment": side["environment"] or "",
    }
    return own_node(row, vitals, now)


def word_of(kind: str) -> str:
    """The product's name of a kind of system."""
    known = kind_of(kind)
    return known.label if known else kind.capitalize()


def missing(row: Values) -> list[int]:
    """The company of a connection that has not chosen its end yet."""
    chosen = {side["company_id"] for side in row["ends"]}
    return [] if len(row["ends"]) > 1 else [one for one in row["companies"] if one not in chosen]


def edge_of(row: Values, nodes: Mapping[int, Node], vitals: Vitals, now: datetime) -> Edge:
    """One connection. A missing end is its company's system that is not chosen yet."""
    ends = {side["side"]: side["system_id"] for side in row["ends"]}
    kinds = {side["side"]: side["kind"] for side in row["ends"]}
    absent = next((-company for company in missing(row)), next(iter(ends.values()), 0))
    a, b = ends.get("a", absent), ends.get("b", absent)
    told = {one["side"]: one for one in row["told"]}
    traffic, parked = vitals.traffic.get(row["id"], Traffic()), vitals.parked.get(row["id"], 0)
    signs = Signs(
        row["state"], (nodes[a].health, nodes[b].health), len(told), parked, traffic.waiting, traffic.oldest
    )
    return Edge(
        key=row["id"],
        uid=row["uid"],
        name=row["name"],
        integration=row["of"],
        integration_name=row["of_name"],
        mode=row["mode"],
        minutes=row["minutes"],
        state=row["state"],
        a=a,
        b=b,
        item_kinds=(kinds.get("a", ""), kinds.get("b", "")),
        terms=(travelling(told, "a", "b"), travelling(told, "b", "a")),
        day=(traffic.day.get("a", 0), traffic.day.get("b", 0)),
        hour=(traffic.hour.get("a", 0), traffic.hour.get("b", 0)),
        waiting=traffic.waiting,
        parked=parked,
        health=of_connection(signs, now),
    )


def travelling(told: Mapping[str, Row], sender: str, taker: str) -> tuple[str, ...]:
    """The terms that one side's live rules send and the other's take, in the sender's order."""
    if sender not in told or taker not in told:
        return ()
    taken = set(told[taker]["takes"])
    return tuple(term for term in told[sender]["sends"] if term in taken)


def by_integration(edges: Iterable[Edge]) -> list[Edge]:
    """The edges by their integration's name."""
    return sorted(edges, key=lambda edge: (edge.integration_name.lower(), str(edge.integration)))
