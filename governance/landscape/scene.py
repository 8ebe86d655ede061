"""What the picture says: the landscape narrowed, in words, and collapsed where it is too much to read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from governance.landscape.drawing import Cable, House, Picture, Tile
from governance.landscape.health import Health, worst
from governance.landscape.layout import FLAT, Group, Heights, Wire, arranged
from governance.landscape.lettering import number
from governance.landscape.selectors import Edge, Landscape, Node
from portal.core import clock
from portal.ui.faces import STEP, Face
from portal.ui.words import ago, humanised

#: from more connections or systems on, each pair of companies is one line
MOST_EDGES, MOST_NODES = 40, 60
MODES = {"real-time": "Real time", "on-demand": "On demand"}
Faces = Mapping[int, Face]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader narrows the landscape to."""

    integration: UUID | None = None
    company: int | None = None
    unhealthy: bool = False


def narrowed(seen: Landscape, wanted: Wanted) -> Landscape:
    """The connections that are wanted with their systems; systems without one stay while nothing is asked for."""
    if wanted == Wanted():
        return seen
    edges = tuple(
        edge
        for edge in seen.edges
        if wanted.integration in (None, edge.integration)
        and wanted.company in (None, seen.nodes[edge.a].company, seen.nodes[edge.b].company)
        and not (wanted.unhealthy and edge.health.kind == "ok")
    )
    kept = {end for edge in edges for end in (edge.a, edge.b)}
    return replace(seen, nodes={key: node for key, node in seen.nodes.items() if key in kept}, edges=edges)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: the companies they may name, their own ones, and their time zone."""

    faces: Faces
    own: frozenset[int]
    zone: ZoneInfo

    def name(self, company: int) -> str:
        """A company's name."""
        return self.faces[company].name if company in self.faces else "Another company"

    def house(self, company: int, *, named: bool) -> House:
        """A company as it is drawn."""
        hue = self.faces[company].hue if company in self.faces else 0
        return House(self.name(company) if named else "", hue % 360 // STEP * STEP)


def is_collapsed(seen: Landscape) -> bool:
    """Whether the picture shows pairs of companies and not every system."""
    return len(seen.edges) > MOST_EDGES or len(seen.nodes) > MOST_NODES


def picture_of(seen: Landscape, reader: Reader, *, title: str) -> Picture:
    """The picture, in full or by pairs of companies."""
    flat = is_collapsed(seen)
    tiles, cables, groups, wires = collapsed(seen, reader) if flat else full(seen, reader)
    return Picture(
        title=title,
        description=summary(seen),
        layout=arranged(groups, wires, FLAT if flat else Heights()),
        houses={group.key: reader.house(group.key, named=not flat) for group in groups},
        tiles=tiles,
        cables=cables,
    )


Parts = tuple[dict[int, Tile], dict[int, Cable], list[Group], list[Wire]]


def full(seen: Landscape, reader: Reader) -> Parts:
    """Every system and every connection."""
    members: dict[int, list[int]] = {}
    for node in seen.nodes.values():
        members.setdefault(node.company, []).append(node.key)
    groups = [Group(company, tuple(keys), company in reader.own) for company, keys in members.items()]
    tiles = {key: tile(node, reader) for key, node in seen.nodes.items()}
    cables = {edge.key: cable(edge, seen, reader) for edge in seen.edges}
    return tiles, cables, groups, [Wire(edge.key, edge.a, edge.b) for edge in seen.edges]


def collapsed(seen: Landscape, reader: Reader) -> Parts:
    """One tile for each company, and one line for each pair with a connection; its key is that of the first."""
    members: dict[int, list[Node]] = {}
    for node in seen.nodes.values():
        members.setdefault(node.company, []).append(node)
    pairs: dict[tuple[int, int], list[Edge]] = {}
    for edge in seen.edges:
        one, other = sorted((seen.nodes[edge.a].company, seen.nodes[edge.b].company))
        pairs.setdefault((one, other), []).append(edge)
    groups = [Group(company, (company,), company in reader.own) for company in members]
    tiles = {company: together(company, nodes, reader) for company, nodes in members.items()}
    cables = {edges[0].key: bundle(pair, edges, seen, reader) for pair, edges in pairs.items()}
    return tiles, cables, groups, [Wire(edges[0].key, *pair) for pair, edges in pairs.items()]


def tile(node: Node, reader: Reader) -> Tile:
    """A system: its kind and environment, how it does, when it was asked, the downtime ahead."""
    state, word = (node.health.kind, node.health.word) if node.health else ("", "")
    if node.down is not None and state in {"", "ok"}:
        state, word = "waiting", f"Down {moment(node.down[0], reader.zone)}"
    elif node.run and node.run.polled and word == "Reachable":
        word = f"Reachable, {ago(node.run.polled)}"
    told = [f"{node.name}, {reader.name(node.company)}.", *([f"{node.kind}."] if node.kind else [])]
    told += [f"{node.health.word}. {node.health.reason}".strip()] if node.health else []
    told += [schedule_of(node, reader.zone)] if schedule_of(node, reader.zone) else []
    environment = ", test" if node.environment == "test" else ""
    href = reverse("system", args=[node.uid]) if node.uid else company_address(node.company, reader)
    return Tile(node.name, f"{node.kind}{environment}", state, word, href, " ".join(told))


def schedule_of(node: Node, zone: ZoneInfo) -> str:
    """When a system was and will be asked, and its downtime, in a sentence or nothing."""
    run, parts = node.run, []
    if run and run.polled:
        parts.append(f"asked {ago(run.polled)}")
    if run and run.next_poll and run.next_poll > clock.now():
        parts.append(f"next {ago(run.next_poll)}")
    if node.down:
        parts.append(f"downtime {moment(node.down[0], zone)} to {moment(node.down[1], zone)}")
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def together(company: int, nodes: list[Node], reader: Reader) -> Tile:
    """All systems of a company as one."""
    told = [node.health for node in nodes if node.health]
    found: Health | None = worst(told) if told else None
    unwell = sum(1 for one in told if one.kind != "ok")
    word = (
        ""
        if found is None
        else (
            f"{counted(len(nodes), 'system')}, all well" if not unwell else f"{unwell} of {len(nodes)}: {found.word}"
        )
    )
    text = f"{reader.name(company)}: {counted(len(nodes), 'system')}."
    kinds = ", ".join(sorted({node.kind for node in nodes if node.kind}))
    href = company_address(company, reader)
    detail = ", ".join(one for one in (counted(len(nodes), "system"), kinds) if one)
    return Tile(reader.name(company), detail, found.kind if found else "", word, href, text)


def cable(edge: Edge, seen: Landscape, reader: Reader) -> Cable:
    """A connection."""
    return Cable(
        state=edge.health.kind,
        word=edge.health.word,
        volume=volume(edge.day),
        sends=bool(edge.terms[0]),
        returns=bool(edge.terms[1]),
        href=reverse("connection", args=[edge.uid]),
        told=told_of(edge, seen, reader.name),
    )


def bundle(pair: tuple[int, int], edges: list[Edge], seen: Landscape, reader: Reader) -> Cable:
    """All connections of two companies as one."""
    found = worst(edge.health for edge in edges)
    unwell = sum(1 for edge in edges if edge.health.kind != "ok")
    there = sum(edge.day[seen.nodes[edge.a].company != pair[0]] for edge in edges)
    back = sum(sum(edge.day) for edge in edges) - there
    names = " and ".join(reader.name(one) for one in pair)
    state = f"{unwell} unhealthy, the worst: {found.word}." if unwell else "All running."
    partner = next((one for one in pair if one not in reader.own), pair[1])
    return Cable(
        state=found.kind,
        word=found.word,
        volume=counted(len(edges), "connection"),
        sends=any(edge.terms[0] or edge.terms[1] for edge in edges),
        returns=any(edge.terms[0] or edge.terms[1] for edge in edges),
        href=company_address(partner, reader),
        told=f"{names}: {counted(len(edges), 'connection')}. {state} Today {there} envelopes there, {back} back.",
    )


def told_of(edge: Edge, seen: Landscape, name: Callable[[int], str]) -> str:
    """A connection in sentences."""
    a, b = seen.nodes[edge.a], seen.nodes[edge.b]
    parts = [f"{edge.name}, {edge.integration_name}: {a.name} ({name(a.company)}) and {b.name} ({name(b.company)})."]
    parts += [f"{edge.health.word}.", edge.health.reason, f"{schedule(edge)}."]
    parts.append(f"Today {edge.day[0]} from {a.name}, {edge.day[1]} from {b.name}.")
    parts.append(f"Last hour {edge.hour[0]} and {edge.hour[1]}.")
    for sender, terms in zip((a, b), edge.terms, strict=True):
        if terms:
            parts.append(f"{sender.name} sends {', '.join(humanised(term).lower() for term in terms)}.")
    return " ".join(part for part in parts if part)


def schedule(edge: Edge) -> str:
    """How soon changes travel."""
    if edge.mode != "batch":
        return MODES.get(edge.mode, edge.mode)
    if edge.minutes % 60:
        return f"Batch, every {edge.minutes} min"
    hours = edge.minutes // 60
    return "Batch, daily" if hours == 24 else f"Batch, every {hours} h"


def volume(day: tuple[int, int]) -> tuple[str, str] | str:
    """The numbers of a label."""
    return (number(day[0]), number(day[1])) if any(day) else "nothing today"


def summary(seen: Landscape) -> str:
    """The whole in a sentence."""
    companies = len({node.company for node in seen.nodes.values()})
    unwell = sum(1 for edge in seen.edges if edge.health.kind != "ok")
    many = f"{counted(companies, 'company')}, {counted(len(seen.nodes), 'system')}"
    state = f"{unwell} of them unhealthy" if unwell else "all running"
    return f"{many}, {counted(len(seen.edges), 'connection')}{', ' + state if seen.edges else ''}."


def counted(many: int, word: str) -> str:
    """A number with its noun."""
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{many} {word if many == 1 else plural}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A day and time in the reader's zone."""
    return f"{at.astimezone(zone):%-d %b, %H:%M}"


def company_address(company: int, reader: Reader) -> str:
    """The landscape of one company, or nowhere for one that may not be named."""
    face = reader.faces.get(company)
    return f"{reverse('landscape')}?{urlencode({'company': face.uid})}" if face else ""
