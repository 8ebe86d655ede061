"""Who can be put into a column: people, teams and roles that the acting company may name, by party."""

from collections.abc import Iterable
from uuid import UUID

from django import forms
from django.db.models import OuterRef

from governance.raci.models import Column, Matrix
from governance.raci.services.cells import PLURAL, HolderDraft
from governance.register.models import Company, Person, Team
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.core.nested import nested

#: people of one list; a longer one is no list any more
MOST = 500


class HolderForm(forms.Form):
    """A further holder."""

    holder = forms.ChoiceField(label="Holder")

    def __init__(self, row: Matrix, *, by: Subject, held: Iterable[str]) -> None:
        super().__init__()
        taken = set(held)
        self.fields["holder"].choices = [  # type: ignore[attr-defined]
            (title, [(key, word) for key, word in words if key not in taken]) for title, words in choices(row, by=by)
        ]


def choices(row: Matrix, *, by: Subject) -> list[tuple[str, list[tuple[str, str]]]]:
    """(company, [(key, words)]) of everybody who can be put into a column. One query."""
    people = Person.objects.filter(company=OuterRef("pk"), suspended=None, left=None)
    teams = Team.objects.filter(company=OuterRef("pk"))
    rows = visible_to(Company.objects.filter(pk__in=row.companies), by).annotate(
        people_=nested(visible_to(people, by).order_by("name")[:MOST], "uid", "name", "job"),
        teams_=nested(visible_to(teams, by).order_by("name")[:MOST], "uid", "name"),
    )
    found = []
    for company in rows.order_by("name"):
        words = [
            (f"{Column.Kind.PERSON}:{one['uid']}", f"{one['name']}, {one['job']}" if one["job"] else one["name"])
            for one in company.people_
        ]
        words += [(f"{Column.Kind.TEAM}:{one['uid']}", f"Team {one['name']}") for one in company.teams_]
        role_key = f"{Column.Kind.ROLE}:{company.uid}"
        words += [(f"{role_key}:{role}", f"All its {word.lower()}") for role, word in PLURAL.items()]
        words.append((f"{Column.Kind.COMPANY}:{company.uid}", "The company, by its accountable person"))
        found.append((company.name, words))
    return found


def drafted(key: str, row: Matrix, *, by: Subject) -> HolderDraft:
    """The service's input from a choice's key; raises BadInput when there is no such holder to be seen."""
    kind, _, rest = key.partition(":")
    text, _, role = rest.partition(":")
    uid = uid_of(text)
    if kind == Column.Kind.PERSON:
        person = visible_to(Person.objects.filter(uid=uid, company_id__in=row.companies), by).first()
        if person is not None:
            return HolderDraft(person=person)
    elif kind == Column.Kind.TEAM:
        team = visible_to(Team.objects.filter(uid=uid, company_id__in=row.companies), by).first()
        if team is not None:
            return HolderDraft(team=team)
    else:
        company = visible_to(Company.objects.filter(uid=uid, pk__in=row.companies), by).first()
        if company is not None and (kind == Column.Kind.COMPANY or role):
            return HolderDraft(company=company.pk, role=role)
    raise BadInput("The holder was not added.", fields={"holder": "Choose a holder from the list."})


def uid_of(text: str) -> UUID:
    """A uid; the nil one, which nothing has, when the text is none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
