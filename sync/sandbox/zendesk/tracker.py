"""The practice Zendesk put together."""

from sync.sandbox.app import Practice
from sync.sandbox.store import Store


def make(store: Store, token: str) -> Practice:
    """x."""
    return Practice(store)
