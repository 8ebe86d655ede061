"""The tables behind the picture: the same connections and systems, line by line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from governance.landscape.health import Health
from governance.landscape.scene import Reader, schedule
from governance.landscape.selectors import Edge, Landscape, Node
from portal.ui.words import humanised

Terms = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One connection."""

    edge: Edge
    a: Node
    b: Node
    companies: tuple[str, str]
    schedule: str
    #: (word, address) of each term that goes there, and that comes back
    terms: tuple[Terms, Terms]
    url: str

    @property
    def health(self) -> Health:
        """How it does."""
        return self.edge.health


@dataclass(frozen=True, slots=True)
class SystemRow:
    """One system."""

    node: Node
    url: str
    polled: datetime | None
    down: tuple[datetime, datetime] | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column that can be sorted."""

    label: str
    by: Callable[[Row], Any]
    number: bool = False


COLUMNS = {
    "name": Column("Connection", lambda row: row.edge.name.lower()),
    "health": Column("Health", lambda row: row.health.rank),
    "a": Column("From", lambda row: (row.companies[0].lower(), row.a.name.lower())),
    "b": Column("To", lambda row: (row.companies[1].lower(), row.b.name.lower())),
    "schedule": Column("Schedule", lambda row: (row.edge.mode, row.edge.minutes)),
    "there": Column("There today", lambda row: row.edge.day[0], number=True),
    "back": Column("Back today", lambda row: row.edge.day[1], number=True),
    "hour": Column("Last hour", lambda row: sum(row.edge.hour), number=True),
}


def rows_of(seen: Landscape, reader: Reader) -> list[Row]:
    """The connections, by name."""
    return [row_of(edge, seen, reader) for edge in seen.edges]


def row_of(edge: Edge, seen: Landscape, reader: Reader) -> Row:
    """One connection with its ends and terms in words."""
    a, b = seen.nodes[edge.a], seen.nodes[edge.b]
    there, back = (tuple((humanised(term), path_of(edge, term)) for term in terms) for terms in edge.terms)
    names = (reader.name(a.company), reader.name(b.company))
    return Row(edge, a, b, names, schedule(edge), (there, back), reverse("connection", args=[edge.uid]))


def path_of(edge: Edge, term: str) -> str:
    """The page of a term of the connection's integration."""
    return reverse("term-path", args=[edge.integration, term])


def sort_rows(rows: Sequence[Row], sort: str) -> list[Row]:
    """By a key of COLUMNS, "-" before it for the other way round; what is equal stays by name."""
    column = COLUMNS[sort.removeprefix("-")]
    return sorted(rows, key=column.by, reverse=sort.startswith("-"))


def system_rows(seen: Landscape, reader: Reader) -> list[SystemRow]:
    """The systems by company and name, one's own first."""
    nodes = sorted(
        seen.nodes.values(),
        key=lambda node: (node.company not in reader.own, reader.name(node.company).lower(), node.name.lower()),
    )
    return [
        SystemRow(
            node,
            reverse("system", args=[node.uid]) if node.uid else "",
            node.run.polled if node.run else None,
            node.down,
        )
        for node in nodes
    ]
