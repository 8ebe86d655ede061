"""Redmine's journals: revisions with time and actor, and our marks, which stand beside what they mark.

Our mark is the value of one custom field: "<key of the item, or -> <key of the write>", and "private" after that
when the write was a private note. Redmine puts it into the same journal as the note, the file and the fields of
that write; of a private note it makes a journal of its own, right after the one with the mark.
"""

from collections.abc import Iterator, Sequence

from sync.connectors.answers import moment, record, records, text, whole
from sync.connectors.redmine.fields import BY_NATIVE, custom, format_of, logged
from sync.connectors.redmine.home import CUSTOM, Home, actor
from sync.connectors.wire import Json
from sync.engine.types import Revision, Value

PRIVATE = "private"


def marked(item_key: str, key: str = "", *, private: bool = False) -> str:
    """The value of the mark's field."""
    return " ".join([item_key or "-", *([key] if key else []), *([PRIVATE] if private else [])])


def item_key(value: object) -> str:
    """The item's own key out of the mark's field, "" for an item that was not made by us."""
    first = text(value).split(" ", 1)[0]
    return "" if first == "-" else first


def detail(journal: Json, kind: str) -> Iterator[Json]:
    """The details of one kind: attr, cf, attachment, relation."""
    return (one for one in records(journal.get("details")) if one.get("property") == kind)


def mark_in(home: Home, journal: Json) -> list[str]:
    """The words of the mark that a journal of ours carries, [] for others: anybody may write into a field."""
    if text(record(journal.get("user")).get("id")) != text(home.me().get("id")):
        return []
    marks = [one for one in detail(journal, "cf") if text(one.get("name")) == home.marker()]
    return text(marks[0].get("new_value")).split(" ") if marks else []


def keys(home: Home, journals: Sequence[Json]) -> dict[str, str]:
    """Journal id → the key of our write that it shows."""
    found: dict[str, str] = {}
    awaiting = ("", "")
    for journal in journals:
        words = mark_in(home, journal)
        at = text(journal.get("created_on"))
        if len(words) > 1:
            found[text(journal.get("id"))] = words[1]
            awaiting = (at, words[1]) if PRIVATE in words[2:] else awaiting
        elif _bare_secret(home, journal) and awaiting[0] == at:
            found[text(journal.get("id"))] = awaiting[1]
            awaiting = ("", "")
    return found


def _bare_secret(home: Home, journal: Json) -> bool:
    mine = text(record(journal.get("user")).get("id")) == text(home.me().get("id"))
    return mine and journal.get("private_notes") is True and not records(journal.get("details"))


def revisions(home: Home, issue: Json, known: dict[str, str], since: str | None) -> tuple[Revision, ...]:
    """One revision for each field of each journal after `since`, a journal's id; oldest first."""
    point = whole(since) if since else -1
    sets = _sets(issue)
    found: list[Revision] = []
    for journal in reversed(records(issue.get("journals"))):
        number = text(journal.get("id"))
        if whole(number) <= point:
            break
        told = {**_attributes(home, journal), **_customs(home, journal, sets)}
        found += [
            Revision(number, moment(journal.get("created_on")), actor(journal.get("user")), name, old, new,
                     known.get(number))
            for name, (old, new) in told.items()
        ]  # fmt: skip
    return tuple(reversed(found))


def _attributes(home: Home, journal: Json) -> dict[str, tuple[Value, Value]]:
    named = ((BY_NATIVE.get(text(one.get("name"))), one) for one in detail(journal, "attr"))
    return {
        key: (logged(home, key, one.get("old_value")), logged(home, key, one.get("new_value")))
        for key, one in named
        if key is not None
    }


def _sets(issue: Json) -> dict[str, list[str]]:
    """The values of lists as they are now; going back in time they become what they were."""
    rows = records(issue.get("custom_fields"))
    return {text(row.get("id")): _strings(row.get("value")) for row in rows if isinstance(row.get("value"), list)}


def _strings(value: object) -> list[str]:
    return [text(one) for one in value] if isinstance(value, list) else []


def _customs(home: Home, journal: Json, sets: dict[str, list[str]]) -> dict[str, tuple[Value, Value]]:
    """Changes of custom fields; a list tells each value that came or went in a line of its own."""
    found: dict[str, tuple[Value, Value]] = {}
    for one in detail(journal, "cf"):
        number, old, new = text(one.get("name")), one.get("old_value"), one.get("new_value")
        if number == home.marker() or format_of(home, number) is None:
            continue
        if number not in sets:
            found[CUSTOM + number] = (custom(home, number, old), custom(home, number, new))
            continue
        after = found.get(CUSTOM + number, (None, custom(home, number, sets[number])))[1]
        gone, came = text(new), text(old)
        sets[number] = [value for value in sets[number] if value != gone] + ([came] if came else [])
        found[CUSTOM + number] = (custom(home, number, sets[number]), after)
    return found
