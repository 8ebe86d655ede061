"""The list of people of the acting company, and their import."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from governance.register.acting import acting_for
from governance.register.listing.own import hold, may, person_column, person_edit, place
from governance.register.models import ROLES, Person
from governance.register.selectors import people_of
from governance.register.services.many import PersonPut, Staff, put_people, rings_of, staff_of
from governance.register.services.people import PersonDraft, change_person
from portal.access.subject import Role, Subject
from portal.core.errors import BadInput
from portal.ui.listing.declare import Column, Edit, Filter, Listing, Show, Teaching
from portal.ui.listing.imports import Field, Importer, Kind, Typed, Verdict, compared, refused, verdicts_of

FIELDS = (
    Field("name", "Name", required=True, help="2 to 120 characters.", sample="Asha Rao"),
    Field(
        "email",
        "E-mail address",
        required=True,
        help="With it the person signs in. A row with an address that is known changes that person.",
        sample="asha@mercuri.example",
    ),
    Field("role", "Role", help="Viewer, operator or administrator. New people are viewers.", sample="operator"),
    Field("job", "Job", help="Up to 120 characters.", sample="Service desk lead"),
    Field(
        "stand_in",
        "Stand-in",
        help="The e-mail address of somebody of your company, in the list or in this file.",
        sample="",
    ),
)


def rows(by: Subject) -> QuerySet[Any]:
    """The people of the acting company."""
    return people_of(by).order_by()


def role_field(by: Subject) -> forms.ChoiceField:
    """The roles to choose from."""
    return forms.ChoiceField(choices=ROLES, label="Role")


def job_field(by: Subject) -> forms.CharField:
    """The job as free text."""
    return forms.CharField(max_length=120, required=False, label="Job")


def give(by: Subject, person: Person, **new: Any) -> object:
    """One field of a person through the service, the others as they stand."""
    kept = {"role": Role(person.role), "job": person.job, "stand_in": person.stand_in}
    return change_person(by=by, person=person, name=person.name, **{**kept, **new})


def standing(person: Person) -> str:
    """Whether somebody acts for the company: active, suspended or left."""
    if person.left:
        return "left"
    return "suspended" if person.suspended else "active"


PEOPLE = Listing(
    key="people",
    word="person",
    words="people",
    address="people",
    lead="Everybody of your company who signs, operates or is told, whether they sign in or not.",
    above=("Register", "register"),
    rows=rows,
    find=("name", "email", "job"),
    order=(("name", False),),
    link=lambda person: reverse("person", args=[person.uid]),
    changes=may("administer"),
    empty=Teaching(
        "people",
        "Nobody is in the list yet",
        "People of your company who sign agreements, work on parked changes or are told of them. Add the first one, "
        "or import all of them from a sheet.",
        "Add a person",
        "person-new",
    ),
    columns=(
        Column(
            "name", "Name", lambda row: row.name, Show.LINK, sort=Lower("name"), filter=Filter.TEXT, lookup="name"
        ),
        Column("email", "E-mail address", lambda row: row.email, Show.MONO, sort="email", filter=Filter.TEXT),
        Column(
            "role",
            "Role",
            lambda row: row.get_role_display(),
            Show.TAG,
            sort="role",
            filter=Filter.CHOICE,
            choices=ROLES,
        ),
        Column("job", "Job", lambda row: row.job, sort=Lower("job"), filter=Filter.TEXT),
        person_column("stand_in", "Stand-in"),
        Column(
            "state",
            "State",
            standing,
            Show.STATE,
            plain=lambda row: standing(row).capitalize(),
        ),
        Column(
            "suspended",
            "Suspended or left",
            lambda row: bool(row.suspended or row.left),
            Show.YES_NO,
            filter=Filter.YES_NO,
            where=Q(suspended__isnull=False) | Q(left__isnull=False),
            shown=False,
        ),
        Column(
            "signs_in",
            "Has signed in",
            lambda row: bool(row.user and row.user.last_login),
            Show.YES_NO,
            filter=Filter.YES_NO,
            where=Q(user__last_login__isnull=False),
            shown=False,
        ),
        Column(
            "last_login",
            "Last signed in",
            lambda row: row.user.last_login if row.user else None,
            Show.WHEN,
            filter=Filter.DAYS,
            lookup="user__last_login",
            shown=False,
        ),
    ),
    edits=(
        Edit(
            "role",
            "Role",
            role_field,
            lambda row: row.get_role_display(),
            lambda value: dict(ROLES)[value],
            lambda by, row, value: give(by, row, role=Role(value)),
        ),
        Edit("job", "Job", job_field, lambda row: row.job, str, lambda by, row, value: give(by, row, job=value)),
        person_edit("stand_in", "Stand-in", give),
    ),
    importer=Importer(
        fields=FIELDS,
        key="email",
        opened=place("administer"),
        lock=hold("administer"),
        judge=lambda by, into, found: judged(by, found),
        write=lambda by, into, found: written(by, found),
    ),
)


def judged(by: Subject, found: Sequence[Typed]) -> list[Verdict]:
    """The verdict on each row of a file of people; a ring of stand-ins is refused at each of its rows."""
    company = acting_for(by, "administer", by.companies)
    emails = [address_of(row) for row in found]
    staff, coming = staff_of(company, emails), frozenset(emails)
    verdicts = verdicts_of(found, "email", lambda row: judge(row, staff, coming))
    good = [put_of(row, staff) for row, one in zip(found, verdicts, strict=True) if one.kind is not Kind.REFUSED]
    rings = {email: ring for ring in rings_of(staff, good) for email in ring}
    return [
        refused(
            one.label,
            BadInput("", fields={"stand_in": f"Stand-ins go round in a ring: {' → '.join(rings[email])}."}),
        )
        if one.kind is not Kind.REFUSED and email in rings
        else one
        for email, one in zip(emails, verdicts, strict=True)
    ]


def judge(row: Typed, staff: Staff, coming: frozenset[str]) -> Verdict:
    """The verdict on one row."""
    label = row.cells.get("name") or row.cells.get("email", "")
    role = row.cells.get("role", "").strip().casefold()
    if role and role not in dict(ROLES):
        return Verdict(Kind.REFUSED, label, sentence="Write viewer, operator or administrator.", column="role")
    put = put_of(row, staff)
    try:
        staff.check(put, coming=coming)
        person = staff.people.get(address_of(row))
        keep_the_last(staff, person, put)
    except BadInput as fault:
        return refused(label, fault)
    return compared(label, words_of(person) if person else None, words_put(put))


def keep_the_last(staff: Staff, person: Person | None, put: PersonPut) -> None:
    """Raises BadInput when the only administrator would no longer be one."""
    able = [one for one in staff.people.values() if one.user_id and not one.suspended and one.role == "administrator"]
    if person is not None and able == [person] and put.draft.role is not Role.ADMINISTRATOR:
        raise BadInput(
            "The last administrator of a company stays one.",
            fields={"role": "The only administrator of your company stays one. Make somebody else one first."},
        )


def put_of(row: Typed, staff: Staff) -> PersonPut:
    """A row as it is to stand: what the file does not say stays, or is as for a new person."""
    email = address_of(row)
    person = staff.people.get(email)
    now = words_of(person) if person else {"name": "", "role": Role.VIEWER.value, "job": "", "stand_in": ""}
    cells = {**now, **row.cells}
    role = cells["role"].strip().casefold()
    draft = PersonDraft(
        name=cells["name"],
        email=email,
        role=Role(role) if role in dict(ROLES) else Role.VIEWER,
        job=cells["job"][:120],
    )
    return PersonPut(draft, cells["stand_in"].strip().lower())


def address_of(row: Typed) -> str:
    """The e-mail address by which a row is recognised."""
    return row.cells.get("email", "").strip().lower()


def words_of(person: Person) -> dict[str, str]:
    """A person as a file would say it."""
    return {
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "job": person.job,
        "stand_in": person.stand_in.email if person.stand_in else "",
    }


def words_put(put: PersonPut) -> dict[str, str]:
    """A person as they are to stand, as a file would say it."""
    draft = put.draft
    return {
        "name": draft.name.strip(),
        "email": draft.email,
        "role": draft.role.value,
        "job": draft.job.strip(),
        "stand_in": put.stand_in,
    }


def written(by: Subject, found: Sequence[Typed]) -> None:
    """Store the rows that are new or changed."""
    company = acting_for(by, "administer", by.companies)
    staff = staff_of(company, [address_of(row) for row in found])
    put_people(by=by, puts=[put_of(row, staff) for row in found])
