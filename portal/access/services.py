"""What a person changes about their own sign-in: API tokens and the time zone."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import F

from portal.access.models import ApiToken, User
from portal.access.subject import Subject
from portal.api.tokens import digest_of, new_secret
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.services import record

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `secret` is shown once and stored nowhere."""

    token: ApiToken
    secret: str


@transaction.atomic
def create_token(*, by: Subject, company: int, name: str, lifetime: timedelta, write: bool) -> NewToken:
    """An API token that acts as `by` in one company. Raises Denied for another company, BadInput for a bad name."""
    if by.user_id is None or company not in by.companies:
        raise Denied("A token can act only for a company that you belong to.")
    if by.read_only:
        raise Denied("This token may only read. Make tokens on your account page.")
    if not name.strip():
        raise BadInput("A token needs a name.", fields={"name": "Say what will use it."})
    if not timedelta() < lifetime <= LONGEST:
        raise BadInput("A token lasts a year at most.", fields={"days": "Choose a year or less."})
    secret = new_secret()
    token = ApiToken.objects.create(
        user_id=by.user_id,
        company_id=company,
        name=name.strip()[:80],
        digest=digest_of(secret),
        prefix=secret[:12],
        write=write,
        expires=clock.now() + lifetime,
    )
    record(
        by=by,
        verb="create",
        thing=token,
        company=company,
        after={"name": token.name, "write": write, "expires": token.expires},
    )
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(*, by: Subject, token: ApiToken) -> None:
    """End a token of one's own at once. Raises Denied for somebody else's."""
    if token.user_id != by.user_id or by.read_only:
        raise Denied("Only the person who made a token can revoke it.")
    token.revoked = clock.now()
    token.save(update_fields=["revoked"])
    record(by=by, verb="revoke", thing=token, company=token.company_id, after={"revoked": token.revoked})


@transaction.atomic
def end_sign_ins(*, by: Subject, user: User, company: int) -> None:
    """End a user's open sessions, and their API tokens of one company, from the next request on."""
    User.objects.filter(pk=user.pk).update(sessions=F("sessions") + 1)
    tokens = ApiToken.objects.filter(user=user, company_id=company, revoked=None).update(revoked=clock.now())
    record(by=by, verb="end the sign-ins of", thing=user, company=company, after={"tokens": tokens})


@transaction.atomic
def set_time_zone(*, by: Subject, name: str) -> None:
    """The time zone that `by` reads times in. Raises BadInput for an unknown name."""
    if name not in available_timezones():
        raise BadInput("There is no such time zone.", fields={"time_zone": "Choose one of the list."})
    user = User.objects.select_for_update().get(pk=by.user_id or 0)
    before, user.time_zone = user.time_zone, name
    user.save(update_fields=["time_zone"])
    record(
        by=by,
        verb="change",
        thing=user,
        company=by.company,
        before={"time_zone": before},
        after={"time_zone": name},
    )
