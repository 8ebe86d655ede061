"""Cases as the engine leaves them behind, laid down row by row for tests of pages."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from governance.register.models import Company, System
from portal.core import clock
from sync.flow.models.cases import Case, Hold, Item, Lane
from sync.flow.models.facts import Change, ChangeContent, Envelope, EnvelopeContent, Withheld
from sync.flow.models.streams import Stream
from sync.flow.models.writes import Agreed, Intent, Journal
from sync.triage.models import Parked
from tests.story import Story

FAR = datetime.max.replace(year=2000, tzinfo=clock.now().tzinfo)


@dataclass(frozen=True, slots=True)
class Track:
    """A case of a story with its two items."""

    story: Story
    case: Case
    desk: Item
    board: Item

    def change(
        self,
        field: str,
        new: object,
        *,
        on: Item | None = None,
        old: object = None,
        actor: str = "Ravi",
        disposition: str = "applied",
        private: bool = False,
        cause: str = "",
        ago: float = 60,
    ) -> Change:
        """One observed change; of the desk's item unless told otherwise."""
        item = on or self.desk
        at = clock.now() - timedelta(seconds=ago)
        number = Change.objects.filter(item=item).count() + 1
        row = Change.objects.create(
            case=self.case,
            item=item,
            system=item.system,
            company_id=item.company_id,
            record=item.record,
            remote_id=f"r{number}",
            field=field,
            seq=number,
            occurred=at,
            seen=at + timedelta(seconds=1),
            disposition=disposition,
            private=private,
            cause=cause,
        )
        ChangeContent.objects.create(change=row, company_id=item.company_id, actor=actor, old=old, new=new)
        return row

    def envelope(
        self,
        side: str,
        terms: dict[str, object],
        *,
        parts: list[dict[str, object]] | None = None,
        ago: float = 50,
        lag: float | None = 1.0,
    ) -> Envelope:
        """One sealed envelope of a side, applied after `lag` seconds unless that is None."""
        a, b = (self.story.a, self.story.b) if side == "a" else (self.story.b, self.story.a)
        sealed = clock.now() - timedelta(seconds=ago)
        row = Envelope.objects.create(
            case=self.case,
            connection=self.story.connection,
            side=side,
            from_company=a.pk,
            to_company=b.pk,
            companies=[a.pk, b.pk],
            no=Envelope.objects.filter(case=self.case, side=side).count() + 1,
            rule_version=(self.story.rules_a if side == "a" else self.story.rules_b).pk,
            sealed=sealed,
            applied=None if lag is None else sealed + timedelta(seconds=lag),
            sha256="0" * 64,
            terms=list(terms),
            parts=len(parts or []),
        )
        body = {"terms": terms, "ways": {}, "parts": parts or []}
        EnvelopeContent.objects.create(envelope=row, companies=[a.pk, b.pk], body=body)
        return row

    def write(
        self, envelope: Envelope, *, subject: str = "terms", op: str = "fields", after: object = None
    ) -> Intent:
        """One settled write into the receiver's system because of an envelope."""
        story = self.story
        system, rules = (story.board, story.rules_b) if envelope.side == "a" else (story.desk, story.rules_a)
        row = Intent.objects.create(
            case=self.case,
            connection=story.connection,
            system=system,
            company_id=system.company_id,
            companies=[story.a.pk, story.b.pk],
            op=op,
            subject=subject,
            key="k",
            fence=1,
            lease_until=envelope.sealed,
            rule_version=rules.pk,
            envelope_id=envelope.pk,
            state=Intent.State.DONE,
            at=envelope.sealed,
            settled=envelope.applied,
            proven=True,
        )
        Journal.objects.create(
            intent=row,
            case=self.case,
            company_id=system.company_id,
            fence=1,
            before={},
            after=after or {},
            at=envelope.sealed,
        )
        return row

    def park(
        self,
        sentence: str = "The value 'Severity 0' of priority has no entry in the value map of priority.",
        *,
        of: Company | None = None,
        subject: str = "out:priority",
    ) -> Parked:
        """One parked thing for a person of company `of` (the desk's)."""
        company = of or self.story.a
        system = self.story.desk if company == self.story.a else self.story.board
        return Parked.objects.create(
            case=self.case,
            connection=self.story.connection,
            system=system,
            company_id=company.pk,
            companies=[self.story.a.pk, self.story.b.pk],
            subject=subject,
            code="no-map",
            sentence=sentence,
            fingerprint=hashlib.sha256(sentence.encode()).hexdigest(),
            payload="p",
            first=clock.now() - timedelta(minutes=5),
            last=clock.now(),
        )

    def withhold(self, term: str, reason: str) -> Withheld:
        """A term of the desk's that stayed."""
        return Withheld.objects.create(
            case=self.case,
            connection=self.story.connection,
            company_id=self.story.a.pk,
            term=term,
            reason=reason,
            first=clock.now(),
            last=clock.now(),
        )

    def hold(self, system: System) -> Hold:
        """The case waits for a system."""
        return Hold.objects.create(
            case=self.case,
            system=system,
            companies=self.case.companies,
            until=clock.now() + timedelta(minutes=3),
            code="tracker-unavailable",
            since=clock.now() - timedelta(minutes=2),
        )

    def agree(self, term: str, value: object) -> Agreed:
        """A value that both sides agreed on."""
        return Agreed.objects.create(
            case=self.case,
            connection=self.story.connection,
            companies=self.case.companies,
            term=term,
            value_a=value,
            value_b=value,
            at=clock.now(),
        )


def track(story: Story, *, number: int = 1, ago: float = 600, dirty: bool = False) -> Track:
    """A case with a desk item #<number> and a board item B-<number>, last touched `ago` seconds before now."""
    at = clock.now() - timedelta(seconds=ago)
    both = [story.a.pk, story.b.pk]
    case = Case.objects.create(companies=both, state=Case.State.ACTIVE, created=at, touched=at)
    Lane.objects.create(
        case=case, companies=both, shard=0, dirty=dirty, dirty_since=at, lease_until=FAR, not_before=FAR
    )
    desk = item(case, story.desk, f"#{number}", both, at)
    return Track(story, case, desk, item(case, story.board, f"B-{number}", both, at + timedelta(seconds=2)))


def item(case: Case, system: System, label: str, readers: list[int], at: datetime) -> Item:
    """One item of a case."""
    return Item.objects.create(
        case=case,
        system=system,
        company_id=system.company_id,
        readers=readers,
        record=label.strip("#"),
        label=label,
        url=f"{system.base_url}/{label.strip('#')}",
        kind="ticket",
        read_at=at,
        created=at,
    )


def stream(system: System, *, state: Stream.State = Stream.State.OK, reason: str = "") -> Stream:
    """How a system's run stands."""
    now = clock.now()
    return Stream.objects.create(
        system=system,
        company_id=system.company_id,
        state=state,
        reason=reason,
        next_poll=now,
        last_ok=now,
        lease_until=now,
    )
