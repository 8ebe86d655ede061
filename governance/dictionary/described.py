"""What a system's own description makes of terms: fields as proposed terms, and how a field moved since; pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.utils.text import slugify

from governance.dictionary.inforce import Word
from governance.dictionary.rules import MOST_VALUES, RESERVED, TermDraft
from governance.dictionary.values import ValueList, value_list, wrong

Json = Mapping[str, object]
#: portable field type → what a term of it holds; another one is text
TYPES = {
    "text": "text",
    "rich": "rich",
    "option": "choice",
    "status": "choice",
    "options": "labels",
    "labels": "labels",
    "number": "number",
    "date": "date",
    "datetime": "date",
    "user": "person",
}
NONE = ValueList()
UNITS = {"chars": "characters", "bytes": "bytes", "utf16": "UTF-16 units"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field as its system describes it. `max_length` is in `unit`; options are keys with labels."""

    key: str
    label: str
    type: str
    required: bool = False
    max_length: int | None = None
    unit: str = "chars"
    options: ValueList = NONE

    @property
    def told(self) -> dict[str, object]:
        """What is kept of it, to see later how it moved."""
        return {
            "label": self.label,
            "type": self.type,
            "max_length": self.max_length,
            "unit": self.unit,
            "options": list(self.options.keys),
        }

    @property
    def holds(self) -> str:
        """The type of term that it makes: a list that no dictionary could hold is text."""
        kind = TYPES.get(self.type, "text")
        fits = self.options.keys and len(self.options.keys) <= MOST_VALUES and not wrong(self.options)
        return "text" if kind == "choice" and not fits else kind


@dataclass(frozen=True, slots=True)
class Moved:
    """One way in which a field is no longer as it was taken, and what to do about it."""

    sentence: str
    advice: str


def fields_of(body: Json) -> dict[str, Field]:
    """The fields of a stored description (sync.engine.types.Schema as JSON), by key, in its order."""
    found = {}
    for row in cast(Sequence[Json], body.get("fields") or ()):
        options = cast(Sequence[Json], row.get("options") or ())
        keys = [str(one["value"]) for one in options]
        found[str(row["key"])] = Field(
            key=str(row["key"]),
            label=str(row.get("label") or row["key"]),
            type=str(row.get("type") or ""),
            required=bool(row.get("required")),
            max_length=cast(int | None, row.get("max_length")),
            unit=str(row.get("unit") or "chars"),
            options=value_list(keys, [str(one.get("label") or one["value"]) for one in options]),
        )
    return found


def proposed(field: Field, taken: Collection[str]) -> TermDraft:
    """A field as a term: name out of its label, type, longest text and values; the rest is for people to say."""
    holds = field.holds
    values = field.options if holds == "choice" else NONE
    long = holds in {"text", "rich"} and field.unit == "chars" and field.max_length is not None
    return TermDraft(
        name=named(field, taken),
        label=field.label.strip()[:80] or field.key[:80],
        type=holds,
        allowed=values.keys,
        allowed_labels=values.labels,
        max_length=min(field.max_length or 1, 1_000_000) if long else None,
        classification="personal" if holds == "person" else "internal",
        path=field.type == "status" and holds == "choice",
        mandatory=field.required,
    )


def named(field: Field, taken: Collection[str]) -> str:
    """A free name for a field: its label in small letters and hyphens, else its key."""
    for text in (field.label, field.key):
        name = slugify(text.replace("_", "-"))[:36].strip("-")
        name = name if name[:1].isalpha() else f"field-{name}"[:36].strip("-")
        if name != "field":
            break
    if name in RESERVED:
        name = f"{name}-field"
    found, number = name, 2
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    return found


def moved(told: Json, now: Field | None, term: Word | None) -> list[Moved]:
    """How a field is no longer as it was taken. `now` = as described today, `term` = in the newest version.

    1. it is gone; 2. it is of another type; 3. it takes less or more; 4. options came or went.
    """
    if now is None:
        return [
            Moved(
                f"{told.get('label') or 'The field'} is no longer there.",
                "Choose another field in your rules, or take the term out in the next version.",
            )
        ]
    found = []
    if told.get("type") != now.type:
        what = f"It was {told.get('type') or 'unknown'}, and is {now.type or 'unknown'}."
        found.append(
            Moved(what, "See whether your rules still hold, and change the term's type in the next version.")
        )
    found += lengths(cast(int | None, told.get("max_length")), now, term)
    found += options(cast(Sequence[str], told.get("options") or ()), now, term)
    return found


def lengths(before: int | None, now: Field, term: Word | None) -> Iterable[Moved]:
    """That it takes more or less than it did."""
    if before == now.max_length:
        return
    unit = UNITS.get(now.unit, now.unit)
    was, is_ = (f"{one:,} {unit}" if one else "any length" for one in (before, now.max_length))
    longest = term.max_length if term else None
    tight = now.max_length is not None and (longest is None or longest > now.max_length)
    advice = (
        f"Let your incoming line cut or park at {now.max_length:,}, or shorten the term in the next version."
        if tight
        else "Nothing has to be done: what the term allows fits."
    )
    yield Moved(f"It took {was}, and takes {is_}.", advice)


def options(before: Sequence[str], now: Field, term: Word | None) -> Iterable[Moved]:
    """That values came or went."""
    gone = [one for one in before if one not in now.options.keys]
    new = [one for one in now.options.keys if one not in before]
    if gone:
        still = [one for one in gone if term is not None and one in term.allowed]
        advice = (
            f"The term still allows {quoted(still)}: map it to another value, or take it out in the next version."
            if still
            else "Look at the value map of your rules: it may still name what is gone."
        )
        yield Moved(f"It has no {quoted(gone)} any more.", advice)
    if new:
        yield Moved(
            f"It has {quoted(new)} now.", "Map it in your rules, and add it to the term if the parties want it."
        )


def quoted(values: Sequence[str]) -> str:
    """Values as a sentence lists them."""
    told = ", ".join(f"“{value}”" for value in values[:5])
    return told + (f" and {len(values) - 5} more" if len(values) > 5 else "")
