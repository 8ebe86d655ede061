"""API tokens: `Authorization: Bearer concord_…`; only a SHA-256 is stored."""

import hashlib
import secrets
from datetime import timedelta

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from portal.access.models import ApiToken, User
from portal.core import clock

PREFIX = "concord_"
#: how stale "last used" may be, so that reading does not write on every request
FRESH = timedelta(minutes=5)


def new_secret() -> str:
    """A fresh token text with 256 bits of randomness."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenAuthentication(BaseAuthentication):
    """Signs a request in by its bearer token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """(user, token), or None when another way of signing in is to be tried."""
        parts = get_authorization_header(request).split()
        if len(parts) != 2 or parts[0].lower() != b"bearer":
            return None
        token = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest_of(parts[1].decode("latin-1")), revoked=None, expires__gt=clock.now())
            .filter(user__is_active=True)
            .first()
        )
        if token is None:
            raise AuthenticationFailed("This token is unknown, expired or revoked. Make a new one.")
        if token.last_used is None or token.last_used < clock.now() - FRESH:
            ApiToken.objects.filter(pk=token.pk).update(last_used=clock.now())
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer a 401 with a challenge."""
        return "Bearer"
