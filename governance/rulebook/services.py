"""Writes of rulebooks: drafts that nobody overwrites unseen, versions that go live only when they hold."""

import hashlib
import json

from django.db import transaction
from django.db.models import Max

from governance.register.acting import require, stale
from governance.register.models import System
from governance.register.ports import Answer, sync
from governance.rulebook.checks import findings
from governance.rulebook.diff import difference
from governance.rulebook.models import Disclosure, Rulebook, RuleVersion
from governance.rulebook.rules import RuleSet, check, dumped, parsed
from governance.rulebook.selectors import ground_of
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history import services as history


@transaction.atomic
def save_draft(*, by: Subject, rulebook: Rulebook, rules: RuleSet, version: int) -> RuleVersion:
    """Store `rules` as the draft; `version` is the rulebook's version that the editor began with, else Stale.

    A draft may still break the checks of `publish`: one saves what one has, and mends it later.
    """
    check(rules)
    rulebook = opened(by, "change", rulebook, version)
    draft = RuleVersion.objects.filter(rulebook=rulebook, state=RuleVersion.State.DRAFT).first()
    before = parsed(draft.body) if draft else live_rules_of(rulebook)
    draft = draft or new_version(rulebook, by=by)
    draft.body, draft.author, draft.saved = dumped(rules), by.name, clock.now()
    draft.sha256 = body_digest(draft.body)
    draft.save()
    moved_on(rulebook)
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
    """Throw the draft away; the live version goes on."""
    rulebook = opened(by, "change", rulebook, version)
    draft = RuleVersion.objects.filter(rulebook=rulebook, state=RuleVersion.State.DRAFT).first()
    if draft is None:
        raise BadInput("There is no draft to throw away.")
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
def publish(*, by: Subject, rulebook: Rulebook, version: int) -> RuleVersion:
    """The draft goes live and the live version retires. Raises BadInput naming every line that does not hold."""
    rulebook = opened(by, "administer", rulebook, version)
    draft = RuleVersion.objects.filter(rulebook=rulebook, state=RuleVersion.State.DRAFT).first()
    if draft is None:
        raise BadInput("There is no draft to put live. Save one first.", code="no-draft")
    told = difference(live_rules_of(rulebook), parsed(draft.body))
    put_live(rulebook, draft)
    history.record(
        by=by,
        verb="put live",
        thing=rulebook,
        company=rulebook.company_id,
        before=told.before,
        after={"version": draft.no, **told.after},
    )
    announce(by, rulebook, draft, verb="put new terms live on")
    return draft


@transaction.atomic
def rollback(*, by: Subject, rulebook: Rulebook, no: int, version: int) -> RuleVersion:
    """Put the rules of an earlier version live again, as a new version; the checks of today hold for it too."""
    rulebook = opened(by, "administer", rulebook, version)
    old = RuleVersion.objects.filter(rulebook=rulebook, no=no, state=RuleVersion.State.RETIRED).first()
    if old is None:
        raise BadInput(f"There is no retired version {no}.", code="no-such-version")
    if RuleVersion.objects.filter(rulebook=rulebook, state=RuleVersion.State.DRAFT).exists():
        raise BadInput("There is a draft. Put it live or throw it away first.", code="draft-exists")
    told = difference(live_rules_of(rulebook), parsed(old.body))
    again = new_version(rulebook, by=by)
    again.body, again.sha256 = old.body, old.sha256
    again.save()
    put_live(rulebook, again)
    history.record(
        by=by,
        verb="roll back",
        thing=rulebook,
        company=rulebook.company_id,
        before=told.before,
        after={"version": again.no, "same as version": no, **told.after},
    )
    announce(by, rulebook, again, verb="put earlier terms live again on")
    return again


@transaction.atomic
def dry_run(*, by: Subject, rulebook: Rulebook, system: System, record: str, rules: RuleSet) -> Answer:
    """Have a worker run one real item through `rules` up to the plan; nothing is written anywhere.

    `record` is what people or the tracker call the item. The answer comes later under the probe's uid.
    """
    require(by, "operate", rulebook)
    check(rules)
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


def put_live(rulebook: Rulebook, version: RuleVersion) -> None:
    """Check, retire the version before, go live, tell the partner the terms, and try again what was parked."""
    rules = parsed(version.body)
    wrong = findings(rules, ground_of(rulebook.connection, company=rulebook.company_id))
    if wrong:
        raise BadInput(
            f"{wrong[0].sentence} {more(len(wrong) - 1)}".strip(),
            code="rules-do-not-hold",
            fields={finding.key: finding.sentence for finding in wrong},
        )
    for old in RuleVersion.objects.filter(rulebook=rulebook, state=RuleVersion.State.LIVE):
        old.state = RuleVersion.State.RETIRED
        old.save()
    version.state, version.live_from = RuleVersion.State.LIVE, clock.now()
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
        },
    )
    sync().wake_parked(rulebook.connection)


def announce(by: Subject, rulebook: Rulebook, version: RuleVersion, *, verb: str) -> None:
    """Record on the connection, where the partner reads it, which terms now flow; never the fields."""
    rules = parsed(version.body)
    history.record(
        by=by,
        verb=verb,
        thing=rulebook.connection,
        company=rulebook.company_id,
        readers=rulebook.connection.companies,
        after={"version": version.no, "sends": sends(rules), "takes": takes(rules)},
    )


def sends(rules: RuleSet) -> list[str]:
    """The terms and parts that leave."""
    parts = [("comment", rules.parts.comments_out), ("attachment", rules.parts.attachments_out)]
    return [*(line.term for line in rules.outgoing), *(name for name, is_on in parts if is_on)]


def takes(rules: RuleSet) -> list[str]:
    """The terms and parts that are taken in."""
    parts = [("comment", rules.parts.comments_in), ("attachment", rules.parts.attachments_in)]
    return [*(line.term for line in rules.incoming), *(name for name, is_on in parts if is_on)]


def live_rules_of(rulebook: Rulebook) -> RuleSet | None:
    """The rules in force, or None before the first version is live."""
    row = RuleVersion.objects.filter(rulebook=rulebook, state=RuleVersion.State.LIVE).first()
    return parsed(row.body) if row else None


def body_digest(body: dict[str, object]) -> str:
    """SHA-256 of rules as canonical JSON."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def more(count: int) -> str:
    """How many further lines do not hold."""
    return {0: "", 1: "One more line does not hold."}.get(count, f"{count} more lines do not hold.")
