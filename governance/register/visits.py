"""A person's way to a tracker's consent page: where the browser goes, and where it comes back."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from governance.register import ports
from governance.register.acting import require
from governance.register.models import Credential, System
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what must be known on its return: both secrets stay in the person's session."""

    address: str
    state: str
    verifier: str


def return_address() -> str:
    """Where every tracker sends people back to; it is entered at the tracker when the OAuth client is made there."""
    return settings.SITE_URL + reverse("visit-back")


def departure(*, by: Subject, system: System) -> Departure:
    """A fresh way to the system's consent page. Raises Denied, BadInput without an OAuth client."""
    require(by, "administer", system)
    client = (
        visible_to(Credential.objects.filter(system=system, kind="oauth"), by).values_list("hint", flat=True).first()
    )
    if not client:
        raise BadInput("Enter the OAuth client's id and secret first, then sign in.", code="no-client")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    address = ports.sync().consent(
        system, client_id=client, state=state, verifier=verifier, redirect_uri=return_address()
    )
    return Departure(address, state, verifier)
