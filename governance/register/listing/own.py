"""What the lists of a company's own things share: who may change them, a person to choose, where imports go."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Value
from django.db.models.functions import Coalesce, Lower

from governance.register.acting import acting_for
from governance.register.models import Company, Person
from governance.register.selectors import people_of
from portal.access.guard import VERBS, visible_to
from portal.access.subject import Subject
from portal.ui.listing.declare import Column, Edit, Filter, Row

#: the tabs of an integration, for a list that is narrowed to one
TABS = "governance/integration_tabs.html"


def may(verb: str) -> Callable[[Subject], bool]:
    """What tells whether the subject may do this to things of the acting company at all."""

    def told(by: Subject) -> bool:
        role = by.role(by.acting)
        return role is not None and not by.read_only and verb in VERBS[role]

    return told


def person_column(key: str, label: str, *, shown: bool = True) -> Column:
    """The column of a person that a row names."""
    return Column(
        key,
        label,
        lambda row: getattr(row, key).name if getattr(row, key) else None,
        sort=Coalesce(Lower(f"{key}__name"), Value("")),
        filter=Filter.TEXT,
        lookup=f"{key}__name",
        shown=shown,
    )


def person_edit(key: str, label: str, give: Callable[..., object]) -> Edit:
    """The bulk edit of a person that a row names: one of the acting company's, or nobody."""

    def ask(by: Subject) -> "forms.ModelChoiceField[Person]":
        found = people_of(by).filter(suspended=None, left=None)
        return forms.ModelChoiceField(found, required=False, empty_label="nobody", label=label)

    def change(by: Subject, row: Row, value: Any) -> object:
        return give(by, row, **{key: value})

    return Edit(key, label, ask, lambda row: str(getattr(row, key) or ""), lambda value: str(value or ""), change)


def hold(verb: str) -> Callable[[Subject, object], None]:
    """What locks the acting company, as the services do that change its rows."""

    def held(by: Subject, into: object) -> None:
        Company.objects.select_for_update().get(pk=acting_for(by, verb, by.companies))

    return held


def place(verb: str) -> Callable[[Subject, object], str]:
    """What says where imported rows go; raises Denied for who may not write there."""

    def told(by: Subject, into: object) -> str:
        company = acting_for(by, verb, by.companies)
        return str(visible_to(Company.objects.filter(pk=company), by).values_list("name", flat=True).get())

    return told
