"""What governance asks of this floor: kinds of system, how their runs stand, probes and samples."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from governance.register.models import Connection, System
from governance.register.ports import Answer, Json, Run, Sample, SettingField, SystemKind
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock
from sync.connectors.registry import TRACKERS
from sync.flow.lanes import mark_dirty
from sync.flow.models.facts import Envelope
from sync.flow.models.streams import Probe, Stream
from sync.flow.wake import wake_system
from sync.triage.models import Parked

#: what a person can end by entering something new
STUCK = (Stream.State.NEEDS_AUTH, Stream.State.UNREACHABLE, Stream.State.THROTTLED)
KINDS = tuple(
    SystemKind(
        key=tracker.kind,
        label=tracker.label,
        address_help=tracker.address_help,
        credentials=tuple(kind.value for kind in tracker.credentials),
        settings=tuple(SettingField(s.key, s.label, s.help, s.required) for s in tracker.settings),
    )
    for tracker in TRACKERS
)


class Governed:
    """Fills governance.register.ports.Sync."""

    def kinds(self) -> tuple[SystemKind, ...]:
        """The trackers of the registry."""
        return KINDS

    def open_stream(self, system: System) -> None:
        """The system's stream; it is first polled once there is a credential."""
        now = clock.now()
        Stream.objects.get_or_create(
            system=system,
            defaults={"company_id": system.company_id, "next_poll": now, "lease_until": now},
        )

    def wake_stream(self, system: System) -> None:
        """Poll at once; whatever stopped the stream may be over."""
        streams = Stream.objects.filter(system=system)
        streams.filter(state__in=STUCK).update(state=Stream.State.NEW, reason="", failures=0, retry_at=None)
        streams.update(next_poll=clock.now())
        transaction.on_commit(lambda: wake_system(system.pk))

    def wake_parked(self, connection: Connection) -> None:
        """Look again at the cases with parked work that the acting company may read."""
        parked = Parked.objects.filter(connection=connection, state=Parked.State.OPEN)
        mark_dirty(parked.values_list("case_id", flat=True))

    def runs(self, systems: Iterable[int], *, by: Subject) -> Mapping[int, Run]:
        """How the streams stand. One query."""
        rows = visible_to(Stream.objects.filter(system__in=list(systems)), by)
        return {
            row.pk: Run(
                state=row.state,
                label=row.get_state_display(),
                reason=row.reason,
                product=row.product,
                account=row.account,
                last_ok=row.last_ok,
            )
            for row in rows
        }

    def ask(self, *, by: Subject, kind: str, system: System, connection: Connection | None, asked: Json) -> Answer:
        """A probe for a worker; the stream's flag is what the sweep finds when the hint is lost."""
        probe = Probe.objects.create(
            company_id=system.company_id,
            kind=kind,
            system=system,
            connection=connection,
            asked=dict(asked),
            asked_by=by.name,
            asked_at=clock.now(),
        )
        Stream.objects.filter(system=system).update(asked=True)
        transaction.on_commit(lambda: wake_system(system.pk))
        return answer_of(probe)

    def answer(self, uid: UUID, *, by: Subject) -> Answer | None:
        """One probe."""
        row = visible_to(Probe.objects.filter(uid=uid), by).first()
        return answer_of(row) if row else None

    def latest(self, system: int, kind: str, *, by: Subject, done: bool = False) -> Answer | None:
        """The newest probe of a kind, or the newest answered one."""
        rows = visible_to(Probe.objects.filter(system=system, kind=kind), by)
        if done:
            rows = rows.filter(state=Probe.State.DONE)
        row = rows.order_by("-asked_at").first()
        return answer_of(row) if row else None

    def samples(self, connection: int, *, by: Subject) -> tuple[Sample, ...]:
        """The newest envelope of each side, of the last month."""
        since = clock.now() - timedelta(days=30)
        rows = (
            visible_to(Envelope.objects.filter(connection=connection, sealed__gte=since), by)
            .order_by("side", "-sealed")
            .distinct("side")
            .select_related("content")
        )
        return tuple(Sample(row.side, row.sealed, terms_in(row)) for row in rows)


def answer_of(probe: Probe) -> Answer:
    """A probe as governance reads it."""
    return Answer(
        uid=probe.uid,
        kind=probe.kind,
        state=probe.state,
        sentence=probe.sentence,
        asked_at=probe.asked_at,
        answered_at=probe.answered_at,
        body=probe.answer,
    )


def terms_in(envelope: Envelope) -> Mapping[str, object]:
    """Term → value of one envelope."""
    body = envelope.content.body if hasattr(envelope, "content") else {}
    return dict(body.get("terms") or {}) if isinstance(body, dict) else {}
