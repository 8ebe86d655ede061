"""Writes of invitations: letters that open one door once, sent, sent again and taken back."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from governance.register.acting import acting_for, require
from governance.register.models import Company, Integration, Invitation, Person
from governance.register.services.integrations import check_joined
from portal.access.subject import Role, Subject
from portal.api.tokens import digest_of
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import record
from portal.mail.services import has_server, post

LIFETIME = timedelta(days=14)
#: letters of one company in a day: nobody uses this installation to flood others
MOST_A_DAY = 200
TO_COMPANY = """Hello,

{who} of {company} invites your company to work together in Concord{about}.

Open this page to register your company and to become its administrator:

{link}

The link works once, until {until} UTC, and only for you: please do not pass it on. If you did not expect this
letter, you need not do anything.
"""
TO_PERSON = """Hello {name},

{who} has added you to {company} in Concord, as {role}.

Open this page to set your password:

{link}

The link works once, until {until} UTC, and only for you: please do not pass it on. If you did not expect this
letter, you need not do anything.
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation on its way. `link` is filled only where no mail server is: then it is handed over, shown once."""

    invitation: Invitation
    link: str = field(default="", repr=False)


@transaction.atomic
def invite_company(*, by: Subject, email: str, integration: Integration | None = None) -> Sent:
    """Invite a company that is not here yet by the address of somebody there, who becomes its administrator.

    With `integration` it joins that one as a party when the invitation is accepted. Raises BadInput for a bad
    address, or when an invitation to it is open already.
    """
    company = acting_for(by, "administer", integration.companies if integration else by.companies)
    if integration is not None:
        check_joined(integration, company)
    address = checked_address(email)
    check_number(company)
    same = Invitation.objects.filter(company_id=company, email=address, integration=integration, person=None)
    if same.filter(accepted=None, revoked=None, expires__gt=clock.now()).exists():
        raise BadInput(
            "An invitation to this address is open already.",
            fields={"email": "An invitation is open. Send that one again, or take it back first."},
        )
    now = clock.now()
    invitation = Invitation(
        company_id=company,
        integration=integration,
        email=address,
        role=Role.ADMINISTRATOR.value,
        invited_by=by.name,
        sent=now,
        expires=now + LIFETIME,
    )
    sent = send(invitation)
    record(
        by=by,
        verb="invite",
        thing=invitation,
        company=company,
        after={"email": address, "integration": str(integration or "")},
    )
    return sent


@transaction.atomic
def invite_person(*, by: Subject, person: Person) -> Sent:
    """Let somebody of one's own company sign in, by a letter to their address; an open one is replaced."""
    require(by, "administer", person)
    check_number(person.company_id)
    if person.user is not None and person.user.has_usable_password():
        raise BadInput(f"{person.name} can sign in already.")
    if person.left or person.suspended:
        raise BadInput(f"{person.name} no longer acts for the company. Readmit them first.")
    now = clock.now()
    person.invitations.filter(accepted=None, revoked=None).update(revoked=now)
    invitation = Invitation(
        company_id=person.company_id,
        person=person,
        email=person.email,
        role=person.role,
        invited_by=by.name,
        sent=now,
        expires=now + LIFETIME,
    )
    sent = send(invitation)
    record(by=by, verb="invite", thing=person, company=person.company_id, after={"email": person.email})
    return sent


@transaction.atomic
def resend_invitation(*, by: Subject, invitation: Invitation) -> Sent:
    """A fresh letter with a fresh link and two more weeks; the link before no longer opens anything."""
    require(by, "administer", invitation)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    check_open(invitation)
    check_number(invitation.company_id)
    invitation.sent = clock.now()
    invitation.expires = invitation.sent + LIFETIME
    sent = send(invitation)
    record(
        by=by,
        verb="send again",
        thing=invitation,
        company=invitation.company_id,
        after={"email": invitation.email, "expires": invitation.expires},
    )
    return sent


@transaction.atomic
def revoke_invitation(*, by: Subject, invitation: Invitation) -> Invitation:
    """Take an invitation back: its link opens nothing from now on."""
    require(by, "administer", invitation)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    check_open(invitation)
    invitation.revoked = clock.now()
    invitation.save(update_fields=["revoked"])
    record(
        by=by,
        verb="revoke",
        thing=invitation,
        company=invitation.company_id,
        after={"email": invitation.email},
    )
    return invitation


def send(invitation: Invitation) -> Sent:
    """Give an invitation a fresh secret, store it and mail the link; the secret itself is stored nowhere."""
    secret = secrets.token_urlsafe(32)
    link = settings.SITE_URL + reverse("invitation", args=[secret])
    invitation.digest = digest_of(secret)
    company = Company.objects.values_list("name", flat=True).get(pk=invitation.company_id)
    person, integration = invitation.person, invitation.integration
    words = {
        "who": invitation.invited_by,
        "company": company,
        "link": link,
        "until": f"{invitation.expires:%d %B %Y, %H:%M}",
        "about": f", in the integration {integration.name}" if integration else "",
        "name": person.name if person else "",
        "role": invitation.role,
    }
    invitation.mail = post(
        company=invitation.company_id,
        to=invitation.email,
        subject=f"{company} adds you to Concord" if person else f"{company} invites your company to Concord",
        text=(TO_PERSON if person else TO_COMPANY).format(**words),
    )
    invitation.save()
    return Sent(invitation, "" if has_server() else link)


def checked_address(email: str) -> str:
    """An e-mail address as it is stored; raises BadInput."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise BadInput(
            "The invitation was not sent.",
            fields={"email": "Enter an e-mail address such as asha@mercuri.example."},
        ) from None
    return address


def check_number(company: int) -> None:
    """Raises BadInput when a company has sent as many letters as one may in a day."""
    today = Invitation.objects.filter(company_id=company, sent__gt=clock.now() - timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        raise BadInput(
            f"Your company sent {MOST_A_DAY} invitations since yesterday. Go on tomorrow.", code="too-many"
        )


def check_open(invitation: Invitation) -> None:
    """Raises BadInput for an invitation that was accepted or taken back."""
    if invitation.accepted:
        raise BadInput(f"{invitation.accepted_by} accepted this invitation already.")
    if invitation.revoked:
        raise BadInput("This invitation was taken back. Send a new one.")
