"""One ticket read fresh: its record, its transactions and its messages, whose texts are asked once for good."""

import base64
import re
from dataclasses import dataclass, field

from portal.core.errors import Missing
from sync.connectors.answers import moment, record, records, text
from sync.connectors.requesttracker import bodies
from sync.connectors.requesttracker.fields import BY_NATIVE, STANDARD, custom, logged, many, portable
from sync.connectors.requesttracker.home import API, CUSTOM, KIND, MANY, NOBODY, Home, quoted, ticket_path
from sync.connectors.uploads import FILE
from sync.connectors.wire import Json
from sync.engine.types import FieldType, Item, Part, PartKind, Revision, Value

TOLD = "Type,Creator,Created,Field,OldValue,NewValue"
#: transactions that carry messages, and whether everybody who sees the ticket sees them
SPOKEN = {"Create": True, "Correspond": True, "Comment": False}
#: transactions that change one field of a ticket
CHANGING = frozenset({"Set", "Status", "Give", "Take", "Steal", "Untake", "Force", "CustomField"})
#: what RT writes about its own mails; an account may be kept from seeing it
UNTOLD = "Type != 'EmailRecord' AND Type != 'CommentEmailRecord'"
SHOWN = "ContentType,Filename,TransactionId,Headers"
#: so many messages are asked one by one, more as a list
FEW = 3
#: pages without a row that the account may see, after which a ticket's messages are at their end: mails that RT
#: sent are among them, and an account may be kept from seeing those
BLANKS = 3
LENGTH = re.compile(r"^Content-Length: (\d+)", re.MULTILINE)


@dataclass(slots=True)
class Said:
    """The messages of one transaction: texts by media type, files."""

    texts: dict[str, str] = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)

    def best(self) -> tuple[str, str]:
        """Attachment id and media type of the text to read: HTML where there is both."""
        for kind in ("text/html", "text/plain"):
            if kind in self.texts:
                return self.texts[kind], kind
        return next(((number, kind) for kind, number in self.texts.items()), ("", ""))


def fetch(home: Home, ticket: str) -> Json:
    """A ticket's record. Raises Missing when it is gone, deleted, merged or in another queue."""
    found = home.get(ticket_path(ticket))
    number = text(found.get("id"))
    if number != ticket:
        raise Missing(f"The ticket was merged into #{number}. Link that one, or unlink this.")
    if text(found.get("Status")) == "deleted" or text(found.get("Type")) != KIND:
        raise Missing("The ticket was deleted in Request Tracker.")
    queue = text(record(found.get("Queue")).get("id"))
    if queue != text(home.queue_number()):
        raise Missing(f"The ticket is in another queue than {home.queue}. Move it back or unlink it.")
    return found


def read(home: Home, ticket: str, since: str | None) -> Item:
    """The ticket as it is now, with its revisions after `since`, a transaction's id."""
    found = fetch(home, ticket)
    number = text(found.get("id"))
    told = transactions(home, number)
    said = messages(home, number, [text(one.get("id")) for one in told if one.get("Type") in SPOKEN])
    born = next((text(one.get("id")) for one in told if one.get("Type") == "Create"), "")
    description = body_of(home, said.get(born, Said())) or None
    return Item(
        record=number,
        kind=KIND,
        label=f"#{number}",
        url=home.page(number),
        version=text(told[-1].get("id")) if told else text(found.get("LastUpdated")),
        created_at=moment(found.get("Created")),
        updated_at=moment(found.get("LastUpdated")),
        fields=portable(home, found, description),
        parts=parts(home, told, said),
        revisions=revisions(home, found, told, since),
        key=birth(home, found),
        reporter=home.actor(found.get("Creator")),
    )


def birth(home: Home, ticket: Json) -> str | None:
    """The key of a ticket that we made, None for others."""
    own = home.marker()[0]
    values = [row.get("values") for row in records(ticket.get("CustomFields")) if text(row.get("id")) == own]
    mine = text(record(ticket.get("Creator")).get("id")) == home.me().login
    first = values[0][0] if mine and values and isinstance(values[0], list) and values[0] else ""
    return text(first) or None


def transactions(home: Home, ticket: str) -> list[Json]:
    """A ticket's transactions, oldest first."""
    types = " OR ".join(f"Type = '{one}'" for one in sorted(CHANGING | SPOKEN.keys()))
    query = f"ObjectType = 'RT::Ticket' AND ObjectId = {ticket} AND ({types})"
    asked: dict[str, str | int] = {"query": query, "orderby": "id", "fields": TOLD}
    rows = home.pages("transactions", asked | {"fields[Creator]": "id,Name,RealName"})
    return sorted(rows, key=lambda row: int(text(row.get("id")) or 0))


def messages(home: Home, ticket: str, spoken: list[str]) -> dict[str, Said]:
    """Transaction id → what was said in it, for these transactions. What hangs on one never changes."""
    unknown = [number for number in spoken if number not in home.hung]
    if len(home.hung) >= MANY:
        home.hung.clear()
        unknown = spoken
    if len(unknown) <= FEW:
        for number in unknown:
            home.hung[number] = home.pages(f"transaction/{number}/attachments", {"fields": SHOWN})
    else:
        listed = home.pages(f"{ticket_path(ticket)}/attachments", {"fields": SHOWN}, blanks=BLANKS)
        home.hung |= {number: [] for number in unknown}
        for row in listed:
            place = text(row.get("TransactionId")) or text(record(row.get("TransactionId")).get("id"))
            if place in unknown:
                home.hung[place].append(row)
    return {number: _said(home.hung[number]) for number in spoken}


def _said(rows: list[Json]) -> Said:
    """Parts without a file name are texts or wrappings."""
    said = Said()
    for row in rows:
        kind = text(row.get("ContentType")).lower()
        if text(row.get("Filename")) or not kind.startswith(("text/", "multipart/", "message/")):
            said.files.append(row)
        elif kind.startswith("text/"):
            said.texts.setdefault(kind, text(row.get("id")))
    return said


def content(home: Home, attachment: str) -> str:
    """The text of a message, which never changes."""
    if attachment not in home.texts:
        if len(home.texts) >= MANY:
            home.texts.clear()
        answer = home.wire.json("GET", f"{API}attachment/{attachment}")
        given = base64.b64decode(text(answer.get("Content")) or "")
        home.texts[attachment] = given.decode("utf-8", "replace")
    return home.texts[attachment]


def body_of(home: Home, said: Said) -> str:
    """What a transaction says, as Markdown."""
    number, kind = said.best()
    return bodies.markdown(content(home, number), kind) if number else ""


def key_of(home: Home, said: Said, creator: object) -> str | None:
    """Our key in a message; only in one that our own account wrote, since mail brings in anything."""
    number, _ = said.best()
    if not number or text(record(creator).get("id")) != home.me().id:
        return None
    return bodies.key_in(content(home, number))


def parts(home: Home, told: list[Json], said: dict[str, Said]) -> tuple[Part, ...]:
    """Comments and files in order; what was commented is private, what was corresponded is not."""
    found: list[Part] = []
    for one in told:
        kind, number = text(one.get("Type")), text(one.get("id"))
        if kind not in SPOKEN:
            continue
        spoken = said.get(number, Said())
        at, author, key = moment(one.get("Created")), home.actor(one.get("Creator")), None
        if kind != "Create":
            key = key_of(home, spoken, one.get("Creator"))
            body = body_of(home, spoken)
            wrapping = key is not None and spoken.files
            if body and not wrapping:
                found.append(Part(number, PartKind.COMMENT, at, author, SPOKEN[kind], body, key=key))
        found += [
            Part(
                id=FILE + text(file.get("id")),
                kind=PartKind.ATTACHMENT,
                at=at,
                author=author,
                public=SPOKEN[kind],
                name=text(file.get("Filename")) or "untitled",
                media_type=text(file.get("ContentType")) or "application/octet-stream",
                size=_size(file),
                of=number,
                key=key,
            )
            for file in spoken.files
        ]
    return tuple(found)


def _size(file: Json) -> int:
    found = LENGTH.findall(text(file.get("Headers")))
    return int(found[-1]) if found else 0


def revisions(home: Home, ticket: Json, told: list[Json], since: str | None) -> tuple[Revision, ...]:
    """One revision for each change of a field after transaction `since`, oldest first."""
    point = int(since) if since and since.isdigit() else -1
    sets = _sets(home, ticket)
    found: list[Revision] = []
    for one in reversed(told):
        number = text(one.get("id"))
        if int(number) <= point:
            break
        change = _change(home, one, sets) if text(one.get("Type")) in CHANGING else None
        if change is not None:
            name, old, new = change
            found.append(Revision(number, moment(one.get("Created")), home.actor(one.get("Creator")), name, old, new))
    return tuple(reversed(found))


def _change(home: Home, one: Json, sets: dict[str, list[object]]) -> tuple[str, Value, Value] | None:
    """Field, old and new value of a transaction; None for a field that does not travel."""
    name, old, new = text(one.get("Field")), one.get("OldValue"), one.get("NewValue")
    if text(one.get("Type")) == "CustomField":
        return _custom_change(home, name, text(old), text(new), sets)
    key = BY_NATIVE.get(name)
    if key is None:
        return None
    if STANDARD[key].type is FieldType.USER:
        return key, _person(home, text(old)), _person(home, text(new))
    return key, logged(key, old), logged(key, new)


def _person(home: Home, number: str) -> Value:
    found = home.person(number) if number else None
    return None if found is None or found.login == NOBODY else found.name


def _custom_change(
    home: Home, number: str, old: str, new: str, sets: dict[str, list[object]]
) -> tuple[str, Value, Value] | None:
    """A custom field's change; one with several values tells each that came or went."""
    if number == home.marker()[0] or number not in home.shapes():
        return None
    if not many(home, number):
        return CUSTOM + number, custom(home, number, [old]), custom(home, number, [new])
    after = custom(home, number, sets.get(number, []))
    before = [one for one in sets.get(number, []) if one != new] + ([old] if old else [])
    sets[number] = before
    return CUSTOM + number, custom(home, number, before), after


def _sets(home: Home, ticket: Json) -> dict[str, list[object]]:
    """The values of custom fields as they are now; going back in time they become what they were."""
    rows = records(ticket.get("CustomFields"))
    given = {text(row.get("id")): row.get("values") for row in rows}
    return {number: list(values) for number, values in given.items() if isinstance(values, list)}


def in_queue(home: Home) -> str:
    """The part of a query that keeps to the queue's tickets."""
    return f"ObjectType = 'RT::Ticket' AND TicketQueue = {quoted(home.queue)} AND {UNTOLD}"
