"""What the engine leaves behind, for tests that read it: cases, changes, envelopes and parked work."""

from datetime import timedelta

from governance.quality.models import Survey
from governance.register.models import Company, Connection, Party, System
from governance.rulebook.evidence import nothing
from governance.rulebook.models import Evidence, Rehearsal
from portal.core import clock
from sync.flow.models.cases import Case, Hold, Item, Lane, Part, PartCopy
from sync.flow.models.disclosed import Count, Disclosed
from sync.flow.models.facts import Change, ChangeContent, Envelope, EnvelopeContent, Snapshot, Withheld
from sync.flow.models.quality import Surveyed
from sync.flow.models.streams import Delivery, Probe, Seen, Stream
from sync.flow.models.writes import Agreed, Conflict, Intent, IntentContent, Journal
from sync.oversight.models import Overseen
from sync.triage.models import Parked
from tests.story import Story


def case(of: Connection) -> Case:
    """An active case of one connection, with its lane."""
    now = clock.now()
    made = Case.objects.create(companies=of.companies, state=Case.State.ACTIVE, created=now, touched=now)
    Lane.objects.create(case=made, companies=of.companies, shard=0, dirty_since=now, lease_until=now, not_before=now)
    return made


def item(of: Case, system: System, record: str, *, label: str = "") -> Item:
    """One tracker's item of a case, known to all companies of the case."""
    now = clock.now()
    return Item.objects.create(
        case=of,
        system=system,
        company_id=system.company_id,
        readers=of.companies,
        record=record,
        kind="ticket",
        label=label or f"#{record}",
        url=f"{system.base_url}/{record}",
        created=now,
        read_at=now,
    )


def change(of: Item, field: str, new: str, *, seq: int = 1, disposition: str = "applied") -> Change:
    """An observed change with its values."""
    now = clock.now()
    made = Change.objects.create(
        case=of.case,
        item=of,
        system=of.system,
        company_id=of.company_id,
        record=of.record,
        remote_id=f"r{seq}",
        field=field,
        seq=seq,
        occurred=now,
        seen=now,
        disposition=disposition,
        disposed=now if disposition else None,
    )
    ChangeContent.objects.create(change=made, company_id=of.company_id, actor_id="7", actor="Sam", old=None, new=new)
    return made


def envelope(of: Case, on: Connection, side: str, *, no: int = 1) -> Envelope:
    """One sealed envelope from a side, with its terms."""
    made = Envelope.objects.create(
        case=of,
        connection=on,
        side=side,
        from_company=on.sides.get(side=side).company_id,
        to_company=on.sides.exclude(side=side).get().company_id,
        companies=on.companies,
        no=no,
        rule_version=1,
        sealed=clock.now(),
        sha256="0" * 64,
        terms=["title"],
    )
    EnvelopeContent.objects.create(envelope=made, companies=on.companies, body={"title": "Cannot sign in"})
    return made


def withheld(of: Case, on: Connection, owner: int, *, term: str = "labels") -> Withheld:
    """A term that did not leave."""
    now = clock.now()
    return Withheld.objects.create(
        case=of, connection=on, company_id=owner, term=term, reason="Nobody granted it.", first=now, last=now
    )


def intent(of: Case, on: Connection, target: System, *, after: str = "open") -> Intent:
    """A write that was done, with its payload and its journal."""
    now = clock.now()
    made = Intent.objects.create(
        case=of,
        connection=on,
        system=target,
        company_id=target.company_id,
        companies=on.companies,
        op="set",
        subject="terms",
        key="k",
        fence=1,
        lease_until=now,
        rule_version=1,
        state=Intent.State.DONE,
        at=now,
        settled=now,
    )
    IntentContent.objects.create(intent=made, company_id=target.company_id, payload={"status": after})
    Journal.objects.create(
        intent=made,
        case=of,
        company_id=target.company_id,
        fence=1,
        before={"status": "new"},
        after={"status": after},
        at=now,
    )
    return made


def conflict(of: Case, on: Connection, loser: int, *, lost: str = "P2") -> Conflict:
    """A value that lost."""
    return Conflict.objects.create(
        case=of,
        connection=on,
        company_id=loser,
        term="priority",
        lost=lost,
        why="The other side changed it later.",
        at=clock.now(),
    )


def parked(of: Case, on: Connection, system: System, *, subject: str = "term:priority") -> Parked:
    """Work that waits for a person of the system's company."""
    now = clock.now()
    return Parked.objects.create(
        case=of,
        connection=on,
        system=system,
        company_id=system.company_id,
        companies=on.companies,
        subject=subject,
        code="unmapped",
        sentence="The value 'urgent' has no entry in the value map of priority. Add it to the rulebook.",
        fingerprint="f" * 64,
        payload="0" * 64,
        first=now,
        last=now,
    )


def stream(of: System, *, state: Stream.State = Stream.State.OK) -> Stream:
    """A system's run, polled a moment ago."""
    now = clock.now()
    made, _ = Stream.objects.update_or_create(
        system=of,
        defaults={
            "company_id": of.company_id,
            "state": state,
            "next_poll": now + timedelta(seconds=30),
            "last_poll": now,
            "last_ok": now,
            "lease_until": now,
        },
    )
    return made


def probe(of: System, *, kind: Probe.Kind = Probe.Kind.CHECK) -> Probe:
    """A question to a tracker that waits for a worker."""
    return Probe.objects.create(company_id=of.company_id, kind=kind, system=of, asked_by="Ada", asked_at=clock.now())


def part(of: Case, system: System, target: System) -> Part:
    """A comment with its copy in the other system."""
    now = clock.now()
    made = Part.objects.create(
        case=of,
        companies=of.companies,
        kind="comment",
        system=system,
        company_id=system.company_id,
        remote_id=f"c{of.pk}-{system.pk}",
        at=now,
        public=True,
    )
    for place in (system, target):
        PartCopy.objects.create(
            part=made, companies=of.companies, system=place, remote_id=f"c{made.pk}-{place.pk}", at=now
        )
    return made


def disclosed(on: Connection, side: str) -> Disclosed:
    """A side's line in the disclosure register."""
    mine, theirs = on.sides.get(side=side).company_id, on.sides.exclude(side=side).get().company_id
    now = clock.now()
    return Disclosed.objects.create(
        connection=on,
        side=side,
        sender_id=mine,
        receiver_id=theirs,
        companies=on.companies,
        term="title",
        cases=1,
        times=1,
        first=now,
        last=now,
    )


def rehearsed(on: Connection, side: str) -> Rehearsal:
    """A finished rehearsal of a side's rules with its evidence."""
    company, now = on.sides.get(side=side).company_id, clock.now()
    made = Rehearsal.objects.create(
        integration=on.integration,
        connection=on,
        side=side,
        company_id=company,
        no=1,
        sha256="0" * 64,
        days=30,
        since=now - timedelta(days=30),
        until=now,
        asked_by="Ada",
        lease_until=now,
    )
    counts, details = nothing()
    Evidence.objects.create(
        rehearsal=made, company_id=company, rules={}, counts=counts, details=details, nonce="0" * 64
    )
    Rehearsal.objects.filter(pk=made.pk).update(state=Rehearsal.State.DONE, digest="0" * 64)
    return made


def surveyed(on: Connection, side: str, mine: Item) -> Survey:
    """A finished survey of a side with one item that is in step."""
    company, now = on.sides.get(side=side).company_id, clock.now()
    Surveyed.objects.create(
        item=mine, connection=on, side=side, company_id=company, case=mine.case, marks=["full:status", "equal:status"]
    )
    return Survey.objects.create(
        connection=on,
        side=side,
        company_id=company,
        state=Survey.State.DONE,
        due=now + timedelta(hours=1),
        at=now,
        figures={"status": {"full": 1, "equal": 1}},
        items=1,
        done=1,
        total=1,
        lease_until=now,
    )


def overseen(on: Connection) -> Overseen:
    """A connection in counts, as the first of its companies reads it that is made the integrator."""
    Party.objects.filter(integration=on.integration, company=on.companies[0]).update(
        siam_role=Company.SiamRole.INTERNAL_INTEGRATOR
    )
    return Overseen.objects.create(
        connection=on, integration=on.integration, name=on.name, state=on.state, companies=on.companies
    )


def run(story: Story) -> Case:
    """One case of a story with a row of everything that the engine leaves behind, on both sides."""
    made, now = case(story.connection), clock.now()
    for side, system, other in (("a", story.desk, story.board), ("b", story.board, story.desk)):
        company = system.company_id
        mine = item(made, system, f"{company}01")
        change(mine, "status", "open")
        envelope(made, story.connection, side)
        disclosed(story.connection, side)
        rehearsed(story.connection, side)
        surveyed(story.connection, side, mine)
        Snapshot.objects.create(item=mine, company_id=company, version="1", read_at=now, fields={"status": "open"})
        withheld(made, story.connection, company)
        intent(made, story.connection, system)
        conflict(made, story.connection, company)
        parked(made, story.connection, system)
        stream(system)
        probe(system)
        part(made, system, other)
        Hold.objects.create(
            case=made, system=system, companies=made.companies, until=now, code="unavailable", since=now
        )
        Seen.objects.create(system=system, company_id=company, record="1", version="1")
        Delivery.objects.create(system=system, company_id=company, key="d", record="1", received=now)
    Count.objects.create(connection=story.connection, companies=made.companies, at=now, due=now)
    Agreed.objects.create(
        case=made,
        connection=story.connection,
        companies=made.companies,
        term="status",
        value_a="new",
        value_b="new",
        at=now,
    )
    return made
