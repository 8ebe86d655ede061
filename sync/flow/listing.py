"""The list of the disclosure register: what each company ever let another read, term by term."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from governance.register.listing.own import TABS
from portal.access.subject import Subject
from portal.ui.listing.declare import Column, Filter, Listing, Row, Show, Teaching
from sync.flow.selectors.disclosed import disclosed_by, with_origins


def rows(by: Subject) -> QuerySet[Any]:
    """What was sent between the acting company and its partners."""
    return disclosed_by(by)


def since(row: Row) -> str:
    """The version that let the term out."""
    return f"Version {row.origin.no}" if row.origin else "no longer sent"


def keys(row: Row) -> str:
    """Who signed that version, one of each company."""
    if row.origin is None:
        return ""
    return " and ".join(name for _, name in row.origin.signed) or "before there were two keys"


def one_integration(filters: Mapping[str, object], found: Sequence[Row]) -> object | None:
    """The integration that the list was narrowed to, when all of a page is of one."""
    every = {row.connection.integration_id: row.connection.integration for row in found}
    return next(iter(every.values())) if "integration" in filters and len(every) == 1 else None


DISCLOSURES = Listing(
    key="disclosures",
    word="disclosure",
    words="disclosures",
    address="disclosures",
    lead="What your company ever let a partner read and what partners let it read, counted from sealed envelopes.",
    above=("Agreements", "agreements"),
    within=one_integration,
    tabs=TABS,
    rows=rows,
    prepare=with_origins,
    find=("term", "sender__name", "receiver__name", "connection__name", "connection__integration__name"),
    order=(("last", True),),
    link=lambda row: reverse("term-path", args=[row.connection.integration.uid, row.term]),
    empty=Teaching(
        "envelope",
        "Nothing was sent yet",
        "Once a connection is live, each term that leaves a company is counted here: to whom, under which signed "
        "version, how often, first and last.",
    ),
    columns=(
        Column("term", "Term", lambda row: row.label, Show.LINK, sort="term", filter=Filter.TEXT),
        Column(
            "sender", "From", lambda row: [row.sender_id], Show.COMPANIES, sort="sender__name", filter=Filter.TEXT,
            lookup="sender__name", plain=lambda row: row.sender.name,
        ),
        Column(
            "receiver", "To", lambda row: [row.receiver_id], Show.COMPANIES, sort="receiver__name",
            filter=Filter.TEXT, lookup="receiver__name", plain=lambda row: row.receiver.name,
        ),
        Column("since", "Since", since),
        Column("keys", "Signed by", keys),
        Column("cases", "Cases", lambda row: row.cases, Show.NUMBER, sort="cases"),
        Column("times", "Envelopes", lambda row: row.times, Show.NUMBER, sort="times"),
        Column("first", "First", lambda row: row.first, Show.WHEN, sort="first", filter=Filter.DAYS),
        Column("last", "Last", lambda row: row.last, Show.WHEN, sort="last", filter=Filter.DAYS),
        Column("withheld", "Withheld", lambda row: row.withheld, Show.NUMBER),
        Column(
            "connection", "Connection", lambda row: row.connection.name, sort="connection__name",
            filter=Filter.TEXT, lookup="connection__name", shown=False,
        ),
        Column(
            "integration", "Integration", lambda row: row.connection.integration.name,
            sort="connection__integration__name", filter=Filter.TEXT, lookup="connection__integration__name",
            shown=False,
        ),
    ),
)  # fmt: skip
