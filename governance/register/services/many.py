"""Writes of many people at once: every check of the single write, in a handful of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from governance.register.acting import acting_for
from governance.register.models import Company, Person
from governance.register.services.people import PersonDraft, checked_person, person_facts
from portal.access.models import User
from portal.access.subject import Role, Subject
from portal.core.errors import BadInput
from portal.history.services import Act, record_all

BATCH = 1000


@dataclass(frozen=True, slots=True)
class PersonPut:
    """One person as they are to stand; `stand_in` is an e-mail address of the same company, "" for nobody."""

    draft: PersonDraft
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody of a company by e-mail address, and the users of some addresses who sign in with a password."""

    people: Mapping[str, Person]
    users: Mapping[str, User]

    def check(self, put: PersonPut, *, coming: frozenset[str]) -> None:
        """Raises BadInput when this person cannot stand like that; `coming` are the addresses of the same batch."""
        email = checked_person(put.draft)
        person, stand_in = self.people.get(email), self.people.get(put.stand_in)
        wrong = ""
        if put.stand_in == email:
            wrong = "Nobody stands in for themselves. Name somebody else."
        elif put.stand_in and stand_in is None and put.stand_in not in coming:
            wrong = f"Nobody of your company and of this file has the address {put.stand_in}."
        elif stand_in is not None and (stand_in.left or stand_in.suspended):
            stays = person is not None and person.stand_in_id == stand_in.pk
            wrong = "" if stays else f"{stand_in.name} no longer acts for the company."
        if wrong:
            raise BadInput("The person was not saved.", fields={"stand_in": wrong})


def staff_of(company: int, emails: Sequence[str]) -> Staff:
    """The people of a company, and the users with these addresses. Two queries."""
    people = Person.objects.filter(company_id=company).select_related("stand_in", "user")
    return Staff(
        {person.email: person for person in people},
        {user.email: user for user in User.objects.filter(email__in=emails) if user.has_usable_password()},
    )


@transaction.atomic
def put_people(*, by: Subject, puts: Sequence[PersonPut]) -> list[Person]:
    """Add and change people of the acting company; all of them, or none.

    1. check each as the single write would; 2. refuse a ring of stand-ins and the loss of the last administrator;
    3. store the people, then their stand-ins; 4. record each. Who already signs in under an address is linked, as
    by the single write; the others get a sign-in by an invitation. The company's row is locked meanwhile.
    """
    company = acting_for(by, "administer", by.companies)
    Company.objects.select_for_update().get(pk=company)
    emails = [put.draft.email.strip().lower() for put in puts]
    staff = staff_of(company, emails)
    for put in puts:
        staff.check(put, coming=frozenset(emails))
    rings = rings_of(staff, puts)
    if rings:
        raise BadInput(f"Stand-ins go round in a ring: {' → '.join(rings[0])}.", code="stand-in-ring")
    keep_administrators(staff, puts)
    before = {email: person_facts(person) for email, person in staff.people.items() if email in set(emails)}
    people = added(staff, puts, company=company)
    changed = []
    for email, put in zip(emails, puts, strict=True):
        person, stand_in = people[email], people.get(put.stand_in)
        person.name, person.role, person.job = put.draft.name.strip(), put.draft.role.value, put.draft.job.strip()
        person.stand_in = stand_in
        if email in before or stand_in is not None:
            changed.append(person)
    bulk_update_with_history(changed, Person, ["name", "role", "job", "stand_in"], batch_size=BATCH)
    rows = [people[email] for email in emails]
    record_people(by, company, rows, before)
    return rows


def added(staff: Staff, puts: Sequence[PersonPut], *, company: int) -> dict[str, Person]:
    """Everybody by address, those who are new stored."""
    fresh = {put.draft.email.strip().lower(): put for put in puts}
    fresh = {email: put for email, put in fresh.items() if email not in staff.people}
    rows = [
        Person(
            company_id=company,
            user=staff.users.get(email),
            name=put.draft.name.strip(),
            email=email,
            role=put.draft.role.value,
            job=put.draft.job.strip(),
            readers=[company],
        )
        for email, put in fresh.items()
    ]
    bulk_create_with_history(rows, Person, batch_size=BATCH)
    return {**staff.people, **{person.email: person for person in rows}}


def rings_of(staff: Staff, puts: Sequence[PersonPut]) -> list[list[str]]:
    """Every ring of stand-ins that would be there afterwards and that one of these people is in."""
    follows = {email: person.stand_in.email for email, person in staff.people.items() if person.stand_in}
    for put in puts:
        follows[put.draft.email.strip().lower()] = put.stand_in
    found: list[list[str]] = []
    over: set[str] = set()
    for put in puts:
        at, walked = put.draft.email.strip().lower(), []
        while at and at not in over and at not in walked:
            walked.append(at)
            at = follows.get(at, "")
        if at in walked:
            found.append([*walked[walked.index(at) :], at])
        over.update(walked)
    return found


def keep_administrators(staff: Staff, puts: Sequence[PersonPut]) -> None:
    """Raises BadInput when nobody who signs in could administer the company afterwards."""
    roles = {put.draft.email.strip().lower(): put.draft.role for put in puts}
    able = [one for one in staff.people.values() if one.user_id and one.suspended is None and one.left is None]
    now = [person for person in able if person.role == Role.ADMINISTRATOR.value]
    if now and not any(roles.get(person.email, Role(person.role)) is Role.ADMINISTRATOR for person in able):
        raise BadInput("Nobody would administer the company afterwards. Leave one administrator as they are.")


def record_people(
    by: Subject, company: int, rows: Sequence[Person], before: Mapping[str, Mapping[str, object]]
) -> None:
    """One deed for each person who was added, and for each who was changed."""
    new = [Act(one, after=person_facts(one)) for one in rows if one.email not in before]
    old = [Act(one, before=before[one.email], after=person_facts(one)) for one in rows if one.email in before]
    record_all(by=by, verb="add", company=company, acts=new)
    record_all(by=by, verb="change", company=company, acts=old)
