"""Taking up an invitation: the one write that begins with somebody who is nobody yet."""

from dataclasses import dataclass, field

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from governance.register.doors import REVOKED, door_of, opened
from governance.register.models import Company, Integration, Invitation, Person
from governance.register.services.companies import register_company
from governance.register.services.integrations import enter, take_in
from portal.access.models import User
from portal.access.subject import Role, Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.services import record


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who accepts: the name and, where nobody is signed in, the first password."""

    name: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class House:
    """The company that accepts: an own one by `known`, or a new one."""

    name: str = ""
    siam_role: str = Company.SiamRole.PROVIDER
    time_zone: str = "UTC"
    known: Company | None = None


@transaction.atomic
def accept_as_person(*, by: Subject, secret: str, who: Newcomer) -> User:
    """Somebody added by their company takes up their sign-in; returns the user, who is to be signed in.

    1. the invitation is read and locked; 2. `by`, when signed in under its address, is linked, anybody else gets
    a user with the first password; 3. the invitation is used up and it is recorded.
    """
    door = door_of(secret)
    if door is None or door.person is None:
        raise Denied(REVOKED)
    invitation = opened(secret, door, lock=True)
    person = invitation.person
    if person is None:
        raise Denied(REVOKED)
    user = newcomer(by, invitation, Newcomer(person.name, who.password))
    person.user = user
    person.save()
    use_up(invitation, user)
    record(
        by=Subject(user.pk, user.name),
        verb="accept the invitation of",
        thing=person,
        company=person.company_id,
        after={"email": invitation.email},
    )
    return user


@transaction.atomic
def accept_as_company(*, by: Subject, secret: str, house: House, who: Newcomer) -> tuple[User, Company]:
    """A company takes up its invitation; returns who is to be signed in and the company to act for.

    1. the invitation is read and locked; 2. the user as in `accept_as_person`; 3. the company is registered with
    them as its administrator, or is one that `by` administers; 4. it joins the integration, where one is named,
    under the authority of the company that invited it; 5. the invitation is used up and it is recorded in the
    inviting company's history, which the new party reads too.
    """
    door = door_of(secret)
    if door is None or door.person is not None:
        raise Denied(REVOKED)
    invitation = opened(secret, door, lock=True)
    user = newcomer(by, invitation, who)
    actor = Subject(user.pk, user.name)
    company = house.known
    if company is not None and by.role(company.pk) is not Role.ADMINISTRATOR:
        raise Denied("Only an administrator of a company accepts an invitation for it.")
    if company is not None and company.pk == invitation.company_id:
        raise BadInput("Nothing was accepted.", fields={"company": "Your company sent this invitation itself."})
    if company is None:
        company = settle(actor, house, invitation)
    if invitation.integration is not None:
        join(invitation.integration, company, user)
    use_up(invitation, user)
    record(
        by=actor,
        verb="accept",
        thing=invitation,
        company=invitation.company_id,
        readers=[company.pk],
        after={"company": company.name, "integration": door.integration_name},
    )
    return user, company


def settle(actor: Subject, house: House, invitation: Invitation) -> Company:
    """Register the new company; raises BadInput whose field of its name is `company_name`, beside the person's."""
    try:
        return register_company(
            by=actor,
            name=house.name,
            siam_role=house.siam_role,
            time_zone=house.time_zone,
            email=invitation.email,
        )
    except BadInput as fault:
        fields = {"company_name" if key == "name" else key: said for key, said in fault.fields.items()}
        raise BadInput(fault.sentence, code=fault.code, fields=fields) from None


def newcomer(by: Subject, invitation: Invitation, who: Newcomer) -> User:
    """The user who accepts: `by`'s own, or a new one under the invited address, proven by the letter.

    Raises BadInput when somebody else is signed in, when the address signs in already (then it has to), or for a
    password that Django's validators refuse.
    """
    if by.user_id is not None:
        user = User.objects.get(pk=by.user_id)
        if user.email != invitation.email or by.read_only:
            raise BadInput(
                f"You are signed in as {user.email}, and this invitation was sent to {invitation.email}. "
                "Sign out, then open the link again.",
                code="other-address",
            )
        return user
    known = User.objects.filter(email=invitation.email).first()
    if known is not None and known.has_usable_password():
        raise BadInput(
            "You sign in with this address already. Sign in, then open the link again.", code="sign-in-first"
        )
    name = who.name.strip()
    wrong = {} if 2 <= len(name) <= 120 else {"name": "Enter your name, 2 to 120 characters."}
    user = known or User(email=invitation.email)
    user.name = name
    try:
        validate_password(who.password, user)
    except ValidationError as error:
        wrong["password"] = " ".join(error.messages)
    if wrong:
        raise BadInput("Nothing was saved.", fields=wrong)
    user.set_password(who.password)
    user.save()
    return user


def join(integration: Integration, company: Company, user: User) -> None:
    """The company becomes a party that has joined, with its new administrator accountable."""
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    accountable = Person.objects.filter(company=company, user=user).first()
    party = integration.parties.filter(company=company).first()
    if party is None:
        party = take_in(integration, company.pk, siam_role=company.siam_role)
    if party.joined is None:
        enter(party, accountable, name=user.name)


def use_up(invitation: Invitation, user: User) -> None:
    """From now on the secret opens nothing."""
    invitation.accepted, invitation.accepted_by = clock.now(), user.name
    invitation.save(update_fields=["accepted", "accepted_by"])
