"""Two keys: a version is proposed to both companies, and the accountable person of each says yes or no to it."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from governance.raci.selectors import signers
from governance.register.acting import acting_for, stale
from governance.register.models import Person
from governance.rulebook.checks import Finding, findings
from governance.rulebook.models import ACTIVITY, GoLive, Nonce, Proposal, Rulebook, RuleVersion, Signature
from governance.rulebook.rules import parsed
from governance.rulebook.selectors import ground_for, who_signs
from governance.rulebook.services.drafts import (
    PENDING,
    State,
    live_rules_of,
    moved_on,
    open_version,
    opened,
    take_back,
)
from governance.rulebook.services.rehearsals import check_evidence, evidence_for, is_in_production, shared_evidence
from governance.rulebook.terms import body_seal, entries, headline, terms_digest, terms_of
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history import services as history

NOT_TRIED = "The draft is saved. Its filter is being tried in your system; propose it once the answer stands here."
#: how far ahead a version can be scheduled
FURTHEST = timedelta(days=366)


@transaction.atomic
def propose(
    *,
    by: Subject,
    rulebook: Rulebook,
    version: int,
    note: str = "",
    live_at: datetime | None = None,
    live_until: datetime | None = None,
) -> Proposal:
    """Put the draft before both companies. Raises BadInput naming every line that does not hold.

    1. the checks hold; 2. the terms before and after are what the partner will sign, the sealed body what the own
    company will; 3. the partner reads on the connection that something waits for it, never a field.
    """
    rulebook = opened(by, "change", rulebook, version)
    draft = open_version(rulebook)
    if draft is None or draft.state != State.DRAFT:
        raise BadInput("There is no draft to propose. Save one first.", code="no-draft")
    check_window(live_at, live_until)
    rules, ground = parsed(draft.body), ground_for(rulebook.connection, rulebook.side, by=by)
    must_hold(findings(rules, ground))
    if rules.filter and rules.filter != ground.system.tried:
        raise BadInput(NOT_TRIED, code="filter-not-tried")
    evidence = evidence_for(draft, rulebook)
    before, after = terms_of(live_rules_of(rulebook), ground.words), terms_of(rules, ground.words)
    terms = {
        "before": before,
        "after": after,
        "rehearsed": shared_evidence(evidence) if evidence else {},
        "production": is_in_production(rulebook.connection_id),
    }
    uid, nonce = uuid.uuid4(), secrets.token_hex(32)
    digest = terms_digest(str(uid), terms)
    proposal = Proposal.objects.create(
        uid=uid,
        connection_id=rulebook.connection_id,
        side=rulebook.side,
        company_id=rulebook.company_id,
        companies=rulebook.connection.companies,
        version=draft,
        no=draft.no,
        terms=terms,
        digest=digest,
        seal=body_seal(nonce, draft.body, digest),
        authors=draft.authors,
        four_eyes=needs_four_eyes(rulebook),
        proposed_by=by.name,
        proposed=clock.now(),
        note=note.strip()[:500],
        evidence=evidence.digest if evidence else "",
        live_at=live_at,
        live_until=live_until,
    )
    Nonce.objects.create(proposal=proposal, company_id=rulebook.company_id, value=nonce)
    draft.state, draft.reason = State.PROPOSED, ""
    draft.save()
    moved_on(rulebook)
    told = {"version": draft.no, "terms": headline(entries(before, after))}
    tell(by, proposal, "propose new terms for", {**told, "note": proposal.note} if proposal.note else told)
    return proposal


@transaction.atomic
def sign(*, by: Subject, proposal: Proposal, digest: str) -> Signature:
    """The acting company's yes to exactly what its page showed: `digest` is the proposal's seal or digest there.

    The second key makes a worker put the version live, at once or when it is due.
    """
    company, proposal, person = at_the_table(by, proposal)
    if digest != proposal.to_sign(company):
        raise stale(proposal.connection)
    check_evidence(proposal, company)
    signature = signed(by, proposal, company, person, agrees=True)
    look_at(proposal, clock.now())
    tell(by, proposal, "sign new terms for", {"version": proposal.no, "digest of terms": proposal.digest[:16]})
    return signature


@transaction.atomic
def refuse(*, by: Subject, proposal: Proposal, reason: str) -> Signature:
    """The acting company's no, with a reason that both read; a worker makes the version a draft again."""
    company, proposal, person = at_the_table(by, proposal)
    signature = signed(by, proposal, company, person, agrees=False, reason=checked_reason(reason))
    look_at(proposal, clock.now())
    tell(by, proposal, "refuse new terms for", {"version": proposal.no, "reason": signature.reason})
    return signature


@transaction.atomic
def withdraw(*, by: Subject, rulebook: Rulebook, reason: str, version: int) -> RuleVersion:
    """Take back what the own company proposed: the version is a draft again, and every signature is void."""
    rulebook = opened(by, "change", rulebook, version)
    row, why = open_version(rulebook), checked_reason(reason)
    if row is None or take_back(by, rulebook, row, reason=why) is None:
        raise BadInput("Nothing of yours is proposed.", code="nothing-proposed")
    row.reason = why
    row.save()
    moved_on(rulebook)
    history.record(
        by=by,
        verb="withdraw",
        thing=rulebook,
        company=rulebook.company_id,
        after={"version": row.no, "reason": why},
    )
    return row


@transaction.atomic
def schedule(
    *, by: Subject, proposal: Proposal, live_at: datetime | None, live_until: datetime | None = None
) -> Proposal:
    """Choose when a proposed or agreed version goes live: at once (None), at a time, or within a window."""
    company = acting_for(by, "administer", [proposal.company_id])
    check_window(live_at, live_until)
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.state not in PENDING:
        raise over(proposal)
    before = {"from": proposal.live_at, "until": proposal.live_until}
    proposal.live_at, proposal.live_until, proposal.reason = live_at, live_until, ""
    proposal.save()
    RuleVersion.objects.filter(proposals=proposal).update(reason="")
    look_at(proposal, clock.now())
    history.record(
        by=by,
        verb="schedule new terms for",
        thing=proposal.connection,
        company=company,
        readers=proposal.companies,
        before=before,
        after={"version": proposal.no, "from": live_at, "until": live_until},
    )
    return proposal


def at_the_table(by: Subject, proposal: Proposal) -> tuple[int, Proposal, Person]:
    """The acting company, the locked proposal and the person who may sign it. Raises Denied or BadInput why not.

    1. the company is a party and has not signed; 2. the person is accountable there, or stands in; 3. nobody signs
    for both companies; 4. with four eyes, nobody signs what they wrote.
    """
    company = acting_for(by, "view", proposal.companies)
    if by.read_only:
        raise Denied("This token may only read. Make one with write scope.")
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.state != Proposal.State.PROPOSED:
        raise over(proposal)
    rows = list(Signature.objects.filter(proposal=proposal))
    if any(not row.agrees for row in rows):
        raise over(proposal)
    if any(row.company_id == company for row in rows):
        raise BadInput("Your company has signed this already.", code="signed")
    people = signers(integration=proposal.connection.integration, company=company, activity=ACTIVITY)
    person = next((one for one in people if one.user_id is not None and one.user_id == by.user_id), None)
    if person is None:
        raise Denied(who_signs(people))
    if any(row.user_id == by.user_id for row in rows):
        raise Denied("You signed this for the other company. Nobody signs for both: ask somebody else of this one.")
    if proposal.four_eyes and by.user_id in proposal.authors:
        raise Denied("You wrote this version, and four eyes are asked for. Somebody else has to sign it.")
    return company, proposal, person


def signed(
    by: Subject, proposal: Proposal, company: int, person: Person, *, agrees: bool, reason: str = ""
) -> Signature:
    """Store one company's word."""
    return Signature.objects.create(
        proposal=proposal,
        company_id=company,
        companies=proposal.companies,
        person=person,
        user_id=by.user_id or 0,
        name=by.name,
        agrees=agrees,
        reason=reason,
        at=clock.now(),
        digest=proposal.to_sign(company),
        shown=proposal.terms,
    )


def look_at(proposal: Proposal, at: datetime) -> None:
    """Have a worker look at a proposal; the sweep finds it there, whoever signed last."""
    GoLive.objects.update_or_create(proposal=proposal, defaults={"companies": proposal.companies, "at": at})


def needs_four_eyes(rulebook: Rulebook) -> bool:
    """Whether who wrote a version may not sign it."""
    if rulebook.four_eyes != "production":
        return rulebook.four_eyes == "always"
    return is_in_production(rulebook.connection_id)


def must_hold(wrong: tuple[Finding, ...]) -> None:
    """Raises BadInput naming every line that does not hold."""
    if wrong:
        raise BadInput(
            f"{wrong[0].sentence} {more(len(wrong) - 1)}".strip(),
            code="rules-do-not-hold",
            fields={finding.key: finding.sentence for finding in wrong},
        )


def more(count: int) -> str:
    """How many further lines do not hold."""
    return {0: "", 1: "One more line does not hold."}.get(count, f"{count} more lines do not hold.")


def check_window(live_at: datetime | None, live_until: datetime | None) -> None:
    """Raises BadInput for a time that is over or too far away, or a window that ends before it begins."""
    now = clock.now()
    if live_at is None:
        if live_until is not None:
            raise BadInput("Nothing was scheduled.", fields={"live_at": "A window needs a beginning."})
        return
    if not now - timedelta(minutes=1) <= live_at <= now + FURTHEST:
        raise BadInput("Nothing was scheduled.", fields={"live_at": "Choose a time within the next year."})
    if live_until is not None and live_until <= live_at:
        raise BadInput("Nothing was scheduled.", fields={"live_until": "The window has to end after it begins."})


def checked_reason(reason: str) -> str:
    """A reason that says something. Raises BadInput."""
    if not 3 <= len(reason.strip()) <= 500:
        raise BadInput(
            "Nothing was changed.", fields={"reason": "Say why, in up to 500 characters. Both companies read it."}
        )
    return reason.strip()


def over(proposal: Proposal) -> BadInput:
    """The error for an act on a proposal that nobody can sign any more."""
    return BadInput(
        f"This proposal is {proposal.get_state_display().lower()}. Nothing more is signed on it.", code="over"
    )


def tell(by: Subject, proposal: Proposal, verb: str, after: Mapping[str, object]) -> None:
    """Record on the connection, in the acting company's chain, what both companies may read."""
    history.record(
        by=by,
        verb=verb,
        thing=proposal.connection,
        company=by.company,
        readers=proposal.companies,
        after=after,
    )
