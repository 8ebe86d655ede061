"""Writes of companies."""

from zoneinfo import available_timezones

from django.db import connection, transaction

from governance.register.acting import require
from governance.register.models import Company, Person
from portal.access import rls
from portal.access.models import User
from portal.access.subject import Role, Subject
from portal.core.errors import BadInput, Denied
from portal.history.services import record

#: hues that stay apart for colour-blind eyes, given to companies in turn
HUES = (195, 45, 285, 105, 335, 240, 15, 150)


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


def company_facts(company: Company) -> dict[str, object]:
    """A company as history keeps it."""
    return {"name": company.name, "siam_role": company.siam_role, "time_zone": company.time_zone}
