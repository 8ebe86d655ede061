"""Drafts that nobody overwrites unseen; editing what is proposed takes it back and voids what was signed."""

from django.db import transaction
from django.db.models import Max

from governance.register.acting import require, stale
from governance.register.models import Side, System
from governance.register.ports import Answer, sync
from governance.rulebook.diff import difference
from governance.rulebook.levels import check_lines
from governance.rulebook.models import FOUR_EYES, GoLive, Proposal, Rulebook, RuleVersion
from governance.rulebook.rules import RuleSet, check, dumped, parsed
from governance.rulebook.terms import body_digest
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history import services as history

State = RuleVersion.State
OPEN = (State.DRAFT, State.PROPOSED, State.AGREED)
PENDING = (Proposal.State.PROPOSED, Proposal.State.AGREED)


@transaction.atomic
def save_draft(*, by: Subject, rulebook: Rulebook, rules: RuleSet, version: int) -> RuleVersion:
    """Store `rules` as the draft; `version` is the rulebook's version that the editor began with, else Stale.

    A draft may still break the checks of `propose`: one saves what one has, and mends it later. A version that is
    proposed or agreed becomes a draft again, and its signatures are void.
    """
    check(rules)
    rulebook = opened(by, "change", rulebook, version)
    draft = open_version(rulebook)
    before = parsed(draft.body) if draft else live_rules_of(rulebook)
    check_lines(by, rulebook, before, rules)
    draft = draft or new_version(rulebook, by=by)
    take_back(by, rulebook, draft, reason="It was edited.")
    draft.body, draft.author, draft.saved = dumped(rules), by.name, clock.now()
    draft.authors = sorted({*draft.authors, by.user_id or 0})
    draft.sha256, draft.reason = body_digest(draft.body), ""
    draft.save()
    moved_on(rulebook)
    try_filter(by, rulebook, rules.filter)
    told = difference(before, rules)
    history.record(
        by=by,
        verb="save a draft of",
        thing=rulebook,
        company=rulebook.company_id,
        before=told.before,
        after=told.after,
    )
    return draft


@transaction.atomic
def discard_draft(*, by: Subject, rulebook: Rulebook, version: int) -> None:
    """Throw the open version away; the live version goes on."""
    rulebook = opened(by, "change", rulebook, version)
    draft = open_version(rulebook)
    if draft is None:
        raise BadInput("There is no draft to throw away.")
    check_lines(by, rulebook, parsed(draft.body), live_rules_of(rulebook))
    take_back(by, rulebook, draft, reason="It was thrown away.")
    told = difference(parsed(draft.body), live_rules_of(rulebook))
    draft.delete()
    moved_on(rulebook)
    history.record(
        by=by,
        verb="discard the draft of",
        thing=rulebook,
        company=rulebook.company_id,
        before=told.before,
        after=told.after,
    )


@transaction.atomic
def dry_run(*, by: Subject, rulebook: Rulebook, system: System, record: str, rules: RuleSet) -> Answer:
    """Have a worker run one real item through `rules` up to the plan; nothing is written anywhere.

    `record` is what people or the tracker call the item. The answer comes later under the probe's uid.
    """
    require(by, "operate", rulebook)
    check(rules)
    draft = open_version(rulebook)
    check_lines(by, rulebook, parsed(draft.body) if draft else live_rules_of(rulebook), rules)
    if not 1 <= len(record.strip()) <= 80:
        raise BadInput("Nothing was tried.", fields={"record": "Enter an item's number, for example 4711."})
    asked = {"record": record.strip(), "side": rulebook.side, "rules": dumped(rules)}
    answer = sync().ask(by=by, kind="dry-run", system=system, connection=rulebook.connection, asked=asked)
    history.record(
        by=by,
        verb="try",
        thing=rulebook,
        company=rulebook.company_id,
        after={"item": record.strip()},
    )
    return answer


@transaction.atomic
def set_four_eyes(*, by: Subject, rulebook: Rulebook, four_eyes: str, version: int) -> Rulebook:
    """Say where nobody signs what they wrote themselves; what is proposed already keeps its own answer."""
    rulebook = opened(by, "administer", rulebook, version)
    if four_eyes not in dict(FOUR_EYES):
        raise BadInput("Nothing was changed.", fields={"four_eyes": "Choose production, always or never."})
    before, rulebook.four_eyes = rulebook.four_eyes, four_eyes
    moved_on(rulebook)
    history.record(
        by=by,
        verb="set four eyes of",
        thing=rulebook,
        company=rulebook.company_id,
        before={"four eyes": before},
        after={"four eyes": four_eyes},
    )
    return rulebook


def try_filter(by: Subject, rulebook: Rulebook, query: str) -> None:
    """Have a worker try a filter in the tracker itself, unless the newest answer is about this very one."""
    if not query:
        return
    side = Side.objects.select_related("system").get(connection=rulebook.connection_id, side=rulebook.side)
    newest = sync().latest([side.system_id], ["filter"], by=by).get((side.system_id, "filter"))
    if newest is None or newest.state == "failed" or newest.body.get("query") != query:
        sync().ask(by=by, kind="filter", system=side.system, connection=rulebook.connection, asked={"query": query})


def opened(by: Subject, verb: str, rulebook: Rulebook, version: int) -> Rulebook:
    """The rulebook, locked; raises Denied, or Stale when somebody saved since `version`."""
    require(by, verb, rulebook)
    row = Rulebook.objects.select_for_update().get(pk=rulebook.pk)
    if row.version != version:
        raise stale(row)
    return row


def moved_on(rulebook: Rulebook) -> None:
    """Count a save."""
    rulebook.version += 1
    rulebook.save()


def new_version(rulebook: Rulebook, *, by: Subject) -> RuleVersion:
    """The next version as an unsaved draft."""
    last = RuleVersion.objects.filter(rulebook=rulebook).aggregate(last=Max("no"))["last"] or 0
    return RuleVersion(
        rulebook=rulebook,
        company_id=rulebook.company_id,
        no=last + 1,
        author=by.name,
        saved=clock.now(),
    )


def open_version(rulebook: Rulebook) -> RuleVersion | None:
    """The version that is drafted, proposed or agreed."""
    return RuleVersion.objects.filter(rulebook=rulebook, state__in=OPEN).first()


def take_back(by: Subject, rulebook: Rulebook, version: RuleVersion, *, reason: str) -> Proposal | None:
    """Make a version a draft again and end its proposal, if it has one, with a reason that both companies read."""
    version.state = State.DRAFT
    proposal = Proposal.objects.select_for_update().filter(version=version.pk, state__in=PENDING).first()
    if proposal is None:
        return None
    end(proposal, Proposal.State.WITHDRAWN, reason)
    history.record(
        by=by,
        verb="take back a proposal for",
        thing=rulebook.connection,
        company=rulebook.company_id,
        readers=rulebook.connection.companies,
        after={"version": proposal.no, "reason": reason},
    )
    return proposal


def end(proposal: Proposal, state: str, reason: str) -> None:
    """Close a proposal: nothing more is signed, and no worker looks at it again."""
    proposal.state, proposal.reason, proposal.ended = state, reason[:500], clock.now()
    proposal.save()
    GoLive.objects.filter(proposal=proposal).delete()


def live_rules_of(rulebook: Rulebook) -> RuleSet | None:
    """The rules in force, or None before the first version is live."""
    row = RuleVersion.objects.filter(rulebook=rulebook, state=State.LIVE).first()
    return parsed(row.body) if row else None
