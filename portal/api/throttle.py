"""How many requests one user or token may make."""

from typing import Any

from rest_framework.throttling import SimpleRateThrottle, UserRateThrottle


class TokenThrottle(UserRateThrottle):
    """Counts per signed-in user; the rate is set in settings."""

    scope = "token"


class DoorThrottle(SimpleRateThrottle):
    """Counts per address of the network, signed in or not: for the few pages that take a secret from anybody."""

    scope = "door"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """What is counted together."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
