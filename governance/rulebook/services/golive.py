"""Going live: a worker settles what was signed; one internal way puts a version live; one click rolls back."""

import logging

from django.db import transaction

from governance.dictionary.selectors import agreed_no
from governance.raci.selectors import signers
from governance.register.ports import sync
from governance.rulebook.checks import findings
from governance.rulebook.diff import difference
from governance.rulebook.models import ACTIVITY, Disclosure, GoLive, Nonce, Proposal, Rulebook, RuleVersion, Signature
from governance.rulebook.rules import parsed
from governance.rulebook.selectors import ground_for, who_signs
from governance.rulebook.services.drafts import (
    PENDING,
    State,
    end,
    live_rules_of,
    moved_on,
    new_version,
    open_version,
    opened,
)
from governance.rulebook.services.signing import must_hold
from governance.rulebook.terms import body_digest, body_seal, sends, takes
from portal.access import rls
from portal.access.subject import Subject, engine
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history import services as history

log = logging.getLogger(__name__)
#: proposals that one sweep settles at most
BATCH = 50
NOT_HOLDING = "The rules no longer hold as they were signed. Their company has to mend them."
MISSED = "The window is over and nothing went live. Choose another time."
TAMPERED = "The rules are not the ones that were signed. Propose them again."


def put_due_live() -> int:
    """Settle every proposal that is due; returns how many. Safe to run anywhere, any number of times.

    Each in a transaction of its own that sees exactly its two companies, so that one that breaks stops no other.
    """
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        due = GoLive.objects.filter(at__lte=clock.now()).order_by("at", "pk")
        found = list(due.values_list("pk", "companies")[:BATCH])
    for key, companies in found:
        try:
            with transaction.atomic():
                rls.enter(companies, role=rls.WORKER)
                row = GoLive.objects.select_for_update(skip_locked=True).filter(pk=key, at__lte=clock.now()).first()
                if row is not None:
                    settle(row)
        except Exception:
            log.exception("Proposal %s could not be settled.", key)
    return len(found)


def settle(row: GoLive) -> None:
    """Bring one proposal on, as far as its signatures and its time allow.

    1. a no makes the version a draft again; 2. without every company's yes nothing happens; 3. with all keys it is
    agreed; 4. before its time it waits, after its window it stays agreed with a sentence; 5. the body must still be
    the signed one and the checks hold at this moment, else it stays agreed with a sentence; 6. it goes live.
    """
    proposal = Proposal.objects.select_for_update().select_related("connection").get(pk=row.proposal_id)
    rulebook = Rulebook.objects.select_for_update().get(connection=proposal.connection_id, side=proposal.side)
    version, by = proposal.version, engine([proposal.company_id])
    signatures = list(Signature.objects.filter(proposal=proposal))
    no = next((one for one in signatures if not one.agrees), None)
    row.delete()
    if proposal.state not in PENDING or version is None:
        return
    if no is not None:
        end(proposal, Proposal.State.REFUSED, no.reason)
        version.state, version.reason = State.DRAFT, f"{no.name} refused it: {no.reason}"[:500]
        version.save()
        moved_on(rulebook)
        return
    if {one.company_id for one in signatures} != set(proposal.companies):
        return
    proposal.state, version.state = Proposal.State.AGREED, State.AGREED
    now = clock.now()
    if proposal.live_until is not None and now > proposal.live_until:
        stay(proposal, version, MISSED, MISSED)
    elif proposal.live_at is not None and now < proposal.live_at:
        stay(proposal, version, "", "")
        GoLive.objects.create(proposal=proposal, companies=proposal.companies, at=proposal.live_at)
    elif not is_signed(proposal, version, signatures):
        stay(proposal, version, TAMPERED, TAMPERED)
    elif wrong := findings(parsed(version.body), ground_for(proposal.connection, proposal.side, by=by)):
        stay(proposal, version, wrong[0].sentence, NOT_HOLDING)
    else:
        go_live(by, rulebook, version, proposal, verb="put live")


def is_signed(proposal: Proposal, version: RuleVersion, signatures: list[Signature]) -> bool:
    """Whether each company signed what stands there now: the own one this very body, the partner these terms."""
    nonce = Nonce.objects.get(proposal=proposal).value
    seal = body_seal(nonce, version.body, proposal.digest)
    signed = {one.company_id: one.digest for one in signatures}
    wanted = {company: seal if company == proposal.company_id else proposal.digest for company in proposal.companies}
    return signed == wanted and body_digest(version.body) == version.sha256


def stay(proposal: Proposal, version: RuleVersion, own: str, shared: str) -> None:
    """Agreed, and not live: the own company reads why in full, the partner without a field."""
    proposal.reason, version.reason = shared[:500], own[:500]
    proposal.save()
    version.save()


def go_live(by: Subject, rulebook: Rulebook, version: RuleVersion, proposal: Proposal | None, *, verb: str) -> None:
    """Put a version live whose checks hold, and record it for both companies."""
    told = difference(live_rules_of(rulebook), parsed(version.body))
    put_live(rulebook, version)
    if proposal is not None:
        end(proposal, Proposal.State.LIVE, "")
    same = {"same as version": version.same_as} if version.same_as else {}
    history.record(
        by=by,
        verb=verb,
        thing=rulebook,
        company=rulebook.company_id,
        before=told.before,
        after={"version": version.no, **same, **told.after},
    )
    rules = parsed(version.body)
    history.record(
        by=by,
        verb=f"{verb} terms on",
        thing=rulebook.connection,
        company=rulebook.company_id,
        readers=rulebook.connection.companies,
        after={"version": version.no, "sends": sends(rules), "takes": takes(rules)},
    )


@transaction.atomic
def rollback(*, by: Subject, rulebook: Rulebook, no: int, version: int) -> RuleVersion:
    """Put the rules of an earlier version live again at once, as a new version.

    1. every company of the connection signed that version once, so the own key is enough; 2. what it lets flow is
    still agreed and granted: the checks of today hold; 3. the partner reads on the connection which terms flow now.
    """
    rulebook = opened(by, "view", rulebook, version)
    people = signers(integration=rulebook.connection.integration, company=rulebook.company_id, activity=ACTIVITY)
    if by.read_only or by.user_id is None or by.user_id not in {one.user_id for one in people}:
        raise Denied(who_signs(people))
    old = RuleVersion.objects.filter(rulebook=rulebook, no=no, state=State.RETIRED).first()
    if old is None:
        raise BadInput(f"There is no retired version {no}.", code="no-such-version")
    if open_version(rulebook) is not None:
        raise BadInput("A version is open. Put it live or throw it away first.", code="draft-exists")
    if not was_signed(rulebook, old):
        raise BadInput(
            f"Version {no} was never signed by every company, so one key is not enough. Propose its rules instead.",
            code="never-signed",
        )
    must_hold(findings(parsed(old.body), ground_for(rulebook.connection, rulebook.side, by=by)))
    again = new_version(rulebook, by=by)
    again.body, again.sha256, again.authors = old.body, old.sha256, [by.user_id]
    again.same_as = old.same_as or old.no
    again.save()
    go_live(by, rulebook, again, None, verb="roll back")
    return again


def was_signed(rulebook: Rulebook, version: RuleVersion) -> bool:
    """Whether every company of the connection signed these very rules once."""
    proposals = Proposal.objects.filter(
        connection=rulebook.connection_id,
        side=rulebook.side,
        no=version.same_as or version.no,
        state__in=[Proposal.State.LIVE, Proposal.State.RETIRED],
    )
    for proposal in proposals:
        signatures = list(Signature.objects.filter(proposal=proposal, agrees=True))
        if is_signed(proposal, version, signatures):
            return True
    return False


def put_live(rulebook: Rulebook, version: RuleVersion) -> None:
    """Retire the version before, go live, disclose the terms to the partner, and try again what was parked."""
    rules, now = parsed(version.body), clock.now()
    for old in RuleVersion.objects.filter(rulebook=rulebook, state=State.LIVE):
        old.state = State.RETIRED
        old.save()
    mine = Proposal.objects.filter(connection=rulebook.connection_id, side=rulebook.side)
    mine.filter(state=Proposal.State.LIVE).update(state=Proposal.State.RETIRED, ended=now)
    version.state, version.live_from, version.reason = State.LIVE, now, ""
    version.dictionary = agreed_no(rulebook.connection.integration_id)
    version.save()
    moved_on(rulebook)
    Disclosure.objects.update_or_create(
        connection_id=rulebook.connection_id,
        side=rulebook.side,
        defaults={
            "company_id": rulebook.company_id,
            "companies": rulebook.connection.companies,
            "no": version.no,
            "sends": sends(rules),
            "takes": takes(rules),
            "offers": rules.offer,
            "accepts": rules.accept,
            "live_from": version.live_from,
            "dictionary": version.dictionary,
        },
    )
    sync().wake_parked(rulebook.connection)
