"""Waking lanes: dirty in PostgreSQL first, then a hint to Celery that may be lost."""

from collections.abc import Iterable

from django.db import transaction

from sync.flow.store import lanes as store
from sync.flow.wake import wake_shards


def mark_dirty(case_ids: Iterable[int]) -> None:
    """These cases have work: mark their lanes in this transaction and wake a worker once it is committed."""
    shards = set(store.mark_dirty(case_ids).values())
    if shards:
        transaction.on_commit(lambda: wake_shards(shards))
