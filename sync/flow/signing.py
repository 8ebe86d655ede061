"""The unguessable part of a webhook's address: company and system, signed."""

from django.conf import settings
from django.core.signing import BadSignature, Signer


def path_of(company: int, system: int) -> str:
    """The path under which one system's deliveries arrive."""
    return signer().sign(f"{company}.{system}")


def place_of(path: str) -> tuple[int, int] | None:
    """(company, system) that an address was made for, or None when we did not make it."""
    try:
        company, system = signer().unsign(path).split(".")
    except (BadSignature, ValueError):
        return None
    return int(company), int(system)


def signer() -> Signer:
    """Signs with the newest webhook key, and still knows the older ones."""
    newest, *older = settings.HOOK_KEYS
    fallbacks: list[bytes | str] = list(older)
    return Signer(key=newest, fallback_keys=fallbacks, sep="~", salt="concord.webhook")
