"""How many requests one user or token may make."""

from rest_framework.throttling import UserRateThrottle


class TokenThrottle(UserRateThrottle):
    """Counts per signed-in user; the rate is set in settings."""

    scope = "token"
