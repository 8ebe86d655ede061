"""Recording of acts: the last line of every service, in the same transaction as the act."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, models

from portal.access.subject import Subject
from portal.core import clock
from portal.history.models import Deed

START = "0" * 64
HIDDEN = frozenset({"sealed", "boxed", "password", "digest"})


def record(
    *,
    by: Subject,
    verb: str,
    thing: models.Model,
    company: int,
    readers: Iterable[int] = (),
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> Deed:
    """Append one deed to `company`'s chain and return it.

    1. lock the chain's head for this transaction; 2. read the last digest; 3. hash the canonical row with it;
    4. store. Values of secret fields are never written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('deed'), %s)", [company % 2_000_000_000])
    last = Deed.objects.filter(company_id=company).order_by("-n").values_list("n", "digest").first()
    n, previous = (last[0] + 1, last[1]) if last else (1, START)
    deed = Deed(
        company_id=company,
        readers=sorted({company, *readers}),
        n=n,
        at=clock.now(),
        actor_id=by.user_id,
        actor=by.name,
        verb=verb,
        noun=str(thing._meta.model_name),
        object_id=thing.pk,
        object_uid=getattr(thing, "uid", None),
        label=str(thing)[:200],
        before=plain(before or {}),
        after=plain(after or {}),
        previous=previous,
    )
    deed.digest = digest(deed)
    deed.save(force_insert=True)
    return deed


def plain(values: Mapping[str, object]) -> dict[str, object]:
    """Values as JSON, without secrets."""
    kept = {key: value for key, value in values.items() if key not in HIDDEN}
    return json.loads(json.dumps(kept, default=str, sort_keys=True))  # type: ignore[no-any-return]


def digest(deed: Deed) -> str:
    """SHA-256 over the previous digest, the number and the canonical JSON of the row."""
    row = {
        "company": deed.company_id,
        "at": stamp(deed.at),
        "actor": [deed.actor_id, deed.actor],
        "verb": deed.verb,
        "thing": [deed.noun, deed.object_id, deed.label],
        "before": deed.before,
        "after": deed.after,
        "readers": sorted(deed.readers),
    }
    text = f"{deed.previous}|{deed.n}|{json.dumps(row, sort_keys=True, separators=(',', ':'), ensure_ascii=False)}"
    return hashlib.sha256(text.encode()).hexdigest()


def stamp(at: datetime) -> str:
    """A time as the digest has it: microseconds, UTC."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")


def broken_at(company: int) -> int | None:
    """The number of the first deed whose chain does not hold, or None when the whole chain does."""
    previous, expected = START, 1
    for deed in Deed.objects.filter(company_id=company).order_by("n").iterator(chunk_size=2000):
        if deed.n != expected or deed.previous != previous or deed.digest != digest(deed):
            return expected
        previous, expected = deed.digest, expected + 1
    return None
