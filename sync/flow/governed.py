"""What governance asks of this floor: kinds of system, how their runs stand, probes and samples."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from governance.accessmatrix.compiled import WITHHELD
from governance.accessmatrix.services.passes import note_use
from governance.register.models import Connection, Side, System
from governance.register.ports import Answer, Json, Run, Sample, SettingField, SystemKind
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock
from sync.connectors.base import Visit
from sync.connectors.registry import TRACKERS
from sync.connectors.registry import tracker as tracker_of
from sync.flow.lanes import mark_dirty
from sync.flow.models.cases import Item
from sync.flow.models.facts import Envelope
from sync.flow.models.streams import Probe, Stream
from sync.flow.sight import Glass, glass_for
from sync.flow.wake import wake_rehearsal, wake_system
from sync.triage.models import Parked

#: what a person can end by entering something new
STUCK = (Stream.State.NEEDS_AUTH, Stream.State.UNREACHABLE, Stream.State.THROTTLED)
KINDS = tuple(
    SystemKind(
        key=tracker.kind,
        label=tracker.label,
        address_help=tracker.address_help,
        credentials=tuple(kind.value for kind in tracker.credentials),
        settings=tuple(SettingField(s.key, s.label, s.help, s.required, s.long, s.example) for s in tracker.settings),
        problems=tracker.problems,
        visits=bool(tracker.visits),
        language=tracker.language,
        example=tracker.example,
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

    def wake_waiting(self, system: System) -> None:
        """Poll, and take up the lanes with work that may have waited for the system's announced end."""
        self.wake_stream(system)
        cases = Item.objects.filter(system=system, case__lane__dirty=True).values_list("case_id", flat=True)
        mark_dirty(cases)

    def exchange_now(self, connections: Iterable[int]) -> None:
        """Take up the lanes with work of these connections' systems."""
        systems = Side.objects.filter(connection__in=list(connections)).values("system_id")
        cases = Item.objects.filter(system__in=systems, case__lane__dirty=True).values_list("case_id", flat=True)
        mark_dirty(cases)

    def wake_parked(self, connection: Connection) -> None:
        """Look again at the cases with parked work that the acting company may read."""
        parked = Parked.objects.filter(connection=connection, state=Parked.State.OPEN)
        mark_dirty(parked.values_list("case_id", flat=True))

    def wake_rehearsal(self, rehearsal: int) -> None:
        """A hint to a worker; the sweep finds what a lost one left."""
        transaction.on_commit(lambda: wake_rehearsal(rehearsal))

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

    def consent(self, system: System, *, client_id: str, state: str, verifier: str, redirect_uri: str) -> str:
        """Where the tracker asks the person."""
        visit = Visit(system.base_url, system.settings, redirect_uri, verifier)
        return tracker_of(system.kind).consent(visit, client_id=client_id, state=state)

    def answer(self, uid: UUID, *, by: Subject) -> Answer | None:
        """One probe."""
        row = visible_to(Probe.objects.filter(uid=uid), by).first()
        return seen([row], by)[0] if row else None

    def latest(
        self, systems: Collection[int], kinds: Collection[str], *, by: Subject, done: Collection[str] = ()
    ) -> Mapping[tuple[int, str], Answer]:
        """The newest probes, or the newest answered ones. One query."""
        rows = visible_to(Probe.objects.filter(system__in=systems, kind__in=kinds), by)
        rows = rows.exclude(~Q(state=Probe.State.DONE), kind__in=done)
        newest = list(rows.order_by("system", "kind", "-asked_at").distinct("system", "kind"))
        told = seen(newest, by)
        return {(row.system_id, row.kind): answer for row, answer in zip(newest, told, strict=True)}

    def samples(self, connection: int, *, by: Subject) -> tuple[Sample, ...]:
        """The newest envelope of each side, of the last month."""
        since = clock.now() - timedelta(days=30)
        rows = list(
            visible_to(Envelope.objects.filter(connection=connection, sealed__gte=since), by)
            .order_by("side", "-sealed")
            .distinct("side")
            .select_related("content", "connection")
        )
        glass = Glass(by)
        found = tuple(Sample(row.side, row.sealed, terms_in(row, glass)) for row in rows)
        for row in rows[:1]:
            noted(glass, row.connection)
        return found


def seen(probes: Sequence[Probe], by: Subject) -> list[Answer]:
    """Probes as governance reads them, without what the reader's role withholds. One query more for a dry run."""
    glass = glass_for(by) if any(one.kind == Probe.Kind.DRY_RUN for one in probes) else None
    if glass is not None:
        for one in probes:
            glass.probe(one)
            noted(glass, one.connection or one.system)
    return [answer_of(one) for one in probes]


def noted(glass: Glass, thing: Connection | System) -> None:
    """Record what was read through passes."""
    for opening in glass.used.values():
        note_use(by=glass.by, opening=opening, thing=thing)


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


def terms_in(envelope: Envelope, glass: Glass) -> Mapping[str, object]:
    """Term → value of one envelope, without values that the reader's role withholds."""
    body = envelope.content.body if hasattr(envelope, "content") else {}
    terms = dict(body.get("terms") or {}) if isinstance(body, dict) else {}
    place, held = envelope.connection.integration_id, envelope.companies
    return {name: WITHHELD if glass.hides(held, place, name) else one for name, one in terms.items()}
