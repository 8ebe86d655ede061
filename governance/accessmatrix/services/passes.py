"""Access for a time: asked for, approved or refused by the company whose content it is, ended at any moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models, transaction

from governance.accessmatrix.compiled import OBJECTS, Level, level_of
from governance.accessmatrix.models import AccessPass
from governance.accessmatrix.selectors import USED, own_people
from governance.accessmatrix.services.versions import is_signer
from governance.accessmatrix.sight import named_terms, require_level
from governance.dictionary.models import Term
from governance.dictionary.rules import RESERVED
from governance.register.acting import acting_for
from governance.register.models import Integration, Person
from governance.register.services.integrations import check_joined
from portal.access.guard import VERBS
from portal.access.subject import Opening, Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.models import Deed
from portal.history.services import record

LONGEST, SOONEST = timedelta(days=31), timedelta(minutes=5)
#: a use of the same thing is recorded again after this
AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PassDraft:
    """What is asked for. `company` is whose content; `term` "" = every term; without `starts` from now on."""

    company: int
    ends: datetime
    reason: str
    term: str = ""
    level: str = "read"
    starts: datetime | None = None


@transaction.atomic
def ask_pass(*, by: Subject, integration: Integration, draft: PassDraft) -> AccessPass:
    """Ask for access for oneself; it opens nothing until somebody of `draft.company` approves it (`answer_pass`)."""
    company = acting_for(by, "view", integration.companies)
    if by.read_only:
        raise Denied("This token may only read. Make one with write scope.")
    check_joined(integration, company)
    person = Person.objects.filter(user_id=by.user_id or 0, company_id=company, suspended=None).first()
    if person is None:
        raise Denied("Only a person of a party can ask for access.")
    starts = draft.starts or clock.now()
    check_pass(draft, integration, company=company, starts=starts)
    made = AccessPass.objects.create(
        integration=integration,
        company_id=draft.company,
        person=person,
        name=person.name,
        asker_id=company,
        term=draft.term,
        level=draft.level,
        reason=draft.reason.strip(),
        starts=starts,
        ends=draft.ends,
        asked=clock.now(),
    )
    record(by=by, verb="ask for", thing=made, company=company, readers={company, draft.company}, after=told(made))
    return made


@transaction.atomic
def answer_pass(*, by: Subject, access: AccessPass, approve: bool) -> AccessPass:
    """Approve or refuse what was asked for, for the company whose content it is; nobody approves their own pass.

    1. to one's own people: an administrator with full on the term by the matrix, or who signs for the company;
    2. to somebody of another company: only who signs for the company. Raises Denied with who can.
    """
    row = locked(access)
    company = answering(by, row, approve=approve)
    if row.state != AccessPass.State.ASKED:
        raise BadInput("This was answered already.", code="answered")
    if approve and row.person_id in own_people(by):
        raise Denied("You asked for this yourself. Another administrator of your company approves it.")
    if approve and row.ends <= clock.now():
        raise BadInput("The time that was asked for is over. Refuse it; it can be asked for again.", code="over")
    row.state = AccessPass.State.APPROVED if approve else AccessPass.State.REFUSED
    row.answered, row.answered_by = clock.now(), by.name
    row.save()
    record(
        by=by,
        verb="approve" if approve else "refuse",
        thing=row,
        company=company,
        readers={company, row.asker_id},
        after=told(row),
    )
    return row


def answering(by: Subject, row: AccessPass, *, approve: bool) -> int:
    """The company that `by` answers for; raises Denied with who can."""
    company = acting_for(by, "view", [row.company_id])
    if by.read_only:
        raise Denied("This token may only read. Make one with write scope.")
    if is_signer(by, row.integration, company):
        return company
    if row.asker_id != company:
        raise Denied(ONLY_SIGNER, code="level")
    company = acting_for(by, "administer", [row.company_id])
    if approve and row.term not in OBJECTS:
        terms = {row.term} if row.term else named_terms(by, company, row.integration_id)
        require_level(by, Level.FULL, company=company, integration=row.integration_id, terms=terms)
    return company


ONLY_SIGNER = "Who is accountable for your company in this integration answers what another company asks for."


@transaction.atomic
def revoke_pass(*, by: Subject, access: AccessPass) -> AccessPass:
    """End a pass at once: who has it, or an administrator or signer of the company whose content it is."""
    row = locked(access)
    company = by.company
    role = by.role(company)
    gives = company == row.company_id and (
        (role is not None and "administer" in VERBS[role]) or is_signer(by, row.integration, company)
    )
    if by.read_only or not (gives or (company == row.asker_id and row.person_id in own_people(by))):
        raise Denied("Who has a pass, or an administrator of the company that gave it, ends it.")
    if row.state not in (AccessPass.State.ASKED, AccessPass.State.APPROVED):
        raise BadInput("This pass is not open.", code="answered")
    row.state, row.revoked = AccessPass.State.REVOKED, clock.now()
    row.save()
    record(by=by, verb="revoke", thing=row, company=company, readers={row.company_id, row.asker_id}, after=told(row))
    return row


@transaction.atomic
def note_use(*, by: Subject, opening: Opening, thing: models.Model) -> bool:
    """Record that `by` read content of `thing` through a pass, at most once an hour; returns whether it did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pass'), %s)", [opening.id % 2_000_000_000])
    company = opening.company if opening.company in by.companies else by.company
    known = Deed.objects.filter(
        verb=USED,
        noun=thing._meta.model_name,
        object_id=thing.pk,
        company_id=company,
        actor=by.name,
        at__gt=clock.now() - AGAIN,
    )
    if known.exists():
        return False
    row = AccessPass.objects.get(pk=opening.id)
    record(
        by=by,
        verb=USED,
        thing=thing,
        company=company,
        readers={company, opening.company},
        after={"pass": str(row.uid), "reason": row.reason, "until": row.ends},
    )
    return True


def locked(access: AccessPass) -> AccessPass:
    """The pass, locked. Its person may be of another company and hidden, so they are never read with it."""
    return AccessPass.objects.select_for_update(of=("self",)).select_related("integration").get(pk=access.pk)


def told(row: AccessPass) -> dict[str, object]:
    """What history says of a pass."""
    return {
        "person": row.name,
        "integration": row.integration.name,
        "term": row.term or "every term",
        "level": row.level,
        "from": row.starts,
        "until": row.ends,
        "reason": row.reason,
    }


def check_pass(draft: PassDraft, integration: Integration, *, company: int, starts: datetime) -> None:
    """Raises BadInput naming every field that cannot be taken."""
    wrong = {}
    known = set(Term.objects.filter(dictionary__integration=integration).values_list("name", flat=True))
    if draft.company not in integration.companies:
        wrong["company"] = "Choose a party of this integration."
    if draft.term not in {"", *known, *RESERVED} and not (draft.company == company and draft.term in OBJECTS):
        wrong["term"] = f"The dictionary has no term {draft.term}."
    if level_of(draft.level) is Level.NONE:
        wrong["level"] = "Choose read, write or full."
    elif draft.company != company and draft.level != Level.READ.word:
        wrong["level"] = "Another company's content can only be read."
    if not 10 <= len(draft.reason.strip()) <= 300:
        wrong["reason"] = "Say in 10 to 300 characters what it is needed for."
    if not SOONEST <= draft.ends - max(starts, clock.now()) <= LONGEST:
        wrong["ends"] = "Choose an end between five minutes and 31 days after it begins."
    if wrong:
        raise BadInput("Nothing was asked for.", fields=wrong)
