"""Parking what needs a person, and closing what goes on by itself again; called by the engine's store."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sync.flow.ports import KnownParked, ToPark
from sync.triage.models import Parked

VARYING = re.compile(r"\d+|'[^']*'")


def fingerprint(park: ToPark) -> str:
    """A cause without what differs from case to case: system, code, subject's kind and the sentence's shape."""
    subject = park.subject.split("@", 1)[0]
    kind = subject.split(":", 1)[0] if subject.startswith(("part:", "edit:")) else subject
    shape = park.sentence if park.code == "no-map" else VARYING.sub("#", park.sentence)
    return hashlib.sha256(f"{park.slot.system}|{park.code}|{kind}|{shape}".encode()).hexdigest()


def park(
    case: int,
    parked: Sequence[ToPark],
    companies: Iterable[int],
    known: dict[tuple[int, str], KnownParked],
    now: datetime,
) -> None:
    """Store what cannot go on, once per case, system and subject."""
    for one in parked:
        key = (one.slot.system, one.subject)
        before = known.get(key)
        if before is not None and before.open and before.payload == one.payload:
            continue
        attempts = before.attempts + 1 if before is not None else 1
        Parked.objects.update_or_create(
            case_id=case,
            system_id=one.slot.system,
            subject=one.subject,
            defaults={
                "connection_id": one.link,
                "company_id": one.company,
                "companies": sorted(companies),
                "code": one.code,
                "sentence": one.sentence[:500],
                "fingerprint": fingerprint(one),
                "payload": one.payload[:64],
                "state": Parked.State.OPEN,
                "attempts": attempts,
                "last": now,
            },
            create_defaults={
                "connection_id": one.link,
                "company_id": one.company,
                "companies": sorted(companies),
                "code": one.code,
                "sentence": one.sentence[:500],
                "fingerprint": fingerprint(one),
                "payload": one.payload[:64],
                "first": now,
                "last": now,
            },
        )
        known[key] = KnownParked(one.payload[:64], attempts, open=True)


def solve(
    case: int, solved: Sequence[tuple[int, str]], known: dict[tuple[int, str], KnownParked], now: datetime
) -> None:
    """Close parked work that goes on by itself again."""
    for system, subject in solved:
        Parked.objects.filter(
            case_id=case, system_id=system, subject=subject, state__in=[Parked.State.OPEN, Parked.State.RETRY]
        ).update(state=Parked.State.SOLVED, last=now, settled_by="Concord engine")
        before = known.get((system, subject))
        if before is not None:
            known[system, subject] = KnownParked(before.payload, before.attempts, open=False)
