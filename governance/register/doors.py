"""What the secret of an invitation opens: the one read that begins with nobody."""

import secrets
from dataclasses import dataclass

from django.db import connection

from governance.register.models import Invitation
from portal.access import rls
from portal.api.tokens import digest_of
from portal.core import clock
from portal.core.errors import Denied

USED = "This invitation was taken up already. Sign in with your e-mail address and password."
REVOKED = "This invitation was taken back. Ask who invited you for a new one."
EXPIRED = "This invitation is older than two weeks. Ask who invited you to send it again."


@dataclass(frozen=True, slots=True)
class Door:
    """What an invitation's secret opens: read past the second wall, by the secret alone."""

    invitation: int
    company: int
    company_name: str
    person: int | None
    integration: int | None
    integration_name: str


def door_of(secret: str) -> Door | None:
    """What this secret opens, or None when nobody was ever sent it. No role and no company is needed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, company_id, company, person_id, integration_id, coalesce(integration, '') "
            "FROM concord_invitation(%s)",
            [digest_of(secret)],
        )
        row = cursor.fetchone()
    return Door(*row) if row else None


def opened(secret: str, door: Door, *, lock: bool = False) -> Invitation:
    """The invitation behind a door, with its company told to this transaction.

    Raises Denied with the sentence for the reader when it is used up, taken back or too old. The digest is
    compared once more in constant time.
    """
    rls.widen(door.company)
    rows = Invitation.objects.select_for_update(of=("self",)) if lock else Invitation.objects.all()
    invitation = rows.select_related("person__user", "integration").get(pk=door.invitation)
    if not secrets.compare_digest(invitation.digest, digest_of(secret)):
        raise Denied(REVOKED)
    for over, sentence in (
        (invitation.accepted is not None, USED),
        (invitation.revoked is not None, REVOKED),
        (invitation.expires <= clock.now(), EXPIRED),
        (invitation.person is not None and bool(invitation.person.left or invitation.person.suspended), REVOKED),
    ):
        if over:
            raise Denied(sentence)
    return invitation
