"""One case as a story: its chain, its events with their causes, and why values were not sent; pure assembly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.ui.words import humanised, shown
from sync.flow.models.cases import Item
from sync.flow.models.facts import Change, Envelope
from sync.flow.models.writes import Intent
from sync.flow.selectors.story import CaseFacts, Note

PART_FIELDS = ("comment", "attachment")
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


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline."""

    at: datetime
    company: int
    icon: str
    title: str
    actor: str = ""
    place: str = ""
    pairs: tuple[Pair, ...] = ()
    text: str = ""
    state: str = ""
    why: str = ""
    observed: bool = False
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One item of the chain. `waits` says what its system is waited for."""

    item: Item
    system: str
    kind: str
    status: str
    own: bool
    waits: Note | None
    lane: tuple[str, ...] = ()


@dataclass(slots=True)
class Story:
    """What the page shows."""

    title: str
    hops: list[Hop]
    events: list[Event]
    parked: list[Note] = field(default_factory=list)
    withheld: list[tuple[str, str, Note]] = field(default_factory=list)
    echoes: int = 0


def told(facts: CaseFacts, own: frozenset[int], *, echoes: bool = False) -> Story:
    """The story of a case for somebody of the companies `own`.

    1. the chain of items that they may see; 2. own changes, each with what became of it; 3. partners' envelopes,
    each with what was written here because of it; 4. what was withheld or lost, by name. Our own writes, which
    the trackers tell again as changes, are only counted unless `echoes`.
    """
    carried = envelopes_of_changes(facts, own)
    events = [
        changed(facts, change, carried.get(change.pk), own)
        for change in facts.changes
        if echoes or change.disposition != "echo"
    ]
    events += [received(facts, envelope) for envelope in facts.envelopes if envelope.from_company not in own]
    events += [lost(facts, note) for note in facts.notes if note.kind == "lost"]
    events.sort(key=lambda event: event.at)
    return Story(
        title=next((str(side.title) for side in facts.sides if getattr(side, "title", None)), ""),
        hops=[hop(facts, item, own) for item in facts.items],
        events=events,
        parked=[note for note in facts.notes if note.kind == "parked" and note.open],
        withheld=[withheld(facts, note) for note in facts.notes if note.kind == "withheld"],
        echoes=sum(change.disposition == "echo" for change in facts.changes),
    )


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


def hop(facts: CaseFacts, item: Item, own: frozenset[int]) -> Hop:
    """One item of the chain as a page shows it."""
    side = facts.side_of(item.system_id)
    status = getattr(side, f"status_{side.side}", None) if side else None
    waits = next((n for n in facts.notes if n.kind == "held" and n.system == item.system_id), None)
    waiting = [i for i in facts.intents if i.system_id == item.system_id and i.state == Intent.State.OPEN]
    return Hop(
        item=item,
        system=side.system_name if side else "",
        kind=side.system_kind if side else "",
        status=shown(status) if status else "",
        own=item.company_id in own,
        waits=waits,
        lane=tuple(write_title(facts, intent) for intent in waiting),
    )


def envelopes_of_changes(facts: CaseFacts, own: frozenset[int]) -> dict[int, Envelope]:
    """Change id → the first own envelope sealed after it was seen, which is the one that carries it."""
    sent = [envelope for envelope in facts.envelopes if envelope.from_company in own]
    found: dict[int, Envelope] = {}
    for change in facts.changes:
        fits = (e for e in sent if e.from_company == change.company_id and e.sealed >= change.seen)
        first = next(fits, None)
        if first is not None:
            found[change.pk] = first
    return found


def changed(facts: CaseFacts, change: Change, envelope: Envelope | None, own: frozenset[int]) -> Event:
    """One own change with what became of it."""
    content = getattr(change, "content", None)
    side = facts.side_of(change.system_id)
    item = next((item for item in facts.items if item.pk == change.item_id), None)
    text, pairs, icon, title = "", (), "pencil", ""
    if change.field == "created":
        icon, title = "plus", f"opened {item.label or item.record}" if item else "opened the item"
    elif change.field in PART_FIELDS:
        edited = "@" in change.remote_id
        icon = change.field
        title = "attached a file" if icon == "attachment" else "edited a comment" if edited else "commented"
        text = shown(content.new) if content is not None else ""
    else:
        title = f"changed {field_label(facts, change.field)}"
        pairs = pairs_of(facts, change)
    return Event(
        at=change.occurred,
        company=change.company_id,
        icon=icon,
        title=title,
        actor=content.actor if content is not None else "",
        place=side.system_name if side else "",
        pairs=pairs,
        text=text,
        state="private" if change.private else change.disposition or "moving",
        why=reason(facts, change),
        observed=change.observed,
        causes=consequences(facts, change, envelope),
    )


def pairs_of(facts: CaseFacts, change: Change) -> tuple[Pair, ...]:
    """The value of a field change, before and after."""
    content = getattr(change, "content", None)
    if content is None:
        return ()
    label = field_label(facts, change.field)
    raw = change.field if change.field.casefold() != label.casefold() else ""
    return (Pair(label, shown(content.old), shown(content.new), raw),)


def reason(facts: CaseFacts, change: Change) -> str:
    """Why a change was not sent, or not as it was, as a sentence; "" when it simply went through."""
    side = facts.side_of(change.system_id)
    partner = facts.partner_of(side.connection_id, change.company_id) if side else None
    where = partner.company.name if partner else "the partner"
    what = {"comment": "The comment", "attachment": "The file", "created": "The item"}.get(
        change.field, field_label(facts, change.field)
    )
    cause = change.cause.strip()
    if change.private:
        return f"{what} is private at its source: it stays."
    if change.disposition == "withheld":
        return f"{what} was not sent to {where}: {lowered(cause)}"
    if change.disposition in ("filtered", "parked", "conflict-lost"):
        word = {"filtered": "stays here", "parked": "waits in triage", "conflict-lost": "lost"}[change.disposition]
        return f"{what} {word}: {lowered(cause)}" if cause else f"{what} {word}."
    return cause


def lowered(sentence: str) -> str:
    """A sentence as it goes on after a colon."""
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence


def consequences(facts: CaseFacts, change: Change, envelope: Envelope | None) -> tuple[Cause, ...]:
    """Event → rule → write → receipt of one own change, as far as it came."""
    took = (change.seen - change.occurred).total_seconds()
    kept = change.private or change.disposition in ("filtered", "withheld", "echo", "superseded")
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
            Pair(field_label(facts, name), shown(before.get(name)), shown(value), name)
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


def received(facts: CaseFacts, envelope: Envelope) -> Event:
    """A partner's envelope with what was written here because of it."""
    partner = next(
        (s for s in facts.sides if s.connection_id == envelope.connection_id and s.side == envelope.side), None
    )
    pairs = differences(facts, envelope)
    parts = body_list(envelope, "parts")
    intents = [intent for intent in facts.intents if intent.envelope_id == envelope.pk]
    rules = next((facts.rules[i.rule_version] for i in intents if i.rule_version in facts.rules), None)
    steps = [Cause("Event", f"Envelope {envelope.no} was sealed", envelope.sealed)]
    if rules:
        steps.append(Cause("Rule", f"Your rulebook, version {rules.no}, takes it in"))
    steps += [written(facts, intent) for intent in intents]
    if not intents:
        steps.append(Cause("Receipt", "Nothing had to be written here", envelope.applied, "ok"))
    said = [str(part.get("body") or part.get("name") or "") for part in parts]
    authors = {str(part.get("author")) for part in parts if part.get("author")}
    return Event(
        at=envelope.occurred or envelope.sealed,
        company=envelope.from_company,
        icon="comment" if parts and not pairs else "envelope",
        title=sent_title(pairs, parts),
        actor=", ".join(sorted(authors)),
        place=partner.system_name if partner else "",
        pairs=pairs,
        text="\n\n".join(text for text in said if text),
        state="applied" if envelope.applied else "moving",
        causes=tuple(steps),
    )


def sent_title(pairs: Sequence[Pair], parts: Sequence[Mapping[str, object]]) -> str:
    """What an envelope brought, in words."""
    comments = sum(part.get("kind") == "comment" for part in parts)
    files = len(parts) - comments
    said = [pair.label for pair in pairs]
    if comments:
        said.append("a comment" if comments == 1 else f"{comments} comments")
    if files:
        said.append("a file" if files == 1 else f"{files} files")
    if not said:
        return "sent what stands, nothing new in it"
    return "sent " + (", ".join(said[:-1]) + " and " + said[-1] if len(said) > 1 else said[0])


def differences(facts: CaseFacts, envelope: Envelope) -> tuple[Pair, ...]:
    """The terms of an envelope that differ from the one before it, with the way of path terms."""
    before = next(
        (
            e
            for e in reversed(facts.envelopes)
            if (e.connection_id, e.side) == (envelope.connection_id, envelope.side) and e.no < envelope.no
        ),
        None,
    )
    old, new = body_map(before, "terms") if before else {}, body_map(envelope, "terms")
    ways = body_map(envelope, "ways")
    pairs = []
    for name, value in new.items():
        way = ways.get(name)
        passed = tuple(shown(step[2]) for step in way if isinstance(step, list) and len(step) > 2) if isinstance(
            way, list
        ) else ()  # fmt: skip
        if name not in old or old[name] != value or len(passed) > 1:
            pairs.append(
                Pair(label_of(facts, name), shown(old.get(name)), shown(value), way=passed[:-1] if passed else ())
            )
    return tuple(pairs)


def lost(facts: CaseFacts, note: Note) -> Event:
    """A value of one's own that gave way to the other side's."""
    name = label_of(facts, note.name)
    return Event(
        at=note.at,
        company=note.company,
        icon="both",
        title=f"{name} was changed on both sides",
        state="conflict-lost",
        why=f"Your value {note.key} gave way: {lowered(note.sentence)}",
    )


def withheld(facts: CaseFacts, note: Note) -> tuple[str, str, Note]:
    """(term, sentence, note) of something that stays."""
    partner = facts.partner_of(note.connection or 0, note.company)
    name = label_of(facts, note.name)
    where = partner.company.name if partner else "the partner"
    return name, f"{name} was not sent to {where}: {lowered(note.sentence)}", note


def body_map(envelope: Envelope, name: str) -> Mapping[str, object]:
    """A mapping out of an envelope's stored body; empty where it may not be read."""
    found = getattr(getattr(envelope, "content", None), "body", {}).get(name)
    return found if isinstance(found, dict) else {}


def body_list(envelope: Envelope, name: str) -> list[Mapping[str, object]]:
    """A list of mappings out of an envelope's stored body."""
    found = getattr(getattr(envelope, "content", None), "body", {}).get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
