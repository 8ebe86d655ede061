"""Recording of acts: the last line of every service, in the same transaction as the act."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, models

from portal.access.subject import Subject
from portal.core import clock
from portal.history.models import Deed

START = "0" * 64
HIDDEN = frozenset({"sealed", "boxed", "password", "digest"})


@dataclass(frozen=True, slots=True)
class Act:
    """One of many acts of the same kind: on what, who may read it beside the own company, before and after."""

    thing: models.Model
    readers: Sequence[int] = ()
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)


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
    last = head(company)
    deed = chained(last, by=by, verb=verb, company=company, act=Act(thing, tuple(readers), before or {}, after or {}))
    deed.save(force_insert=True)
    return deed


def record_all(*, by: Subject, verb: str, company: int, acts: Iterable[Act]) -> list[Deed]:
    """Append many deeds of one kind to `company`'s chain, in their order and in four queries."""
    last = head(company)
    deeds = []
    for act in acts:
        deed = chained(last, by=by, verb=verb, company=company, act=act)
        last = deed.n, deed.digest
        deeds.append(deed)
    return Deed.objects.bulk_create(deeds, batch_size=2000)


def head(company: int) -> tuple[int, str]:
    """The number and digest at the head of a chain, locked for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('deed'), %s)", [company % 2_000_000_000])
    last = Deed.objects.filter(company_id=company).order_by("-n").values_list("n", "digest").first()
    return last or (0, START)


def chained(last: tuple[int, str], *, by: Subject, verb: str, company: int, act: Act) -> Deed:
    """An unsaved deed behind the one with this number and digest."""
    thing = act.thing
    deed = Deed(
        company_id=company,
        readers=sorted({company, *act.readers}),
        n=last[0] + 1,
        at=clock.now(),
        actor_id=by.user_id,
        actor=by.name,
        verb=verb,
        noun=str(thing._meta.model_name),
        object_id=thing.pk,
        object_uid=getattr(thing, "uid", None),
        label=str(thing)[:200],
        before=plain(act.before),
        after=plain(act.after),
        previous=last[1],
    )
    deed.digest = digest(deed)
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
