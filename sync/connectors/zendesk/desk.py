"""One Zendesk account as the connector works with it: wire, people, set-up, and what was last read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from portal.core import clock
from portal.core.errors import Missing, Rejected, Unauthorized
from sync.connectors.wire import Json, Wire
from sync.connectors.zendesk.catalogue import Catalogue
from sync.connectors.zendesk.fields import FILE_MAX_BYTES, tag_list
from sync.connectors.zendesk.history import Story, after, tell
from sync.connectors.zendesk.paging import pages
from sync.connectors.zendesk.people import API, STAFF, People
from sync.connectors.zendesk.shapes import moment, row, rows, text
from sync.connectors.zendesk.tickets import key_of, portable
from sync.engine.types import Actor, Check, Item

KIND = "ticket"
#: tickets whose last state is remembered for compare-and-set
REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What a later write needs of the last read or write."""

    stamp: str
    tags: tuple[str, ...]


@dataclass(slots=True)
class Desk:
    """Everything that is remembered between the verbs of one connector."""

    wire: Wire
    people: People
    catalogue: Catalogue
    seen: dict[str, Seen] = field(default_factory=dict)

    def path(self, record: str, rest: str = "") -> str:
        """The address of a ticket. Raises Missing for what cannot be a ticket's id."""
        if not (record.isascii() and record.isdigit()):
            raise Missing("Zendesk's ticket ids are numbers.")
        return f"{API}/tickets/{record}{rest}"

    def page(self, record: str) -> str:
        """The ticket's page for people."""
        return f"{self.wire.base_url.rstrip('/')}/agent/tickets/{record}"

    def remember(self, ticket: Mapping[str, object]) -> None:
        """Keep a ticket's stamp and tags."""
        if len(self.seen) >= REMEMBERED:
            self.seen.clear()
        self.seen[text(ticket.get("id"))] = Seen(text(ticket.get("updated_at")), tag_list(ticket.get("tags")))

    def tags(self, record: str) -> tuple[str, ...]:
        """The tags that a ticket has, as last read; asked for when it was not."""
        if record not in self.seen:
            self.remember(self.ticket(record))
        return self.seen[record].tags

    def ticket(self, record: str) -> Json:
        """One ticket with its users and groups learned. Raises Missing also for a deleted one."""
        answer = self.wire.json("GET", self.path(record), params={"include": "users,groups"})
        self.people.learn(answer)
        return existing(row(answer.get("ticket")))

    def item(self, record: str, since: str | None) -> Item:
        """A ticket read fresh: one request where the audits bring the ticket along and fit on a page."""
        ticket, audits = self._audited(record)
        catalogue = self.catalogue.current()
        self.people.load(text(ticket.get(name)) for name in ("assignee_id", "requester_id"))
        self.people.load_group(text(ticket.get("group_id")))
        story = tell(audits, catalogue, self.people)
        self.remember(ticket)
        return self._item(ticket, story, since)

    def _audited(self, record: str) -> tuple[Json, list[Json]]:
        """The ticket and all its audits; the ticket alone is read where the side-load left it out."""
        ticket: Json = {}
        audits: list[Json] = []
        answers = pages(
            self.wire,
            self.path(record, "/audits"),
            {"include": "users"},
            first={"include": "users,groups,tickets"},
        )
        for answer in answers:
            self.people.learn(answer)
            audits.extend(rows(answer.get("audits")))
            brought = (one for one in rows(answer.get("tickets")) if text(one.get("id")) == record)
            ticket = ticket or next(brought, {})
        several = len(audits) > 100
        # with pages to turn the first page's ticket may be older than the last page's audits
        return (existing(ticket) if ticket and not several else self.ticket(record)), audits

    def _item(self, ticket: Json, story: Story, since: str | None) -> Item:
        record = text(ticket.get("id"))
        described = story.description
        if described is None and not story.parts and ticket.get("is_public") is not False:
            described = text(ticket.get("description"))
        return Item(
            record=record,
            kind=KIND,
            label=f"#{record}",
            url=self.page(record),
            version=f"{text(ticket.get('updated_at'))}/{story.last}",
            created_at=moment(ticket, "created_at"),
            updated_at=moment(ticket, "updated_at"),
            fields=portable(ticket, described, self.catalogue, self.people),
            parts=story.parts,
            revisions=after(story.revisions, since),
            key=key_of(ticket),
            locked=ticket.get("status") == "closed",
            reporter=self.people.actor(ticket.get("requester_id")),
        )

    def check(self) -> Check:
        """Who we are. Zendesk answers a refused credential with 200 and nobody: that is Unauthorized too."""
        try:
            response = self.wire.send("GET", f"{API}/users/me", headers={"Accept": "application/json"})
        except Missing as fault:
            raise Missing("There is no Zendesk at this address. Check the subdomain.", status=404) from fault
        answer = self.wire.decoded(response, "GET")
        me = row(row(answer).get("user"))
        number, role = text(me.get("id")), text(me.get("role"))
        if not number or text(me.get("name")) == "Anonymous user":
            raise Unauthorized(
                "Zendesk does not know this credential. Check the e-mail address and the token.", status=200
            )
        return Check(
            account=Actor(number, text(me.get("name"))),
            product="Zendesk Support",
            version="v2",
            skew=skew(response.headers.get("date", ""), clock.now()),
            kinds=(KIND,),
            problems=tuple(self._problems(role)),
            notes=tuple(self._notes(role)),
        )

    def _problems(self, role: str) -> list[str]:
        if role not in STAFF:
            return ["The account is an end user. Use an administrator, or an agent who sees all tickets."]
        problems = []
        for what, path in (("tickets", f"{API}/tickets"), ("ticket fields", f"{API}/ticket_fields")):
            try:
                self.wire.json("GET", path, params={"page[size]": 1})
            except Rejected as fault:
                problems.append(f"The account may not read {what}: {fault.sentence}")
        return problems

    def _notes(self, role: str) -> list[str]:
        notes = [f"Files of up to {FILE_MAX_BYTES // 2**20} MB travel; the account may allow less."]
        if role == "agent":
            notes.append(
                "Only administrators may export changes: this agent finds them in the ticket list, "
                "which shows no deleted tickets."
            )
        return notes


def existing(ticket: Json) -> Json:
    """The ticket itself. Raises Missing for a deleted one and for none."""
    if not ticket or ticket.get("status") == "deleted":
        raise Missing("Zendesk's ticket was deleted, or is hidden from us.", status=404)
    return ticket


def skew(date: str, now: datetime) -> float:
    """The tracker's clock minus ours in seconds, from its Date header; within a second is none."""
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        return 0.0
    away = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now) / timedelta(seconds=1)
    return 0.0 if abs(away) < 1 else round(away, 1)
