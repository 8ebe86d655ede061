"""The list of connections of the acting company."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from governance.register.models import Connection, Side
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.ui.listing.declare import Column, Filter, Listing, Row, Show, Teaching


def rows(by: Subject) -> QuerySet[Any]:
    """The connections that the acting company is a side of or was asked to be."""
    found = visible_to(Connection.objects.filter(companies__contains=[by.company]), by)
    return found.select_related("integration")


def with_sides(found: Sequence[Row], by: Subject) -> None:
    """Put the ends onto a page of connections. One query."""
    connections = {row.pk: row for row in found}
    for row in found:
        row.ends = {}
    sides = visible_to(Side.objects.filter(connection__in=connections), by)
    for side in sides:
        connections[side.connection_id].ends[side.side] = f"{side.system_name} ({side.kind})"


def end(letter: str) -> Any:
    """What gives one end of a connection."""
    return lambda row: row.ends.get(letter)


CONNECTIONS = Listing(
    key="connections",
    word="connection",
    words="connections",
    address="connections",
    lead="Pairs of systems that exchange items, over all integrations of your company.",
    above=("Integrations", "integrations"),
    rows=rows,
    prepare=with_sides,
    find=("name", "integration__name"),
    order=(("name", False),),
    link=lambda connection: reverse("connection", args=[connection.uid]),
    empty=Teaching(
        "both",
        "No connection yet",
        "A connection joins a kind of item in your system with one in a partner's. Open an integration and connect "
        "two systems there.",
    ),
    columns=(
        Column("name", "Name", lambda row: row.name, Show.LINK, sort=Lower("name"), filter=Filter.TEXT),
        Column(
            "state",
            "State",
            lambda row: row.state,
            Show.STATE,
            sort="state",
            filter=Filter.CHOICE,
            choices=Connection.State.choices,
            plain=lambda row: row.get_state_display(),
        ),
        Column(
            "integration",
            "Integration",
            lambda row: row.integration.name,
            sort=Lower("integration__name"),
            filter=Filter.TEXT,
            lookup="integration__name",
        ),
        Column("side_a", "Side A", end("a")),
        Column("side_b", "Side B", end("b")),
        Column("created", "Proposed", lambda row: row.created, Show.WHEN, sort="created", filter=Filter.DAYS),
    ),
)
