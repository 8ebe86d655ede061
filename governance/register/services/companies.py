"""Writes of companies and their people."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from governance.register.acting import acting_for, require
from governance.register.models import Company, Person
from portal.access import rls
from portal.access.models import User
from portal.access.subject import Role, Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.services import record

#: hues that stay apart for colour-blind eyes, given to companies in turn
HUES = (195, 45, 285, 105, 335, 240, 15, 150)
ROLES = frozenset({Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER})


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """What is entered of a person."""

    name: str
    email: str
    role: Role = Role.VIEWER
    job: str = ""


@transaction.atomic
def register_company(*, by: Subject, name: str, siam_role: str, time_zone: str = "UTC", email: str = "") -> Company:
    """A new company with the acting user as its administrator; returns it.

    The id is drawn first, because row-level security must know the company before its row is written. The
    request's subject is as before: the caller resolves it again.
    """
    if by.user_id is None or by.read_only:
        raise Denied("Sign in to register a company.")
    check_company(name, siam_role, time_zone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('governance_company_id_seq')")
        new = int(cursor.fetchone()[0])
    rls.widen(new)
    company = Company(
        pk=new,
        name=name.strip(),
        siam_role=siam_role,
        time_zone=time_zone,
        hue=HUES[new % len(HUES)],
        readers=[new],
    )
    company.save(force_insert=True)
    address = email or User.objects.values_list("email", flat=True).get(pk=by.user_id)
    Person.objects.create(
        company=company,
        user_id=by.user_id,
        name=by.name,
        email=address,
        role=Role.ADMINISTRATOR.value,
        readers=[new],
    )
    record(by=by, verb="register", thing=company, company=new, after=company_facts(company))
    return company


@transaction.atomic
def change_company(*, by: Subject, company: Company, name: str, siam_role: str, time_zone: str) -> Company:
    """New name, SIAM role or time zone of one's own company."""
    require(by, "administer", company)
    check_company(name, siam_role, time_zone)
    before = company_facts(company)
    company.name, company.siam_role, company.time_zone = name.strip(), siam_role, time_zone
    company.save()
    record(
        by=by,
        verb="change",
        thing=company,
        company=company.pk,
        readers=company.readers,
        before=before,
        after=company_facts(company),
    )
    return company


@transaction.atomic
def add_person(*, by: Subject, draft: PersonDraft) -> Person:
    """Somebody of the acting company.

    Who already signs in under this e-mail address is linked; for anybody else a sign-in without a password is
    made, which `sign_up_link` opens once. An address that another company has just invited must sign in first:
    otherwise this company's link would open the other company's door.
    """
    company = acting_for(by, "administer", by.companies)
    email = checked_person(draft)
    if Person.objects.filter(company_id=company, email=email).exists():
        raise BadInput(
            "Somebody of your company has this e-mail address.",
            fields={"email": "Already in the list of people. Change that entry instead."},
        )
    user = User.objects.filter(email=email).first()
    if user is not None and not user.has_usable_password():
        raise BadInput(
            "This address has an invitation that nobody has taken up yet.",
            fields={"email": "Add this person after they have signed in once."},
        )
    person = Person.objects.create(
        company_id=company,
        user=user or User.objects.create_user(email, None, name=draft.name.strip()),
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
    """New name, role, job or stand-in of somebody of one's own company; the last administrator stays one."""
    require(by, "administer", person)
    checked_person(PersonDraft(name, person.email, role, job))
    if role is not Role.ADMINISTRATOR:
        keep_an_administrator(person)
    if stand_in is not None and (stand_in.company_id != person.company_id or stand_in.pk == person.pk):
        raise BadInput(
            "A stand-in is somebody else of the same company.",
            fields={"stand_in": "Choose another person of your company."},
        )
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
def suspend_person(*, by: Subject, person: Person) -> Person:
    """From the next request on this person no longer acts for the company."""
    require(by, "administer", person)
    keep_an_administrator(person)
    person.suspended = clock.now()
    person.save()
    record(by=by, verb="suspend", thing=person, company=person.company_id, after=person_facts(person))
    return person


@transaction.atomic
def readmit_person(*, by: Subject, person: Person) -> Person:
    """End a suspension."""
    require(by, "administer", person)
    person.suspended = None
    person.save()
    record(by=by, verb="readmit", thing=person, company=person.company_id, after=person_facts(person))
    return person


@transaction.atomic
def sign_up_link(*, by: Subject, person: Person) -> str:
    """The path under which this person sets their first password, once; for who has none yet."""
    require(by, "administer", person)
    if person.user is None or person.user.has_usable_password():
        raise BadInput("This person can already sign in. Who forgot the password resets it on the sign-in page.")
    key = urlsafe_base64_encode(force_bytes(person.user.pk))
    path = reverse("sign-up", args=[key, default_token_generator.make_token(person.user)])
    record(by=by, verb="invite", thing=person, company=person.company_id)
    return path


def check_company(name: str, siam_role: str, time_zone: str) -> None:
    """Raises BadInput naming every field of a company that cannot be taken."""
    wrong = {}
    if not 2 <= len(name.strip()) <= 120:
        wrong["name"] = "Enter the company's name, 2 to 120 characters."
    if siam_role not in Company.SiamRole.values:
        wrong["siam_role"] = "Choose one of the roles."
    if time_zone not in available_timezones():
        wrong["time_zone"] = "Enter a time zone such as Europe/Berlin."
    if wrong:
        raise BadInput("The company was not saved.", fields=wrong)


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
        company_id=person.company_id, role=Role.ADMINISTRATOR.value, suspended=None, user__isnull=False
    ).exclude(pk=person.pk)
    if person.role == Role.ADMINISTRATOR.value and not others.exists():
        raise BadInput(
            f"{person.name} is the only administrator. Make somebody else one first.",
            fields={"role": "The last administrator of a company stays one."},
        )


def company_facts(company: Company) -> dict[str, object]:
    """A company as history keeps it."""
    return {"name": company.name, "siam_role": company.siam_role, "time_zone": company.time_zone}


def person_facts(person: Person) -> dict[str, object]:
    """A person as history keeps them."""
    return {
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "job": person.job,
        "stand_in": str(person.stand_in) if person.stand_in else "",
        "suspended": person.suspended,
    }
