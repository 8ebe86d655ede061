"""One case as a story: its chain, its events with their causes, and why values were not sent; pure assembly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.ui.words import shown
from sync.flow.causes import (
    PART_FIELDS,
    Cause,
    Pair,
    body_list,
    body_map,
    consequences,
    field_label,
    label_of,
    raw_of,
    write_title,
    written,
)
from sync.flow.models.cases import Item
from sync.flow.models.facts import Change, Envelope
from sync.flow.models.writes import Intent
from sync.flow.selectors.story import CaseFacts, Note


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
        title=next((str(title) for side in facts.sides if (title := getattr(side, "title", None))), ""),
        hops=[hop(facts, item, own) for item in facts.items],
        events=events,
        parked=[note for note in facts.notes if note.kind == "parked" and note.open],
        withheld=[withheld(facts, note) for note in facts.notes if note.kind == "withheld"],
        echoes=sum(change.disposition == "echo" for change in facts.changes),
    )


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
    pairs: tuple[Pair, ...] = ()
    text, icon, title = "", "pencil", ""
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
    return (Pair(label, shown(content.old), shown(content.new), raw_of(facts, change.field)),)


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
    said = [pair.label for pair in pairs] if len(pairs) <= 3 else [f"{len(pairs)} terms"]
    if comments:
        said.append("a comment" if comments == 1 else f"{comments} comments")
    if files:
        said.append("a file" if files == 1 else f"{files} files")
    if not said:
        return "sent what stands, nothing new in it"
    return "sent " + (", ".join(said[:-1]) + " and " + said[-1] if len(said) > 1 else said[0])


def differences(facts: CaseFacts, envelope: Envelope) -> tuple[Pair, ...]:
    """The terms of an envelope that differ from what either side told before, with the way of path terms."""
    old: dict[str, object] = {}
    for one in facts.envelopes:
        if one.connection_id == envelope.connection_id and one.sealed < envelope.sealed:
            old |= body_map(one, "terms")
    new = body_map(envelope, "terms")
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
