"""The list of integrations of the acting company."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from governance.register.listing.integration_rows import IMPORTER, draft_now
from governance.register.listing.own import may, person_column, person_edit
from governance.register.models import Connection, Integration, Party
from governance.register.selectors import integrations_of
from governance.register.services.integrations import change_integration
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.ui.listing.declare import Column, Edit, Filter, Listing, Row, Show, Teaching

STAGES = [(str(no), f"{no} {label}") for no, label in Integration.Stage.choices]


def rows(by: Subject) -> QuerySet[Any]:
    """The integrations that the acting company is a party to or invited to; `joined` tells which."""
    taken = visible_to(Party.objects.filter(integration=OuterRef("pk"), company=by.company), by)
    return integrations_of(by).order_by().annotate(joined=Exists(taken.filter(joined__isnull=False)))


def with_parties(found: Sequence[Row], by: Subject) -> None:
    """Put the partners' names and the number of live and other connections onto a page. One query."""
    names = {known.id: known.name for known in by.known}
    own = Connection.objects.filter(integration__in=[row.pk for row in found], companies__contains=[by.company])
    counted = visible_to(own, by).values_list("integration").order_by()
    counts = counted.annotate(every=Count("pk"), live=Count("pk", filter=Q(state=Connection.State.LIVE)))
    figures = {key: (every, live) for key, every, live in counts}
    for row in found:
        row.names = [names.get(company, "another company") for company in row.companies]
        row.every, row.live = figures.get(row.pk, (0, 0))


def give(by: Subject, row: Integration, **new: Any) -> object:
    """One field of an integration through the service, the others as they stand."""
    return change_integration(by=by, integration=row, draft=replace(draft_now(row), **new), version=row.version)


def with_party(value: str) -> Q:
    """Integrations with a party of a name like this."""
    return Q(pk__in=Party.objects.filter(company__name__icontains=value).values("integration"))


INTEGRATIONS = Listing(
    key="integrations",
    word="integration",
    words="integrations",
    address="integrations",
    lead="The agreements that your company has with others: why they exist, who answers for them, what moves.",
    beside=(("Connections", "connections"), ("Terms", "terms"), ("RACIs", "matrices")),
    rows=rows,
    prepare=with_parties,
    find=("name", "purpose"),
    order=(("name", False),),
    link=lambda integration: reverse("integration", args=[integration.uid]),
    changes=may("change"),
    empty=Teaching(
        "integrations",
        "No integration yet",
        "An integration is the agreement between two or more companies: what it is for, what words they share, which "
        "systems exchange items. Start one, then invite your partner.",
        "Start an integration",
        "integration-new",
    ),
    columns=(
        Column("name", "Name", lambda row: row.name, Show.LINK, sort=Lower("name"), filter=Filter.TEXT),
        Column(
            "part",
            "Your part",
            lambda row: "accepted" if row.joined else "waiting",
            Show.STATE,
            word=lambda row: "Party" if row.joined else "Invited",
            plain=lambda row: "Party" if row.joined else "Invited",
        ),
        Column(
            "invited",
            "Invited, not joined",
            lambda row: not row.joined,
            Show.YES_NO,
            filter=Filter.YES_NO,
            where=Q(joined=False),
            shown=False,
        ),
        Column(
            "parties",
            "Parties",
            lambda row: row.companies,
            Show.COMPANIES,
            filter=Filter.TEXT,
            narrow=with_party,
            plain=lambda row: row.names,
        ),
        Column(
            "stage",
            "Step",
            lambda row: dict(STAGES)[str(row.stage)],
            sort="stage",
            filter=Filter.CHOICE,
            choices=STAGES,
        ),
        Column(
            "connections",
            "Connections",
            lambda row: row.every,
            Show.NUMBER,
        ),
        Column("live", "Live connections", lambda row: row.live, Show.NUMBER, shown=False),
        Column(
            "mode",
            "Mode",
            lambda row: row.get_mode_display(),
            sort="mode",
            filter=Filter.CHOICE,
            choices=Integration.Mode.choices,
            shown=False,
        ),
        person_column("owner", "Owner"),
        person_column("stand_in", "Stand-in", shown=False),
        Column(
            "ownerless",
            "Without an owner",
            lambda row: row.owner_id is None,
            Show.YES_NO,
            filter=Filter.YES_NO,
            where=Q(owner=None),
            shown=False,
        ),
        Column(
            "created", "Started", lambda row: row.created, Show.WHEN, sort="created", filter=Filter.DAYS, shown=False
        ),
        Column("purpose", "Purpose", lambda row: row.purpose, filter=Filter.TEXT, shown=False),
    ),
    edits=(
        person_edit("owner", "Owner", give),
        person_edit("stand_in", "Stand-in", give),
        Edit(
            "stage",
            "Step",
            lambda by: forms.ChoiceField(choices=STAGES, label="Step"),
            lambda row: dict(STAGES)[str(row.stage)],
            lambda value: dict(STAGES)[value],
            lambda by, row, value: give(by, row, stage=int(value)),
        ),
        Edit(
            "mode",
            "Mode",
            lambda by: forms.ChoiceField(choices=Integration.Mode.choices, label="How soon changes travel"),
            lambda row: row.get_mode_display(),
            lambda value: str(Integration.Mode(value).label),
            lambda by, row, value: give(by, row, mode=value),
        ),
    ),
    importer=IMPORTER,
)
