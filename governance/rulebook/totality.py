"""Whether rules fit the system as it is: every value has a way, every text room, every duty is met; pure.

All of it is read off the system's own description (`Described`); what a system does not tell is not checked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from governance.rulebook.expressions import KINDS, fields_named, wrong_source
from governance.rulebook.rules import Line, RuleSet

#: portable field type → term types that go into it, or come out of it, without an expression
FITS: dict[str, frozenset[str]] = {
    "text": frozenset({"text", "rich", "choice", "number", "date", "person"}),
    "rich": frozenset({"text", "rich", "choice", "number", "date", "person"}),
    "option": frozenset({"choice", "text"}),
    "status": frozenset({"choice", "text"}),
    "options": frozenset({"labels"}),
    "labels": frozenset({"labels"}),
    "number": frozenset({"number"}),
    "boolean": frozenset({"choice", "text"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"date"}),
    "user": frozenset({"person", "text"}),
}
#: only out of these does a value leave as it is, though not everything can be written into them
OUT_ONLY = {"number": frozenset({"text"}), "date": frozenset({"text"}), "datetime": frozenset({"text"})}
WORDS = {"text": "a text", "rich": "a rich text", "choice": "one of a list", "labels": "a list", "options": "a list"}
CHOSEN = frozenset({"option", "status", "options"})


@dataclass(frozen=True, slots=True)
class Word:
    """An agreed term as the checks need it. `max_length` is in characters."""

    name: str
    label: str
    path: bool = False
    allowed: tuple[str, ...] = ()
    type: str = ""
    max_length: int | None = None
    classification: str = ""
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field as its system describes it. `type` is sync.engine.types.FieldType, `max_length` is in `unit`."""

    key: str
    label: str
    type: str = ""
    required: bool = False
    writable: bool = True
    max_length: int | None = None
    unit: str = "chars"
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Described:
    """One kind of item as its system describes it; no fields = it has not told yet. `moves` are (from, to).

    `tried` is the filter that was tried in it last, `wrong` its complaint about that; None = none was tried.
    """

    fields: Mapping[str, Field] = field(default_factory=dict)
    moves: tuple[tuple[str, str], ...] = ()
    tried: str | None = None
    wrong: str = ""


def described(body: Mapping[str, object], tried: Mapping[str, object] | None = None) -> Described:
    """A stored description (sync.engine.types.Schema as JSON), and the answer about the filter tried last."""
    found = {}
    for row in cast(list[Mapping[str, object]], body.get("fields") or []):
        options = cast(list[Mapping[str, object]], row.get("options") or [])
        found[str(row["key"])] = Field(
            key=str(row["key"]),
            label=str(row.get("label") or row["key"]),
            type=str(row.get("type") or ""),
            required=bool(row.get("required", False)),
            writable=bool(row.get("writable", True)),
            max_length=cast(int | None, row.get("max_length")),
            unit=str(row.get("unit") or "chars"),
            options=tuple(str(option["value"]) for option in options),
        )
    moves = cast(list[tuple[object, object]], body.get("moves") or [])
    query, wrong = (str(tried.get("query") or ""), str(tried.get("wrong") or "")) if tried else (None, "")
    return Described(found, tuple((str(one), str(two)) for one, two in moves), query, wrong)


def out_holes(line: Line, word: Word, about: Described) -> Iterable[str]:
    """What does not fit in one outgoing line.

    1. the field is there; 2. its type fits the term, or an expression makes it fit; 3. every option that it has
    ends as an allowed value: by the map, by passing as it is, or by the default.
    """
    known = about.fields.get(line.field)
    name = f"{line.field} → {word.label}"
    if known is None:
        if about.fields:
            yield f"{name}: your system has no field {line.field}. Choose another one, or read the fields anew."
        return
    fits = FITS.get(known.type, frozenset()) | OUT_ONLY.get(known.type, frozenset())
    if line.expr:
        yield from expression_holes(name, line, KINDS.get(known.type, ""))
    elif known.type in FITS and word.type and word.type not in fits and not (line.values and known.type in CHOSEN):
        yield f"{name}: {kind_of(known.type)} does not become {kind_of(word.type)}. Choose another field or term."
    if line.expr or not known.options or not word.allowed:
        return
    mapped = {left for left, _ in line.values}
    missing = [one for one in known.options if one not in mapped and hole(line, one, word.allowed)]
    if missing:
        yield f"{name}: the value map has a hole. It says nothing of {quoted(missing)}, which {known.label} can have."


def in_holes(line: Line, word: Word, about: Described) -> Iterable[str]:
    """What does not fit in one incoming line.

    1. the field is there and can be written; 2. its type fits the term, or an expression makes it fit; 3. every
    allowed value ends as an option of the field; 4. the longest agreed text finds room, or the line says what
    becomes of a longer one; 5. what is written into a status can be reached in the workflow, where that is told.
    """
    known = about.fields.get(line.field)
    name = f"{word.label} → {line.field}"
    if known is None and about.fields:
        yield f"{name}: your system has no field {line.field}. Choose another one, or read the fields anew."
        return
    if line.expr:
        yield from expression_holes(name, line, KINDS.get(word.type, ""))
    if known is not None and not known.writable:
        yield f"{name}: your system lets nobody write {known.label}. Choose another field."
    fits = FITS.get(known.type, frozenset()) if known else frozenset()
    if known and word.type and fits and not line.expr and not line.values and word.type not in fits:
        yield f"{name}: {kind_of(word.type)} does not go into {kind_of(known.type)}. Choose another field or term."
    yield from value_holes(name, line, word, known)
    if known is not None:
        yield from length_holes(name, line, word, known)
        if known.type == "status" and about.moves:
            reached = {to for _, to in about.moves}
            stuck = [to for to in targets(line, word) if to in known.options and to not in reached]
            if stuck:
                yield f"{name}: no transition of your workflow leads to {quoted(stuck)}. Map to another status."


def value_holes(name: str, line: Line, word: Word, known: Field | None) -> Iterable[str]:
    """Allowed values without an entry, and entries that lead to nothing that the field can have."""
    options = known.options if known else ()
    mapped = {left for left, _ in line.values}
    if word.allowed and not line.expr:
        missing = [one for one in word.allowed if one not in mapped and hole(line, one, options)]
        if missing:
            yield f"{name}: the value map has a hole. It says nothing of {quoted(missing)}, which is agreed."
    strange = [to for to in targets(line, word, passing=False) if options and to not in options]
    if strange and known is not None and known.type in CHOSEN:
        yield f"{name}: {known.label} has no option {quoted(strange)}. It can have {quoted(options[:12])}."


def length_holes(name: str, line: Line, word: Word, known: Field) -> Iterable[str]:
    """A text that may arrive longer than the field takes, while no rule says what becomes of it."""
    if not known.max_length or known.type not in {"text", "rich"} or word.allowed:
        return
    if word.max_length and word.max_length <= known.max_length and known.unit != "bytes":
        return
    if line.max_length and line.max_length <= known.max_length:
        return
    longest = f"up to {word.max_length:,} characters" if word.max_length else "any length"
    yield (
        f"{name}: {word.label} may have {longest}, {known.label} takes {known.max_length:,} {known.unit}. "
        f"Set the longest text to {known.max_length} or less, and whether a longer one is cut or parks."
    )


def duties(rules: RuleSet, about: Described) -> Iterable[tuple[str, str]]:
    """(field, sentence) of what a new item must have and neither a fixed value nor an incoming line gives."""
    if not rules.accept:
        return
    given = {name for name, _ in rules.fixed} | {line.field for line in rules.incoming if line.only is None}
    for one in about.fields.values():
        if one.required and one.writable and one.key not in given:
            yield (
                one.key,
                f"{one.label} ({one.key}) must have a value in a new item, and nothing gives it one. "
                "Add a fixed value, or an incoming line.",
            )


def unknown_fields(rules: RuleSet, about: Described) -> Iterable[tuple[str, str]]:
    """(place, sentence) of fields that conditions, fixed values or the expression name and that do not exist."""
    if not about.fields:
        return
    places = [("scope", one.field) for one in rules.scope] + [("scope", one) for one in fields_named(rules.where)]
    places += [("fixed", name) for name, _ in rules.fixed]
    places += [("only", line.only.field) for line in rules.incoming if line.only is not None]
    places += [("closed", rules.closed_field)] if rules.closed else []
    for place, name in places:
        if name not in about.fields:
            yield place, f"Your system has no field {name}. Choose another one, or read the fields anew."


def expression_holes(name: str, line: Line, kind: str) -> Iterable[str]:
    """What is wrong with an expression once the type of its value is known."""
    wrong = wrong_source(line.expr, kind=kind)
    if wrong:
        yield f"{name}: the expression does not fit. {wrong}"


def hole(line: Line, value: str, ends: tuple[str, ...]) -> bool:
    """Whether a value without an entry falls through: it parks, or passes on into what cannot hold it."""
    return line.unmapped == "park" or (line.unmapped == "pass" and bool(ends) and value not in ends)


def targets(line: Line, word: Word, *, passing: bool = True) -> list[str]:
    """What an incoming line can write, as far as its map, its default and the allowed values tell."""
    found = [to for _, to in line.values if to]
    mapped = {left for left, _ in line.values}
    if line.unmapped == "default" and line.default:
        found.append(line.default)
    elif passing and line.unmapped == "pass":
        found += [one for one in word.allowed if one not in mapped]
    return list(dict.fromkeys(found))


def kind_of(type_: str) -> str:
    """A type as a sentence names it."""
    return WORDS.get(type_, f"a {type_}")


def quoted(values: Iterable[str]) -> str:
    """Values as a sentence lists them."""
    return ", ".join(f"'{value}'" for value in values)
