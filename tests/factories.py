"""Companies, people and agreements for tests: factory-boy inside, typed functions outside."""

from collections.abc import Iterable
from datetime import timedelta

from factory.declarations import LazyFunction, Sequence
from factory.django import DjangoModelFactory
from guardian.shortcuts import assign_perm

from governance.accessmatrix.models import AccessMatrix, Grant
from governance.dictionary.models import Agreement, Dictionary, Term
from governance.register.models import (
    Company,
    Connection,
    Credential,
    Integration,
    Party,
    Person,
    Side,
    System,
)
from governance.rulebook.models import Disclosure, Rulebook, RuleVersion
from governance.rulebook.rules import RuleSet, dumped
from portal.access.models import ApiToken, User
from portal.access.subject import Role
from portal.api.tokens import digest_of, new_secret
from portal.core import clock

PASSWORD = "a long enough passphrase"


class CompanyFactory(DjangoModelFactory[Company]):
    """A service provider."""

    class Meta:
        model = Company

    name = Sequence(lambda n: f"Company {n}")
    siam_role = Company.SiamRole.PROVIDER


class SystemFactory(DjangoModelFactory[System]):
    """A practice tracker of a company."""

    class Meta:
        model = System

    name = Sequence(lambda n: f"Tracker {n}")
    kind = "zendesk"
    environment = System.Environment.TEST
    base_url = Sequence(lambda n: f"https://tracker-{n}.example")


class PersonFactory(DjangoModelFactory[Person]):
    """Somebody of a company."""

    class Meta:
        model = Person

    name = Sequence(lambda n: f"Person {n}")
    email = Sequence(lambda n: f"person{n}@company.example")


class IntegrationFactory(DjangoModelFactory[Integration]):
    """An integration about to be designed."""

    class Meta:
        model = Integration

    name = Sequence(lambda n: f"Integration {n}")
    purpose = "Customers get one answer, whoever works on their matter."


class TermFactory(DjangoModelFactory[Term]):
    """A text term."""

    class Meta:
        model = Term

    name = Sequence(lambda n: f"term-{n}")
    label = Sequence(lambda n: f"Term {n}")


class RuleVersionFactory(DjangoModelFactory[RuleVersion]):
    """A live version of a rulebook."""

    class Meta:
        model = RuleVersion

    no = 1
    state = RuleVersion.State.LIVE
    author = "Ada"
    sha256 = "0" * 64
    saved = LazyFunction(clock.now)
    live_from = LazyFunction(clock.now)


def company(name: str = "", *, siam_role: str = Company.SiamRole.PROVIDER) -> Company:
    """A company that at first only it can read."""
    made = CompanyFactory.create(siam_role=siam_role, **({"name": name} if name else {}))
    made.readers = [made.pk]
    made.save()
    return made


def user(name: str = "Sam", *, email: str = "") -> User:
    """Somebody who can sign in with PASSWORD."""
    address = email or f"{name.lower().replace(' ', '.')}@people.example"
    return User.objects.create_user(address, PASSWORD, name=name)


def person(of: Company, name: str = "", *, role: Role = Role.VIEWER, signs_in_as: User | None = None) -> Person:
    """Somebody of a company, with a sign-in when given."""
    named = {"name": name, "email": f"{name.lower()}@{of.pk}.example"} if name else {}
    return PersonFactory.create(company=of, role=role.value, user=signs_in_as, readers=[of.pk], **named)


def system(of: Company, name: str = "", *, kind: str = "zendesk") -> System:
    """A tracker instance of a company; it has no credential."""
    return SystemFactory.create(company=of, kind=kind, **({"name": name} if name else {}))


def credential(of: System, *, sealed: bytes = b"sealed", boxed: bytes = b"boxed") -> Credential:
    """A credential that nothing opens."""
    return Credential.objects.create(
        system=of,
        company=of.company,
        kind="token",
        hint="concord@company.example",
        sealed=sealed,
        boxed=boxed,
    )


def integration(*parties: Company, name: str = "", owner: Person | None = None) -> Integration:
    """An integration of these companies, who may from then on read each other's name."""
    ids = [party.pk for party in parties]
    made = IntegrationFactory.create(companies=ids, owner=owner, **({"name": name} if name else {}))
    for party in parties:
        Party.objects.create(
            integration=made, company=party, companies=ids, siam_role=party.siam_role, joined=clock.now()
        )
        party.readers = sorted({*party.readers, *ids})
        party.save()
    return made


def takes_part(of: Integration, who: Company) -> Party:
    """Another party that has joined an integration, in its company's own SIAM role."""
    of.companies = ids = [*of.companies, who.pk]
    of.save()
    Party.objects.filter(integration=of).update(companies=ids)
    Dictionary.objects.filter(integration=of).update(companies=ids)
    Term.objects.filter(dictionary__integration=of).update(companies=ids)
    for party in Company.objects.filter(pk__in=ids):
        party.readers = sorted({*party.readers, *ids})
        party.save()
    return Party.objects.create(
        integration=of, company=who, companies=of.companies, siam_role=who.siam_role, joined=clock.now()
    )


def connection(
    of: Integration, a: System, b: System, *, kinds: tuple[str, str] = ("ticket", "Task"), name: str = ""
) -> Connection:
    """A live connection that both sides accepted."""
    companies = sorted({a.company_id, b.company_id})
    made = Connection.objects.create(
        integration=of,
        name=name or f"{a.name} to {b.name}",
        companies=companies,
        state=Connection.State.LIVE,
    )
    for letter, system_, kind in (("a", a, kinds[0]), ("b", b, kinds[1])):
        Side.objects.create(
            connection=made,
            side=letter,
            company=system_.company,
            companies=companies,
            system=system_,
            system_name=system_.name,
            system_kind=system_.kind,
            kind=kind,
            accepted=clock.now(),
            accepted_by="Ada",
        )
    return made


def dictionary(of: Integration, *, no: int = 1, agreed: bool = True) -> Dictionary:
    """A dictionary version; when agreed, with every party's yes."""
    state = Dictionary.State.AGREED if agreed else Dictionary.State.DRAFT
    at = clock.now() if agreed else None
    made = Dictionary.objects.create(integration=of, companies=of.companies, no=no, state=state, agreed=at)
    for party in of.companies if agreed else ():
        Agreement.objects.create(
            dictionary=made, companies=of.companies, company_id=party, person="Ada", at=clock.now()
        )
    return made


def term(
    of: Dictionary,
    name: str,
    *,
    type: Term.Type = Term.Type.TEXT,
    allowed: Iterable[str] = (),
    path: bool = False,
    max_length: int | None = None,
) -> Term:
    """One term of a dictionary."""
    return TermFactory.create(
        dictionary=of,
        companies=of.companies,
        name=name,
        label=name.replace("-", " ").title(),
        type=type,
        allowed=list(allowed),
        path=path,
        max_length=max_length,
    )


def grant(
    of: Integration, giver: Company, grantee: Company, *, term: str, level: Grant.Level = Grant.Level.WRITE
) -> Grant:
    """One cell of a company's access matrix."""
    return Grant.objects.create(
        matrix=access_matrix(of, giver), integration=of, company=giver, grantee=grantee, term=term, level=level
    )


def access_matrix(of: Integration, owner: Company) -> AccessMatrix:
    """A company's access matrix in force; made when there is none."""
    live = AccessMatrix.State.LIVE
    made, _ = AccessMatrix.objects.get_or_create(
        integration=of, company=owner, state=live, defaults={"no": 1, "live_from": clock.now(), "signed_by": "Ada"}
    )
    return made


def role_grant(of: Integration, owner: Company, role: str, *, term: str, level: str) -> Grant:
    """One cell in force for a role of the own company ("viewer", "job:service desk agent")."""
    matrix = access_matrix(of, owner)
    return Grant.objects.create(matrix=matrix, integration=of, company=owner, role=role, term=term, level=level)


def live_rules(of: Connection, side: str, rules: RuleSet) -> RuleVersion:
    """One side's rulebook with these rules live, and the terms that it discloses."""
    owner = of.sides.get(side=side).company
    book, _ = Rulebook.objects.get_or_create(connection=of, side=side, defaults={"company": owner})
    Disclosure.objects.update_or_create(
        connection=of,
        side=side,
        defaults={
            "company": owner,
            "companies": of.companies,
            "no": 1,
            "sends": [line.term for line in rules.outgoing],
            "takes": [line.term for line in rules.incoming],
            "offers": rules.offer,
            "accepts": rules.accept,
            "live_from": clock.now(),
        },
    )
    return RuleVersionFactory.create(rulebook=book, company=owner, body=dumped(rules))


def token(of: User, acting_for: Company, *, write: bool = False) -> str:
    """The secret of a fresh API token."""
    secret = new_secret()
    ApiToken.objects.create(
        user=of,
        company_id=acting_for.pk,
        name="automation",
        digest=digest_of(secret),
        prefix=secret[:12],
        write=write,
        expires=clock.now() + timedelta(days=30),
    )
    return secret


def let(who: User, verb: str, thing: Integration | System | Connection) -> None:
    """A django-guardian grant of one verb on one object."""
    assign_perm(f"{verb}_{thing._meta.model_name}", who, thing)
