"""Writes of integrations and their parties."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from governance.dictionary.models import Agreement, Dictionary, Origin, Term
from governance.raci.models import Matrix
from governance.register import ports
from governance.register.acting import acting_for, stale
from governance.register.models import Company, Connection, Integration, Party, Person
from governance.register.timing import INTERVALS, next_review
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import record


@dataclass(frozen=True, slots=True)
class IntegrationDraft:
    """What is entered of an integration."""

    name: str
    purpose: str
    mode: str = Integration.Mode.REAL_TIME
    owner: Person | None = None
    stand_in: Person | None = None
    stage: int = 1
    goals: tuple[str, ...] = ()
    #: minutes between two exchanges, in batch
    batch_minutes: int = 60
    rhythm: str = Integration.Rhythm.QUARTERLY


@transaction.atomic
def start_integration(*, by: Subject, draft: IntegrationDraft, siam_role: str = "") -> Integration:
    """A new integration with the acting company as its first party."""
    company = acting_for(by, "change", by.companies)
    check_integration(draft, parties={company})
    integration = Integration.objects.create(
        name=draft.name.strip(),
        purpose=draft.purpose.strip(),
        mode=draft.mode,
        stage=draft.stage,
        companies=[company],
        owner=draft.owner,
        stand_in=draft.stand_in,
        goals=goals_of(draft),
        batch_minutes=draft.batch_minutes,
        rhythm=draft.rhythm,
        next_review=next_review(clock.now().date(), draft.rhythm),
    )
    Party.objects.create(
        integration=integration,
        company_id=company,
        companies=[company],
        siam_role=checked_role(siam_role or Company.objects.get(pk=company).siam_role),
        accountable=draft.owner,
        joined=clock.now(),
    )
    share(integration)
    record(by=by, verb="start", thing=integration, company=company, after=integration_facts(integration))
    return integration


@transaction.atomic
def change_integration(
    *, by: Subject, integration: Integration, draft: IntegrationDraft, version: int
) -> Integration:
    """New name, purpose, stage or owner; `version` is the one the editor began with, else Stale."""
    company = acting_for(by, "change", integration.companies, on=integration)
    check_joined(integration, company)
    check_integration(draft, parties=set(integration.companies))
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    if integration.version != version:
        raise stale(integration)
    before = integration_facts(integration)
    integration.name, integration.purpose = draft.name.strip(), draft.purpose.strip()
    integration.mode, integration.stage = draft.mode, draft.stage
    integration.owner, integration.stand_in = draft.owner, draft.stand_in
    integration.goals, integration.batch_minutes = goals_of(draft), draft.batch_minutes
    if integration.rhythm != draft.rhythm or integration.next_review is None:
        integration.rhythm = draft.rhythm
        last = integration.reviewed or integration.created.date()
        integration.next_review = next_review(last, draft.rhythm)
    integration.version += 1
    integration.save()
    share(integration)
    record(
        by=by,
        verb="change",
        thing=integration,
        company=company,
        readers=integration.companies,
        before=before,
        after=integration_facts(integration),
    )
    return integration


@transaction.atomic
def review_integration(*, by: Subject, integration: Integration, note: str) -> Integration:
    """The parties have reviewed it today, with what came of it; the next review is a rhythm from now."""
    company = acting_for(by, "change", integration.companies, on=integration)
    check_joined(integration, company)
    if not 2 <= len(note.strip()) <= 2000:
        raise BadInput("The review was not saved.", fields={"note": "Say in a sentence what came of it."})
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    before = {"reviewed": integration.reviewed, "next_review": integration.next_review}
    integration.reviewed = clock.now().date()
    integration.next_review = next_review(integration.reviewed, integration.rhythm)
    integration.version += 1
    integration.save()
    record(
        by=by,
        verb="review",
        thing=integration,
        company=company,
        readers=integration.companies,
        before=before,
        after={"note": note.strip(), "reviewed": integration.reviewed, "next_review": integration.next_review},
    )
    return integration


@transaction.atomic
def demand_exchange(*, by: Subject, integration: Integration) -> Integration:
    """Exchange now what waits in an integration on demand; its connections stay open for two minutes."""
    company = acting_for(by, "operate", integration.companies, on=integration)
    check_joined(integration, company)
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    if integration.mode != Integration.Mode.ON_DEMAND:
        raise BadInput("This integration exchanges by itself. Only one on demand is asked to.")
    integration.demanded = clock.now()
    integration.save()
    ports.sync().exchange_now(integration.connections.values_list("pk", flat=True))
    record(
        by=by,
        verb="ask for the exchange of",
        thing=integration,
        company=company,
        readers=integration.companies,
    )
    return integration


@transaction.atomic
def add_party(*, by: Subject, integration: Integration, code: str, siam_role: str = "") -> Party:
    """Invite a company by the code on its own page; it is a party once it joins.

    From now on both may read each other's name, and the invited one what this integration is about.
    """
    company = acting_for(by, "change", integration.companies, on=integration)
    check_joined(integration, company)
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    found = find_company(code)
    if found is None:
        raise BadInput(
            "No company has this code.",
            fields={"code": "Ask the partner for the code on its company page, and paste all of it."},
        )
    if found[0] in integration.companies:
        raise BadInput("This company is a party already.", fields={"code": f"{found[1]} is a party already."})
    party = take_in(integration, found[0], siam_role=checked_role(siam_role or found[2]))
    record(
        by=by,
        verb="invite a party to",
        thing=integration,
        company=company,
        readers=integration.companies,
        after={"party": found[1], "siam_role": party.siam_role},
    )
    return party


@transaction.atomic
def join_integration(*, by: Subject, integration: Integration, accountable: Person | None = None) -> Party:
    """Take up an invitation: the acting company becomes a party and agrees to the dictionary in force."""
    company = acting_for(by, "administer", integration.companies)
    party = Party.objects.select_for_update().get(integration=integration, company_id=company)
    if party.joined is not None:
        raise BadInput("Your company has joined this integration already.")
    if accountable is not None and accountable.company_id != company:
        raise BadInput("Choose a person of your company.", fields={"accountable": "Of your own company."})
    enter(party, accountable, name=by.name)
    record(
        by=by,
        verb="join",
        thing=integration,
        company=company,
        readers=integration.companies,
        after={"accountable": str(accountable or "")},
    )
    return party


@transaction.atomic
def leave_integration(*, by: Subject, integration: Integration) -> None:
    """Decline an invitation, or leave while no connection of one's own runs, rests or waits; nobody else reads on.

    Refused and withdrawn connections stay with the partner.
    """
    company = acting_for(by, "administer", integration.companies)
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    over = (Connection.State.REFUSED, Connection.State.WITHDRAWN)
    own = Connection.objects.filter(integration=integration, companies__contains=[company]).exclude(state__in=over)
    names = ", ".join(own.order_by("name").values_list("name", flat=True)[:5])
    if names:
        raise BadInput(
            f"Your company still has connections here: {names}. A company leaves once each is refused or withdrawn.",
            code="has-connections",
        )
    rest = sorted(set(integration.companies) - {company})
    if not rest:
        raise BadInput("Your company is the only party. An integration has at least one.")
    record(by=by, verb="leave", thing=integration, company=company, readers=integration.companies)
    take_words_along(integration, company)
    remove_company(integration.pk, company)


def take_words_along(integration: Integration, company: int) -> None:
    """Before a party leaves: a dictionary proposed to it is a draft again, and where its terms came from is gone."""
    for dictionary in Dictionary.objects.filter(integration=integration, state=Dictionary.State.PROPOSED):
        dictionary.agreements.all().delete()
        dictionary.state, dictionary.proposed, dictionary.sha256 = Dictionary.State.DRAFT, None, ""
        dictionary.version += 1
        dictionary.save()
    Origin.objects.filter(integration=integration, company_id=company).delete()


def take_in(integration: Integration, company: int, *, siam_role: str) -> Party:
    """Make a company a party that has not joined: it and the others may read each other's name from now on."""
    integration.companies = sorted({*integration.companies, company})
    integration.save()
    party = Party.objects.create(
        integration=integration, company_id=company, companies=integration.companies, siam_role=siam_role
    )
    spread(integration)
    return party


def enter(party: Party, accountable: Person | None, *, name: str) -> None:
    """The party joins with its accountable person, and agrees to the dictionary in force."""
    party.joined, party.accountable = clock.now(), accountable
    party.save()
    integration = party.integration
    for dictionary in Dictionary.objects.filter(integration=integration, state=Dictionary.State.AGREED):
        Agreement.objects.get_or_create(
            dictionary=dictionary,
            company_id=party.company_id,
            defaults={
                "companies": integration.companies,
                "person": name,
                "sha256": dictionary.sha256,
                "at": clock.now(),
            },
        )
    share(integration)


def find_company(code: str) -> tuple[int, str, str] | None:
    """(id, name, SIAM role) of the company with exactly this code: the one read past the second wall."""
    try:
        uid = UUID(code.strip())
    except ValueError:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, siam_role FROM concord_find_company(%s)", [uid])
        row = cursor.fetchone()
    return (int(row[0]), str(row[1]), str(row[2])) if row else None


def share(integration: Integration) -> None:
    """Bring the readers of the parties' companies and people in step with the integration."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_share(%s)", [integration.pk])


def spread(integration: Integration) -> None:
    """Write the integration's companies into every row that all its parties share, and the readers."""
    for rows in (
        Party.objects.filter(integration=integration),
        Dictionary.objects.filter(integration=integration),
        Matrix.objects.filter(integration=integration),
        Term.objects.filter(dictionary__integration=integration),
        Agreement.objects.filter(dictionary__integration=integration),
    ):
        rows.update(companies=integration.companies)
    share(integration)


def remove_company(integration: int, company: int) -> None:
    """Take the acting company out of every row that the parties share, as the owner of those rows would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_part(%s, %s)", [integration, company])
        cursor.execute("SELECT concord_leave(%s, %s)", [integration, company])


def check_joined(integration: Integration, company: int) -> None:
    """Raises BadInput while the acting company has an invitation and has not joined."""
    if not Party.objects.filter(Q(joined__isnull=False), integration=integration, company_id=company).exists():
        raise BadInput("Your company is invited and has not joined. Join first.", code="not-joined")


def check_integration(draft: IntegrationDraft, *, parties: set[int]) -> None:
    """Raises BadInput naming every field of an integration that cannot be taken."""
    wrong = {}
    if not 2 <= len(draft.name.strip()) <= 120:
        wrong["name"] = "Enter a name, 2 to 120 characters."
    if not draft.purpose.strip():
        wrong["purpose"] = "Say in a paragraph what this integration is for."
    if draft.mode not in Integration.Mode.values:
        wrong["mode"] = "Choose how soon changes travel."
    if draft.batch_minutes not in INTERVALS:
        wrong["batch_minutes"] = "Choose one of the intervals."
    if draft.rhythm not in Integration.Rhythm.values:
        wrong["rhythm"] = "Choose how often it is reviewed."
    if len(goals_of(draft)) > 20 or any(len(goal) > 200 for goal in goals_of(draft)):
        wrong["goals"] = "At most 20 goals, a line each, of at most 200 characters."
    if not 1 <= draft.stage <= 8:
        wrong["stage"] = "Choose a step of the guide, 1 to 8."
    for name, person in (("owner", draft.owner), ("stand_in", draft.stand_in)):
        if person is not None and person.company_id not in parties:
            wrong[name] = "Choose a person of one of the parties."
        elif person is not None and person.left:
            wrong[name] = f"{person.name} has left. Choose somebody who is here."
    if draft.owner is not None and draft.owner == draft.stand_in:
        wrong["stand_in"] = "Choose somebody else than the owner."
    if wrong:
        raise BadInput("The integration was not saved.", fields=wrong)


def goals_of(draft: IntegrationDraft) -> list[str]:
    """The goals without empty lines."""
    return [goal.strip() for goal in draft.goals if goal.strip()]


def checked_role(siam_role: str) -> str:
    """A SIAM role that there is; raises BadInput."""
    if siam_role not in Company.SiamRole.values:
        raise BadInput("Choose a role.", fields={"siam_role": "Choose one of the roles."})
    return siam_role


def integration_facts(integration: Integration) -> dict[str, object]:
    """An integration as history keeps it."""
    return {
        "name": integration.name,
        "purpose": integration.purpose,
        "mode": integration.mode,
        "stage": integration.stage,
        "owner": str(integration.owner or ""),
        "stand_in": str(integration.stand_in or ""),
        "goals": integration.goals,
        "batch_minutes": integration.batch_minutes,
        "rhythm": integration.rhythm,
        "next_review": integration.next_review,
    }
