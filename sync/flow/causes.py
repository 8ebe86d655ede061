"""Why a change is where it is: event → rule → write → receipt, and the words for values; pure assembly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.ui.words import humanised, shown
from sync.flow.models.facts import Change, Envelope
from sync.flow.models.writes import Intent
from sync.flow.selectors.story import CaseFacts

PART_FIELDS = ("comment", "attachment")
#: dispositions after which nothing of the change was written
KEPT = ("filtered", "withheld", "echo", "superseded", "parked", "conflict-lost")
#: operation of a write → what it did
WROTE = {
    "create": "Created the item",
    "fields": "Set fields",
    "move": "Moved on",
    "comment": "Added a comment",
    "edit": "Edited a comment",
    "attach": "Attached a file",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A value before and after. `raw` is the tracker's own name of the field where it differs."""

    label: str
    old: str
    new: str
    raw: str = ""
    way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """One step of event → rule → write → receipt. `kind` is a state of portal.ui.states or empty."""

    step: str
    sentence: str
    at: datetime | None = None
    kind: str = ""
    pairs: tuple[Pair, ...] = ()


def label_of(facts: CaseFacts, term: str) -> str:
    """What a term is called."""
    return facts.labels.get(term, humanised(term))


def field_label(facts: CaseFacts, name: str) -> str:
    """What one of one's own fields is called: its term's label where a rule binds it."""
    for rules in facts.rules.values():
        for line in (*rules.rules.outgoing, *rules.rules.incoming):
            if line.field == name:
                return label_of(facts, line.term)
    return humanised(name)


def term_of(facts: CaseFacts, name: str, connection: int) -> str:
    """The term that one's own outgoing rules of a connection bind a field to, or ""."""
    for rules in facts.rules.values():
        if rules.connection == connection:
            found = next((line.term for line in rules.rules.outgoing if line.field == name), "")
            if found:
                return found
    return ""


def raw_of(facts: CaseFacts, name: str) -> str:
    """The tracker's own name of a field, where it says more than the label."""
    return "" if name.casefold() == field_label(facts, name).casefold() else name


def consequences(facts: CaseFacts, change: Change, envelope: Envelope | None) -> tuple[Cause, ...]:
    """Event → rule → write → receipt of one own change, as far as it came."""
    took = (change.seen - change.occurred).total_seconds()
    kept = change.private or change.disposition in KEPT
    steps = [Cause("Event", "Seen by Concord" + (f" {took:.0f} s later" if took >= 1 else ""), change.seen)]
    if envelope is None or kept:
        return tuple(steps) if kept or not change.disposition else (*steps, *ended(change))
    term = change.field if change.field in (*PART_FIELDS, "created") else term_of(
        facts, change.field, envelope.connection_id
    )  # fmt: skip
    rules = facts.rules.get(envelope.rule_version)
    partner = facts.partner_of(envelope.connection_id, change.company_id)
    version = f"Your rulebook, version {rules.no}" if rules else "Your rulebook"
    steps.append(Cause("Rule", f"{version}, lets {partner.company.name if partner else 'the partner'} read it"))
    steps.append(Cause("Envelope", f"Number {envelope.no} was sealed", envelope.sealed))
    steps += [written(facts, intent) for intent in writes_for(facts, envelope, change, term)]
    return tuple(steps)


def ended(change: Change) -> Iterable[Cause]:
    """The end of a change that no envelope had to carry."""
    if change.disposed:
        yield Cause("Receipt", "Nothing had to be written: both sides already agree", change.disposed, "ok")


def writes_for(facts: CaseFacts, envelope: Envelope, change: Change, term: str) -> list[Intent]:
    """The writes of one envelope that carry one change."""
    rows = [intent for intent in facts.intents if intent.envelope_id == envelope.pk]
    if change.field == "created":
        return [intent for intent in rows if intent.op == "create"]
    if change.field in PART_FIELDS:
        numbers = {
            str(part.get("id"))
            for part in body_list(envelope, "parts")
            if part.get("kind") == change.field and same_time(part.get("at"), change.occurred)
        }
        return [i for i in rows if i.subject.partition(":")[2].partition(":")[0] in numbers]
    paths = [intent for intent in rows if intent.subject == f"path:{term}"]
    steps = body_map(envelope, "ways").get(term)
    seqs = [step[0] for step in steps if isinstance(step, list) and step] if isinstance(steps, list) else []
    if len(seqs) == len(paths) and change.seq in seqs:
        return [paths[seqs.index(change.seq)]]
    return paths or [intent for intent in rows if intent.subject in ("terms", "create")]


def same_time(text: object, at: datetime) -> bool:
    """Whether an ISO time of an envelope is this moment."""
    return isinstance(text, str) and abs((datetime.fromisoformat(text) - at).total_seconds()) < 0.001


def written(facts: CaseFacts, intent: Intent) -> Cause:
    """One write and its receipt."""
    side = facts.side_of(intent.system_id, intent.connection_id)
    place = side.system_name if side else "the other system"
    journal = getattr(intent, "journal", None)
    pairs: tuple[Pair, ...] = ()
    if journal is not None and isinstance(journal.after, dict):
        before = journal.before if isinstance(journal.before, dict) else {}
        pairs = tuple(
            Pair(field_label(facts, name), shown(before.get(name)), shown(value), raw_of(facts, name))
            for name, value in journal.after.items()
            if not isinstance(value, dict)
        )
    title = write_title(facts, intent)
    if intent.state == Intent.State.OPEN:
        return Cause("Write", f"{title} in {place}: promised, the answer is not there yet", intent.at, "waiting")
    if intent.state == Intent.State.DONE:
        proof = ", and its history shows it" if intent.proven else ""
        return Cause("Receipt", f"{title} in {place}{proof}", intent.settled, "ok", pairs)
    word = "was refused" if intent.state == Intent.State.FAILED else "did not arrive and is planned anew"
    return Cause("Receipt", f"{title} in {place} {word}", intent.settled, "warning")


def write_title(facts: CaseFacts, intent: Intent) -> str:
    """What a write did, for people."""
    kind, _, name = intent.subject.partition(":")
    if kind == "path":
        return f"{label_of(facts, name)} moved on"
    return WROTE.get(intent.op, humanised(intent.op))


def body_map(envelope: Envelope, name: str) -> Mapping[str, object]:
    """A mapping out of an envelope's stored body; empty where it may not be read."""
    found = getattr(getattr(envelope, "content", None), "body", {}).get(name)
    return found if isinstance(found, dict) else {}


def body_list(envelope: Envelope, name: str) -> list[Mapping[str, object]]:
    """A list of mappings out of an envelope's stored body."""
    found = getattr(getattr(envelope, "content", None), "body", {}).get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
