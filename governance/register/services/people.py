"""Writes of people: added, changed, absent, suspended and readmitted."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from governance.register.acting import acting_for, require
from governance.register.models import Absence, AbsenceNote, Company, Person
from governance.register.rings import ring
from portal.access.models import User
from portal.access.services import end_sign_ins
from portal.access.subject import Role, Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import record

ROLES = frozenset({Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER})
#: how long somebody is absent at most; who is away for longer hands over
LONGEST = 366


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """What is entered of a person."""

    name: str
    email: str
    role: Role = Role.VIEWER
    job: str = ""


@transaction.atomic
def add_person(*, by: Subject, draft: PersonDraft) -> Person:
    """Somebody of the acting company.

    Who already signs in under this e-mail address is linked. Anybody else is in the register without a sign-in,
    and gets one by an invitation (`invite_person`), which only the address itself can take up.
    """
    company = acting_for(by, "administer", by.companies)
    email = checked_person(draft)
    check_address(company, email)
    user = User.objects.filter(email=email).first()
    person = Person.objects.create(
        company_id=company,
        user=user if user is not None and user.has_usable_password() else None,
        name=draft.name.strip(),
        email=email,
        role=draft.role.value,
        job=draft.job.strip(),
        readers=[company],
    )
    record(by=by, verb="add", thing=person, company=company, after=person_facts(person))
    return person


@transaction.atomic
def change_person(
    *, by: Subject, person: Person, name: str, role: Role, job: str = "", stand_in: Person | None = None
) -> Person:
    """New name, role, job or stand-in of somebody of one's own company; the last administrator stays one.

    A stand-in is somebody else of the same company who is there, and stand-ins never go round in a ring. The
    company's row is locked, so that two administrators cannot close a ring, or end the last role, together.
    """
    require(by, "administer", person)
    checked_person(PersonDraft(name, person.email, role, job))
    Company.objects.select_for_update().get(pk=person.company_id)
    if role is not Role.ADMINISTRATOR:
        keep_an_administrator(person)
    if stand_in is not None and stand_in.pk != person.stand_in_id:
        check_stand_in(person, stand_in)
    before = person_facts(person)
    person.name, person.role, person.job, person.stand_in = name.strip(), role.value, job.strip(), stand_in
    person.save()
    record(
        by=by,
        verb="change",
        thing=person,
        company=person.company_id,
        before=before,
        after=person_facts(person),
    )
    return person


@transaction.atomic
def change_email(*, by: Subject, person: Person, email: str) -> Person:
    """Another e-mail address of somebody of one's own company.

    Their sign-in follows when they act for this company alone; who also acts for another keeps it, because no
    company may take a sign-in that opens another's door.
    """
    require(by, "administer", person)
    address = checked_person(PersonDraft(person.name, email, Role(person.role), person.job))
    if address == person.email:
        raise BadInput("This is the address already.", fields={"email": "Enter another address."})
    check_address(person.company_id, address, besides=person.pk)
    before = person_facts(person)
    user = person.user
    moves = user is not None and user.email == person.email and not acts_elsewhere(person)
    if user is not None and moves:
        if User.objects.filter(email=address).exclude(pk=user.pk).exists():
            raise BadInput(
                "Somebody else signs in with this address.",
                fields={"email": "It is taken. Enter the address that only this person reads."},
            )
        user.email = address
        user.save(update_fields=["email"])
    person.email = address
    person.save()
    # a letter to the old address no longer opens this person's door
    person.invitations.filter(accepted=None, revoked=None).update(revoked=clock.now())
    record(
        by=by,
        verb="change the address of",
        thing=person,
        company=person.company_id,
        before=before,
        after={**person_facts(person), "signs_in_with": user.email if user else ""},
    )
    return person


@transaction.atomic
def suspend_person(*, by: Subject, person: Person) -> Person:
    """From the next request on this person no longer acts for the company; open sessions and tokens end."""
    require(by, "administer", person)
    Company.objects.select_for_update().get(pk=person.company_id)
    keep_an_administrator(person)
    if person.user is not None:
        end_sign_ins(by=by, user=person.user, company=person.company_id)
    person.suspended = clock.now()
    person.save()
    record(by=by, verb="suspend", thing=person, company=person.company_id, after=person_facts(person))
    return person


@transaction.atomic
def readmit_person(*, by: Subject, person: Person) -> Person:
    """End a suspension, or take somebody back who had left; they sign in again, tokens are made anew."""
    require(by, "administer", person)
    person.suspended = person.left = None
    person.save()
    record(by=by, verb="readmit", thing=person, company=person.company_id, after=person_facts(person))
    return person


@transaction.atomic
def set_absence(*, by: Subject, person: Person, starts: date, ends: date, note: str = "") -> Absence:
    """Days on which somebody is not there, both included; entered by an administrator or by themselves.

    Raises BadInput for days that are over, the wrong way round, longer than a year, or entered already.
    """
    may_enter_absence(by, person)
    wrong = {}
    if ends < starts:
        wrong["ends"] = "The last day is before the first."
    elif (ends - starts).days > LONGEST:
        wrong["ends"] = "At most a year. Who is away for longer hands over what they hold."
    elif ends < clock.now().date():
        wrong["ends"] = "These days are over."
    elif Absence.objects.filter(person=person, starts__lte=ends, ends__gte=starts).exists():
        wrong["starts"] = "Some of these days are entered already."
    if len(note.strip()) > 200:
        wrong["note"] = "200 characters at most."
    if wrong:
        raise BadInput("The absence was not saved.", fields=wrong)
    absence = Absence.objects.create(company_id=person.company_id, person=person, starts=starts, ends=ends)
    if note.strip():
        AbsenceNote.objects.create(absence=absence, company_id=person.company_id, text=note.strip())
    record(
        by=by,
        verb="enter an absence of",
        thing=person,
        company=person.company_id,
        after={"starts": starts, "ends": ends},
    )
    return absence


@transaction.atomic
def remove_absence(*, by: Subject, absence: Absence) -> None:
    """Take an absence back."""
    person = absence.person
    may_enter_absence(by, person)
    before = {"starts": absence.starts, "ends": absence.ends}
    absence.delete()
    record(by=by, verb="remove an absence of", thing=person, company=person.company_id, before=before)


def may_enter_absence(by: Subject, person: Person) -> None:
    """Raises Denied unless it is one's own absence, or one administers the company."""
    mine = by.user_id is not None and by.user_id == person.user_id and person.company_id in by.companies
    if not mine or by.read_only:
        require(by, "administer", person)


def check_stand_in(person: Person, stand_in: Person) -> None:
    """Raises BadInput unless the stand-in is somebody else of the company, here to stay, and closes no ring."""
    if stand_in.company_id != person.company_id or stand_in.pk == person.pk:
        raise BadInput(
            "A stand-in is somebody else of the same company.",
            fields={"stand_in": "Choose another person of your company."},
        )
    if stand_in.left or stand_in.suspended:
        raise BadInput(
            "The person was not saved.", fields={"stand_in": f"{stand_in.name} no longer acts for the company."}
        )
    rows = Person.objects.filter(company_id=person.company_id).values_list("pk", "stand_in_id", "name")
    names = {pk: name for pk, _, name in rows}
    found = ring(person.pk, {**{pk: follower for pk, follower, _ in rows}, person.pk: stand_in.pk})
    if found:
        told = " → ".join(names[one] for one in found)
        raise BadInput(
            f"Stand-ins go round in a ring: {told}.",
            code="stand-in-ring",
            fields={"stand_in": f"Stand-ins go round in a ring: {told}. Choose somebody outside it."},
        )


def check_address(company: int, email: str, *, besides: int = 0) -> None:
    """Raises BadInput when somebody else of the company has this address."""
    if Person.objects.filter(company_id=company, email=email).exclude(pk=besides).exists():
        raise BadInput(
            "Somebody of your company has this e-mail address.",
            fields={"email": "Already in the list of people. Change that entry instead."},
        )


def acts_elsewhere(person: Person) -> bool:
    """Whether the user of one's own person acts for another company too: one bit past the second wall."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_elsewhere(%s)", [person.pk])
        return bool(cursor.fetchone()[0])


def checked_person(draft: PersonDraft) -> str:
    """The e-mail address as it is stored; raises BadInput naming every field that cannot be taken."""
    wrong, email = {}, draft.email.strip().lower()
    if not 2 <= len(draft.name.strip()) <= 120:
        wrong["name"] = "Enter a name, 2 to 120 characters."
    if draft.role not in ROLES:
        wrong["role"] = "Choose administrator, operator or viewer."
    try:
        validate_email(email)
    except ValidationError:
        wrong["email"] = "Enter an e-mail address such as asha@mercuri.example."
    if wrong:
        raise BadInput("The person was not saved.", fields=wrong)
    return email


def keep_an_administrator(person: Person) -> None:
    """Raises BadInput when nobody else could administer the company of this person."""
    others = Person.objects.filter(
        company_id=person.company_id, role=Role.ADMINISTRATOR.value, suspended=None, left=None, user__isnull=False
    ).exclude(pk=person.pk)
    if person.role == Role.ADMINISTRATOR.value and not others.exists():
        raise BadInput(
            f"{person.name} is the only administrator. Make somebody else one first.",
            fields={"role": "The last administrator of a company stays one."},
        )


def person_facts(person: Person) -> dict[str, object]:
    """A person as history keeps them."""
    return {
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "job": person.job,
        "stand_in": str(person.stand_in) if person.stand_in else "",
        "suspended": person.suspended,
        "left": person.left,
    }
