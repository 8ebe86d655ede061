"""The list of connections that the acting company oversees as the service integrator."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from governance.register.models import Connection
from governance.register.ports import kind_of
from portal.access.subject import Subject
from portal.ui.listing.declare import Column, Filter, Listing, Row, Show, Teaching
from sync.oversight.selectors import health_of, overseen_by


def rows(by: Subject) -> QuerySet[Any]:
    """What the acting company oversees."""
    return overseen_by(by)


def end(letter: str) -> Any:
    """What gives one end of a connection: its system's name and product."""

    def told(row: Row) -> str | None:
        found = next((one for one in row.ends if one["side"] == letter), None)
        known = kind_of(found["product"]) if found else None
        return f"{found['system']} ({known.label if known else found['product']})" if found else None

    return told


OVERSEEN = Listing(
    key="overseen",
    word="overseen connection",
    words="overseen connections",
    address="overseen",
    lead="Connections between other parties of the integrations that your company integrates: that they are there "
    "and how they do, counted every 15 seconds. What they carry stays with their companies.",
    above=("Integrations", "integrations"),
    rows=rows,
    find=("name", "integration__name"),
    order=(("name", False),),
    link=lambda row: reverse("integration", args=[row.integration.uid]),
    empty=Teaching(
        "both",
        "Nothing to oversee",
        "Where your company is the service integrator of an integration, connections between its other parties stand "
        "here with their health and their counts.",
    ),
    columns=(
        Column("name", "Connection", lambda row: row.name, Show.LINK, sort=Lower("name"), filter=Filter.TEXT),
        Column(
            "health", "Health", lambda row: health_of(row).kind, Show.STATE, word=lambda row: health_of(row).word,
            plain=lambda row: health_of(row).word,
        ),
        Column(
            "state", "State", lambda row: row.state, Show.STATE, sort="state", filter=Filter.CHOICE,
            choices=Connection.State.choices, plain=lambda row: row.get_state_display(),
        ),
        Column(
            "integration", "Integration", lambda row: row.integration.name, sort=Lower("integration__name"),
            filter=Filter.TEXT, lookup="integration__name",
        ),
        Column("companies", "Companies", lambda row: row.companies, Show.COMPANIES, plain=lambda row: None),
        Column("side_a", "Side A", end("a")),
        Column("side_b", "Side B", end("b")),
        Column("cases", "Cases", lambda row: row.cases, Show.NUMBER, sort="cases"),
        Column("day", "Envelopes, last day", lambda row: row.day, Show.NUMBER, sort="day"),
        Column("waiting", "Not applied yet", lambda row: row.waiting, Show.NUMBER, sort="waiting"),
        Column("parked", "Parked", lambda row: row.parked, Show.NUMBER, sort="parked"),
    ),
)  # fmt: skip
