"""The list of companies: the own ones and the partners."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from governance.register.models import Company
from governance.register.selectors import companies_of
from portal.access.subject import Subject
from portal.ui.listing.declare import Column, Filter, Listing, Show, Teaching


def rows(by: Subject) -> QuerySet[Any]:
    """The companies that the subject may see."""
    return companies_of(by).order_by()


COMPANIES = Listing(
    key="companies",
    word="company",
    words="companies",
    address="companies",
    lead="Your company and its partners: every company that shares an integration with yours.",
    above=("Register", "register"),
    rows=rows,
    find=("name",),
    order=(("name", False),),
    link=lambda company: reverse("company", args=[company.uid]),
    beside=(("Invite a company", "company-invite"),),
    empty=Teaching(
        "register",
        "No company yet",
        "Everything in Concord belongs to a company. Register yours: you become its administrator.",
        "Register a company",
        "company-new",
    ),
    columns=(
        Column("name", "Name", lambda row: row.name, Show.LINK, sort=Lower("name"), filter=Filter.TEXT),
        Column(
            "role",
            "Role",
            lambda row: row.get_siam_role_display(),
            sort="siam_role",
            filter=Filter.CHOICE,
            lookup="siam_role",
            choices=Company.SiamRole.choices,
        ),
        Column("time_zone", "Time zone", lambda row: row.time_zone, Show.MONO, sort="time_zone", filter=Filter.TEXT),
        Column(
            "created",
            "Registered",
            lambda row: row.created,
            Show.WHEN,
            sort="created",
            filter=Filter.DAYS,
            shown=False,
        ),
        Column("code", "Company code", lambda row: str(row.uid), Show.MONO, shown=False),
    ),
)
