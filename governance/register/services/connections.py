"""Writes of connections: proposed by one side, accepted by the other, paused and resumed."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from governance.register.acting import acting_for, require, stale
from governance.register.models import Company, Connection, Integration, Party, Side, System
from governance.register.services.downtimes import tell_partners
from governance.register.services.integrations import check_joined
from governance.rulebook.models import Rulebook
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.models import Deed
from portal.history.services import record


@dataclass(frozen=True, slots=True)
class End:
    """One side as its own company chooses it: which system, which kind of item in it."""

    system: System
    kind: str


@transaction.atomic
def propose_connection(
    *, by: Subject, integration: Integration, name: str, end: End, partner: Company, partner_end: End | None = None
) -> Connection:
    """Offer `partner` a connection; side a is ours. It waits until the partner accepts with its own system.

    A company that connects two systems of its own names both ends, and the connection is live at once.
    """
    company = acting_for(by, "change", integration.companies, on=integration)
    check_joined(integration, company)
    check_end(end, company=company)
    check_partner(integration, partner, company=company, partner_end=partner_end)
    if not 2 <= len(name.strip()) <= 120:
        raise BadInput("The connection was not saved.", fields={"name": "Enter a name, 2 to 120 characters."})
    last = Connection.objects.filter(integration=integration).aggregate(last=Max("position"))["last"]
    connection = Connection.objects.create(
        integration=integration,
        name=name.strip(),
        companies=sorted({company, partner.pk}),
        position=(last or 0) + 1,
        state=Connection.State.LIVE if partner_end else Connection.State.PENDING,
    )
    take_side(connection, "a", end, by=by)
    if partner_end:
        take_side(connection, "b", partner_end, by=by)
    record(
        by=by,
        verb="propose",
        thing=connection,
        company=company,
        readers=connection.companies,
        after={"name": connection.name, "a": side_fact(end), "partner": partner.name},
    )
    return connection


@transaction.atomic
def accept_connection(*, by: Subject, connection: Connection, end: End) -> Connection:
    """Accept the partner's proposal with one's own system; from now on both rulebooks can go live."""
    company = acting_for(by, "administer", connection.companies, on=connection)
    check_joined(connection.integration, company)
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    if connection.state != Connection.State.PENDING:
        raise BadInput("This connection is accepted already.")
    if Side.objects.filter(connection=connection, company_id=company).exists():
        raise Denied("Your company proposed this connection; the partner accepts it.")
    check_end(end, company=company)
    taken = Side.objects.get(connection=connection)
    if taken.system_id == end.system.pk and taken.kind == end.kind:
        raise BadInput("Both ends are the same.", fields={"system": "Choose another system or kind."})
    take_side(connection, "b" if taken.side == "a" else "a", end, by=by)
    connection.state = Connection.State.LIVE
    connection.version += 1
    connection.save()
    record(
        by=by,
        verb="accept",
        thing=connection,
        company=company,
        readers=connection.companies,
        after={"b": side_fact(end), "state": connection.state},
    )
    return connection


@transaction.atomic
def refuse_connection(*, by: Subject, connection: Connection, reason: str) -> Connection:
    """Decline the partner's proposal with a reason that it reads; the partner withdraws it and may propose anew."""
    company = acting_for(by, "administer", connection.companies, on=connection)
    if not 2 <= len(reason.strip()) <= 200:
        raise BadInput("The connection was not refused.", fields={"reason": "Say why; your partner reads it."})
    if Side.objects.filter(connection=connection, company_id=company).exists():
        raise Denied("Your company proposed this connection. Withdraw it instead.")
    return turn(
        connection,
        by=by,
        company=company,
        verb="refuse",
        states=(Connection.State.PENDING, Connection.State.REFUSED),
        after={"reason": reason.strip()},
    )


@transaction.atomic
def withdraw_connection(*, by: Subject, connection: Connection) -> Connection:
    """Take back one's own proposal that the partner has not accepted, or has refused; it stays to be read."""
    company = acting_for(by, "change", connection.companies, on=connection)
    state = Connection.objects.values_list("state", flat=True).get(pk=connection.pk)
    if state not in {Connection.State.PENDING, Connection.State.REFUSED}:
        raise BadInput("Only a proposal that is not accepted is withdrawn. Pause a connection that runs.")
    if not Side.objects.filter(connection=connection, company_id=company).exists():
        raise Denied("Your partner proposed this connection. Refuse it instead.")
    return turn(
        connection,
        by=by,
        company=company,
        verb="withdraw",
        states=(Connection.State(state), Connection.State.WITHDRAWN),
    )


@transaction.atomic
def pause_connection(*, by: Subject, connection: Connection, reason: str) -> Connection:
    """Nothing is sent over this connection until the same company resumes it; changes wait in order."""
    company = acting_for(by, "operate", connection.companies, on=connection)
    if not reason.strip():
        raise BadInput("The connection was not paused.", fields={"reason": "Say why, for the partner."})
    return turn(
        connection,
        by=by,
        company=company,
        verb="pause",
        states=(Connection.State.LIVE, Connection.State.PAUSED),
        after={"reason": reason.strip()},
    )


@transaction.atomic
def resume_connection(*, by: Subject, connection: Connection) -> Connection:
    """Go on; only the company that paused can."""
    company = acting_for(by, "operate", connection.companies, on=connection)
    last = Deed.objects.filter(noun="connection", object_id=connection.pk, verb="pause").order_by("-id").first()
    if last is not None and last.company_id != company:
        who = Company.objects.filter(pk=last.company_id).values_list("name", flat=True).first()
        raise Denied(f"{who or 'Your partner'} paused this connection and resumes it.")
    return turn(
        connection,
        by=by,
        company=company,
        verb="resume",
        states=(Connection.State.PAUSED, Connection.State.LIVE),
    )


@transaction.atomic
def change_kind(*, by: Subject, side: Side, kind: str) -> Side:
    """Another kind of item at one's own end."""
    require(by, "administer", side)
    check_end(End(side.system, kind), company=side.company_id)
    before, side.kind = side.kind, kind.strip()
    side.save()
    side.connection.version += 1
    side.connection.save()
    record(
        by=by,
        verb="change the kind of",
        thing=side.connection,
        company=side.company_id,
        readers=side.companies,
        before={"kind": before},
        after={"kind": side.kind},
    )
    return side


def turn(
    connection: Connection,
    *,
    by: Subject,
    company: int,
    verb: str,
    states: tuple[Connection.State, Connection.State],
    after: dict[str, object] | None = None,
) -> Connection:
    """Bring a connection from one state to another and record it; raises Stale when it left the first."""
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    if connection.state != states[0]:
        raise stale(connection)
    connection.state = states[1]
    connection.version += 1
    connection.save()
    record(
        by=by,
        verb=verb,
        thing=connection,
        company=company,
        readers=connection.companies,
        before={"state": states[0]},
        after={"state": states[1], **(after or {})},
    )
    return connection


def take_side(connection: Connection, letter: str, end: End, *, by: Subject) -> Side:
    """The row of one side, and its empty rulebook."""
    side = Side.objects.create(
        connection=connection,
        side=letter,
        company_id=end.system.company_id,
        companies=connection.companies,
        system=end.system,
        system_name=end.system.name,
        system_kind=end.system.kind,
        kind=end.kind.strip(),
        accepted=clock.now(),
        accepted_by=by.name,
    )
    Rulebook.objects.create(connection=connection, company_id=end.system.company_id, side=letter)
    tell_partners(end.system)
    return side


def check_end(end: End, *, company: int) -> None:
    """Raises BadInput unless this is an own system and a kind of item."""
    wrong = {}
    if end.system.company_id != company:
        wrong["system"] = "Choose a system of your company."
    if not 1 <= len(end.kind.strip()) <= 60:
        wrong["kind"] = "Enter the kind of item, for example ticket or Task."
    if wrong:
        raise BadInput("The connection was not saved.", fields=wrong)


def check_partner(integration: Integration, partner: Company, *, company: int, partner_end: End | None) -> None:
    """Raises BadInput unless the partner has joined; one's own company needs both ends."""
    if partner.pk == company:
        if partner_end is None:
            raise BadInput("Choose the other system too.", fields={"partner_system": "Choose a system."})
        check_end(partner_end, company=company)
        return
    if partner_end is not None:
        raise BadInput("The partner chooses its own system.", fields={"partner": "Another company."})
    joined = Party.objects.filter(integration=integration, company=partner, joined__isnull=False)
    if not joined.exists():
        raise BadInput("The connection was not saved.", fields={"partner": "Choose a party that has joined."})


def side_fact(end: End) -> str:
    """One end as history keeps it, readable to both sides."""
    return f"{end.system.name} ({end.kind.strip()})"
