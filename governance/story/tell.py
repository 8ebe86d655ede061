"""Loads the reference scenario as its people would: through the services, behind both walls, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from governance.raci.selectors import signers
from governance.register.models import Company, Connection, Credential, Integration, Person, System
from governance.register.services.companies import register_company
from governance.register.services.connections import End, accept_connection, propose_connection
from governance.register.services.integrations import (
    IntegrationDraft,
    add_party,
    join_integration,
    start_integration,
)
from governance.register.services.people import PersonDraft, add_person
from governance.register.services.systems import Secret, SystemDraft, ask_system, register_system, set_credential
from governance.rulebook.models import ACTIVITY, Proposal, Rulebook, RuleVersion
from governance.rulebook.rules import RuleSet
from governance.rulebook.services.drafts import save_draft
from governance.rulebook.services.golive import put_due_live
from governance.rulebook.services.signing import propose, sign
from governance.story import rulebooks, words
from governance.story.access import grant_all, partner_of, withdraw_labels
from governance.story.acting import acting
from governance.story.downtimes import announce_move
from governance.story.duties import share_duties
from governance.story.teams import found_teams
from governance.story.views import save_views
from governance.story.vocabulary import agree_on_words, propose_next
from portal.access.models import User

CARE, CONNECTION = "Customer care", "Zendesk to Jira"


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice systems' addresses and credentials, and everybody's password."""

    zendesk_url: str
    zendesk_email: str
    zendesk_token: str
    jira_url: str
    jira_email: str
    jira_token: str
    jira_project: str
    #: password by e-mail address; "" = for everybody else
    passwords: Mapping[str, str]


@transaction.atomic
def tell(practice: Practice) -> None:
    """The whole story or, when a step fails, nothing of it; what stands already stays as it is.

    1. people and companies; 2. systems; 3. the integration, its parties and their RACI; 4. the dictionary; 5. grants;
    6. the connection, and a downtime ahead; 7. rulebooks, which both sign; 8. labels are taken back, so that
    something is withheld, Infinity proposes its next version, which waits for signatures, Mercuri has a draft to
    rehearse, and the dictionary's second version waits for Mercuri.
    """
    for house in words.HOUSES:
        settle(house, practice)
    save_views()
    enter_systems(practice)
    found_teams()
    start()
    share_duties(CARE)
    agree_on_words(CARE)
    grant_all(CARE)
    connect()
    announce_move()
    put_rules_live(words.INFINITY, "b", rulebooks.BOARD)
    if put_rules_live(words.MERCURI, "a", rulebooks.DESK):
        withdraw_labels(CARE)
        later = replace(rulebooks.BOARD, closed=("Done",), reopen=False)
        propose_rules(words.INFINITY, "b", later, note="What we closed stays closed: a new matter, a new ticket.")
        draft_rules(words.MERCURI, "a", rulebooks.DESK_NEXT)
        propose_next(CARE)


def settle(house: words.House, practice: Practice) -> None:
    """A company and its people, who can sign in."""
    for member in house.members:
        password = practice.passwords.get(member.email) or practice.passwords[""]
        user = User.objects.filter(email=member.email).first()
        if user is None:
            User.objects.create_user(member.email, password, name=member.name)
        elif not user.check_password(password):
            user.set_password(password)
            user.save()
    first, *others = house.members
    with acting(first.email) as by:
        if not by.companies:
            register_company(
                by=by, name=house.name, siam_role=house.siam_role, time_zone=house.time_zone, email=first.email
            )
            Person.objects.filter(user_id=by.user_id or 0).update(job=first.job)
    for member in others:
        with acting(first.email) as by:
            if not Person.objects.filter(company_id=by.company, email=member.email).exists():
                add_person(by=by, draft=PersonDraft(member.name, member.email, member.role, member.job))


def enter_systems(practice: Practice) -> None:
    """Each company's tracker with its credential."""
    desk = SystemDraft(
        "Mercuri Zendesk",
        practice.zendesk_url,
        System.Environment.TEST,
        support_access="Mercuri's service desk, desk@mercuri.example, day and night",
        docs_url="https://developer.zendesk.com/api-reference/",
        time_zone="Asia/Kolkata",
    )
    board = SystemDraft(
        "Infinity Jira",
        practice.jira_url,
        System.Environment.TEST,
        {"project": practice.jira_project, "type": "Task"},
        support_access="Infinity's tool team, tools@infinity.example, 8 to 18 Berlin time",
        docs_url="https://developer.atlassian.com/cloud/jira/platform/rest/v3/",
        time_zone="Europe/Berlin",
    )
    enter_system(words.MERCURI, "zendesk", desk, Secret("token", practice.zendesk_email, practice.zendesk_token))
    enter_system(words.INFINITY, "jira", board, Secret("token", practice.jira_email, practice.jira_token))


def enter_system(house: words.House, kind: str, draft: SystemDraft, secret: Secret) -> None:
    """One system, entered by its company's administrator."""
    with acting(house.members[0].email) as by:
        system = System.objects.filter(company_id=by.company, name=draft.name).first()
        system = system or register_system(by=by, kind=kind, draft=draft)
        if not Credential.objects.filter(system=system).exists():
            set_credential(by=by, system=system, secret=secret)
            ask_system(by=by, system=system, kind="describe")
            ask_system(by=by, system=system, kind="subscribe")


def start() -> None:
    """Infinity's integrator starts the integration and invites Mercuri, which joins."""
    with acting(words.MERCURI.members[0].email) as by:
        code = str(Company.objects.get(pk=by.company).uid)
    with acting("ivo@infinity.example") as by:
        if Integration.objects.filter(name=CARE).exists():
            return
        own = {person.email: person for person in Person.objects.filter(company_id=by.company)}
        draft = IntegrationDraft(
            CARE,
            words.PURPOSE,
            owner=own["ivo@infinity.example"],
            stand_in=own["ines@infinity.example"],
            stage=8,
            goals=words.GOALS,
            rhythm=Integration.Rhythm.MONTHLY,
        )
        care = start_integration(by=by, draft=draft)
        add_party(by=by, integration=care, code=code)
    with acting("asha@mercuri.example") as by:
        care = Integration.objects.get(name=CARE)
        asha = Person.objects.get(user_id=by.user_id or 0, company_id=by.company)
        join_integration(by=by, integration=care, accountable=asha)


def connect() -> None:
    """Mercuri proposes, Infinity accepts."""
    with acting("asha@mercuri.example") as by:
        care = Integration.objects.get(name=CARE)
        if Connection.objects.filter(integration=care).exists():
            return
        propose_connection(
            by=by,
            integration=care,
            name=CONNECTION,
            end=End(System.objects.get(name="Mercuri Zendesk"), "ticket"),
            partner=Company.objects.get(pk=partner_of(care, by)),
        )
    with acting("ines@infinity.example") as by:
        accept_connection(
            by=by,
            connection=Connection.objects.get(integration__name=CARE),
            end=End(System.objects.get(name="Infinity Jira"), "Task"),
        )


def put_rules_live(house: words.House, side: str, rules: RuleSet) -> bool:
    """One side's rulebook, signed by both companies; False when it has versions already."""
    with acting(house.members[0].email):
        rulebook = Rulebook.objects.get(connection__integration__name=CARE, side=side)
        if RuleVersion.objects.filter(rulebook=rulebook).exists():
            return False
    sign_for_all(propose_rules(house, side, rules, note="The rules that we start with."))
    put_due_live()
    return True


def draft_rules(house: words.House, side: str, rules: RuleSet) -> None:
    """One side's next version, written and not proposed yet."""
    with acting(house.members[1].email) as by:
        rulebook = Rulebook.objects.get(connection__integration__name=CARE, side=side)
        save_draft(by=by, rulebook=rulebook, rules=rules, version=rulebook.version)


def propose_rules(house: words.House, side: str, rules: RuleSet, *, note: str) -> Proposal:
    """One side's rules, written and proposed by one of its people who does not sign them."""
    with acting(house.members[1].email) as by:
        rulebook = Rulebook.objects.get(connection__integration__name=CARE, side=side)
        save_draft(by=by, rulebook=rulebook, rules=rules, version=rulebook.version)
        rulebook.refresh_from_db()
        return propose(by=by, rulebook=rulebook, version=rulebook.version, note=note)


def sign_for_all(proposal: Proposal) -> None:
    """Whoever is accountable in each company says yes."""
    for house in (words.MERCURI, words.INFINITY):
        with acting(house.members[0].email) as by:
            care, company = proposal.connection.integration, by.company
            emails = [one.email for one in signers(integration=care, company=company, activity=ACTIVITY)]
        with acting(emails[0]) as by:
            sign(by=by, proposal=proposal, digest=proposal.to_sign(company))
