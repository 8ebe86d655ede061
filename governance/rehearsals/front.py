"""What signatures ask this room for; told when the process starts."""

from governance.agreements import evidence
from governance.rehearsals.selectors import proof


def register_all() -> None:
    """Fill the registries."""
    evidence.provide(proof)
