"""A ticket's audits as revisions and parts: one list holds every change and every comment."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sync.connectors.zendesk.bodies import read_body
from sync.connectors.zendesk.catalogue import Catalogue
from sync.connectors.zendesk.fields import CLOSED, CUSTOM, channel, tag_list
from sync.connectors.zendesk.people import People
from sync.connectors.zendesk.shapes import moment, row, rows, text
from sync.connectors.zendesk.tickets import labels, person
from sync.engine.types import Actor, Part, PartKind, Revision, Value

FIELDS = {
    "subject": "subject",
    "status": "status",
    "custom_status_id": "status",
    "priority": "priority",
    "type": "type",
    "tags": "tags",
    "assignee_id": "assignee",
    "requester_id": "requester",
    "group_id": "group",
}
USERS = ("assignee_id", "requester_id")
#: values of `status` that no custom status stands for
BEYOND = (CLOSED, "deleted")
#: our word in an audit's metadata: this comment is only the wrapping of a file
WRAPPING = "concord_wraps"


@dataclass(frozen=True, slots=True)
class Story:
    """What a ticket's audits tell. `last` is the newest audit's id."""

    description: str | None
    revisions: tuple[Revision, ...]
    parts: tuple[Part, ...]
    last: str


@dataclass(frozen=True, slots=True)
class _Event:
    """One event with what its audit says of it."""

    audit: str
    at: datetime
    place: int
    said: Mapping[str, object]
    #: who did it when it was not a rule of the account
    author: object
    key: str | None
    wraps: bool

    @property
    def id(self) -> str:
        return f"{self.audit}:{text(self.said.get('id')) or self.place}"


def tell(audits: list[dict[str, object]], catalogue: Catalogue, people: People) -> Story:
    """Audits in the tracker's order, which settles ties in a second. Unknown users are asked for."""
    ordered = sorted(audits, key=lambda one: moment(one, "created_at"))
    events = [event for audit in ordered for event in _events(audit)]
    people.load(_named(events))
    for one in (one.said for one in events if one.said.get("type") == "Change"):
        if one.get("field_name") == "group_id":
            people.load_group(text(one.get("value")))
            people.load_group(text(one.get("previous_value")))
    description, parts = _parts(events, people)
    revisions = tuple(_revisions(events, catalogue, people))
    return Story(description, revisions, parts, text(ordered[-1].get("id")) if ordered else "")


def after(revisions: tuple[Revision, ...], since: str | None) -> tuple[Revision, ...]:
    """Those after revision id `since`; all when it is unknown, as a repeat is harmless and a gap is not."""
    for place, one in enumerate(revisions):
        if one.id == since:
            return revisions[place + 1 :]
    return revisions


def written(audit: Mapping[str, object]) -> tuple[str, ...]:
    """The revision ids that our own write made; what rules changed on top of it is not ours."""
    return tuple(
        one.id
        for one in _events(audit)
        if one.key is not None and one.said.get("type") == "Change" and _key(one.said) is not None
    )


def comment_in(audit: Mapping[str, object]) -> Mapping[str, object]:
    """The comment event of our own write, {} for none."""
    return next((one.said for one in _events(audit) if _is_comment(one.said) and not _by_rule(one.said)), {})


def _events(audit: Mapping[str, object]) -> Iterator[_Event]:
    ours = row(row(audit.get("metadata")).get("custom"))
    for place, said in enumerate(rows(audit.get("events"))):
        # a trigger that fires on our write is somebody else's change: with our key it would pass as an echo
        own = not _by_rule(said)
        yield _Event(
            audit=text(audit.get("id")),
            at=moment(audit, "created_at"),
            place=place,
            said=said,
            author=said.get("author_id", audit.get("author_id")) if own else None,
            key=text(ours.get("concord")) or None if own else None,
            wraps=own and bool(ours.get(WRAPPING)),
        )


def _by_rule(event: Mapping[str, object]) -> bool:
    return channel(event) == "rule"


def _actor(event: _Event, people: People) -> Actor:
    if _by_rule(event.said):
        rule = row(row(row(event.said.get("via")).get("source")).get("from"))
        return Actor(f"rule:{text(rule.get('id'))}", text(rule.get("title")) or "Zendesk rule")
    return people.actor(event.author)


def _named(events: Iterable[_Event]) -> Iterator[str]:
    """Ids of users that audits name: authors, and those that a ticket was given to."""
    for one in events:
        changed = one.said.get("type") == "Change" and _key(one.said) is not None
        if changed or _is_comment(one.said):
            yield text(one.author)
        if changed and one.said.get("field_name") in USERS:
            yield text(one.said.get("value"))
            yield text(one.said.get("previous_value"))


def _key(event: Mapping[str, object]) -> str | None:
    """The portable field of a change event."""
    name = text(event.get("field_name"))
    return f"{CUSTOM}{name}" if name.isdigit() else FIELDS.get(name)


def _revisions(events: list[_Event], catalogue: Catalogue, people: People) -> Iterator[Revision]:
    custom = {one.audit for one in events if one.said.get("field_name") == "custom_status_id"}
    for one in events:
        key = _key(one.said)
        if one.said.get("type") != "Change" or key is None or _told_twice(one, custom, catalogue):
            continue
        name = text(one.said.get("field_name"))
        old = _value(name, one.said.get("previous_value"), catalogue, people)
        new = _value(name, one.said.get("value"), catalogue, people)
        if key.startswith(CUSTOM) and key not in catalogue.fields:
            continue
        if old != new:
            yield Revision(one.id, one.at, _actor(one, people), key, old, new, one.key)


def _told_twice(event: _Event, custom: set[str], catalogue: Catalogue) -> bool:
    """With custom statuses an audit tells a move as both; the custom one says more, except of closed."""
    values = {text(event.said.get("value")), text(event.said.get("previous_value"))}
    if event.said.get("field_name") == "status":
        return bool(catalogue.statuses) and event.audit in custom and values.isdisjoint(BEYOND)
    return event.said.get("field_name") == "custom_status_id" and not catalogue.statuses


def _value(name: str, value: object, catalogue: Catalogue, people: People) -> Value:
    given = text(value)
    if name.isdigit():
        known = catalogue.fields.get(f"{CUSTOM}{name}")
        return known.portable(value) if known else None
    if name == "tags":
        return labels(tag_list(value), catalogue)
    if name in USERS:
        return person(value, people)
    if not given:
        return None
    read: dict[str, Callable[[str], str]] = {
        "group_id": lambda number: people.groups.get(number, f"group {number}"),
        "custom_status_id": catalogue.status_of,
        "status": catalogue.status_name,
    }
    return read[name](given) if name in read else given


def _is_comment(event: Mapping[str, object]) -> bool:
    """Comment, VoiceComment and their like; chats and mails that were sent out are none."""
    return text(event.get("type")).endswith("Comment") and "public" in event


def _parts(events: list[_Event], people: People) -> tuple[str | None, tuple[Part, ...]]:
    """The description, which is the first comment, and the parts after it."""
    hidden = {
        text(one.said.get("comment_id"))
        for one in events
        if one.said.get("type") == "CommentPrivacyChange" and one.said.get("public") is not True
    }
    edited = {text(one.said.get("comment_id")): one.at for one in events if _redacts(one.said)}
    comments = [one for one in events if _is_comment(one.said)]
    description: str | None = None
    parts: list[Part] = []
    for place, one in enumerate(comments):
        made = _comment(one, people, hidden, edited)
        first = place == 0
        if first and made.public:
            # a private first comment stays a private part: a description has no way to say that it is private
            description = made.body
        elif not one.wraps and made.body:
            parts.append(made)
        of = None if (first and made.public) or one.wraps else made.id
        parts.extend(_files(one, made, of))
    return description, tuple(parts)


def _comment(event: _Event, people: People, hidden: set[str], edited: Mapping[str, datetime]) -> Part:
    number = text(event.said.get("id"))
    return Part(
        id=number,
        kind=PartKind.COMMENT,
        at=event.at,
        author=_actor(event, people),
        public=event.said.get("public") is True and number not in hidden,
        body=read_body(event.said),
        key=event.key,
        edited_at=edited.get(number),
    )


def _files(event: _Event, comment: Part, of: str | None) -> Iterator[Part]:
    for one in rows(event.said.get("attachments")):
        size = one.get("size")
        yield replace(
            comment,
            id=text(one.get("id")),
            kind=PartKind.ATTACHMENT,
            body="",
            name=text(one.get("file_name")),
            media_type=text(one.get("content_type")) or "application/octet-stream",
            size=size if isinstance(size, int) else 0,
            of=of,
            edited_at=None,
            key=event.key if event.wraps else None,
        )


def _redacts(event: Mapping[str, object]) -> bool:
    return text(event.get("type")).endswith("RedactionEvent")
