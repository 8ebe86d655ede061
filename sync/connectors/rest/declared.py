"""A company's declaration of its REST interface: sections of "name = value" lines, checked as a whole."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from portal.core.errors import Misconfigured
from sync.connectors.rest.shape import Address, Body, Path, Unclear
from sync.engine.types import FieldType

T = TypeVar("T")
#: (setting, what is wrong with it)
Wrong = list[tuple[str, str]]
#: "subject = $.subject text 120 required: one | two"
LINE = re.compile(r"([a-z_][a-z0-9_]*)\s*=\s*(\S.*)")
TYPES = {one.value: one for one in FieldType}
#: what a name of a section holds: a path, an address to read or to write, a JSON body, or plain words
PATHS = frozenset({
    *("rows", "next", "id", "updated", "created", "version", "label", "marker", "locked", "reporter", "item"),
    *("reporter_name", "body", "author", "author_name", "at", "edited", "public", "private", "made", "name", "type"),
    *("size", "of", "field", "old", "new", "actor", "actor_name", "me_id", "me_name", "error", "error_field"),
})  # fmt: skip
READS = frozenset({"list", "read", "find", "me"})
WRITES = frozenset({"create", "update", "edit"})
BODIES = frozenset({"create_body", "update_body", "edit_body"})
#: section → (names it must have, names it may have)
SECTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "records": (
        ("list", "rows", "id", "updated", "read"),
        (
            *("next", "item", "label", "web", "created", "version", "marker", "find", "locked", "reporter"),
            *("reporter_name", "create", "create_body", "update", "update_body"),
        ),
    ),
    "comments": (
        ("list", "rows", "id", "body", "at"),
        (
            *("next", "author", "author_name", "edited", "public", "private", "marker", "made"),
            *("create", "create_body", "edit", "edit_body"),
        ),
    ),
    "files": (
        ("list", "rows", "id", "name", "at", "read"),
        ("next", "type", "size", "of", "author", "author_name", "public", "private", "marker", "made", "create"),
    ),
    "history": (("list", "rows", "id", "at", "field", "new"), ("next", "old", "actor", "actor_name", "marker")),
    "sign_in": ((), ("scheme", "token_url", "scope", "me", "me_id", "me_name", "error", "error_field")),
    "webhook": (("signature", "id"), ("delivery",)),
}
#: what a section that creates must have: a write whose answer is lost is known again by its marker
MARKED = {"records": ("marker", "find"), "comments": ("marker",), "files": ("marker",)}
PLACES = frozenset({"id", "since", "page", "next", "marker", "part", "name"})
SAID = frozenset({"marker", "body", "public", "private", "name"})


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a record: where it stands and what it takes."""

    key: str
    path: Path
    type: FieldType
    max_length: int | None = None
    required: bool = False
    writable: bool = True
    options: tuple[str, ...] = ()


@dataclass(slots=True)
class Section:
    """One section: its paths, addresses, bodies and words by name."""

    paths: dict[str, Path] = field(default_factory=dict)
    addresses: dict[str, Address] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        """Whether all of these are declared."""
        return all(
            name in self.paths or name in self.addresses or name in self.bodies or name in self.words
            for name in names
        )

    def first(self, name: str, document: object) -> object:
        """What a path of this section leads to; None where it is not declared."""
        path = self.paths.get(name)
        return None if path is None else path.first(document)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A whole declaration. `kind` is what one record is called."""

    kind: str
    fields: dict[str, FieldLine]
    sections: Mapping[str, Section]

    def __getitem__(self, name: str) -> Section:
        return self.sections.get(name) or Section()

    def field_named(self, told: str) -> str:
        """The field that the interface's own history or refusals call so; "" for none of ours."""
        if told in self.fields:
            return told
        leaves = {one.path.text.rpartition(".")[2]: key for key, one in self.fields.items()}
        return leaves.get(told.rpartition(".")[2], "")


def declared(settings: Mapping[str, str]) -> Declaration:
    """The declaration in a system's settings. Raises Misconfigured with a sentence for each line that is wrong."""
    found, wrong = _taken(settings)
    if wrong:
        raise Misconfigured("The declaration cannot be used. " + ". ".join(said for _, said in wrong) + ".")
    return found


def problems(settings: Mapping[str, str]) -> dict[str, str]:
    """Setting → what is wrong with it, as sentences; empty when the declaration can be used."""
    found: dict[str, str] = {}
    for name, said in _taken(settings)[1]:
        found[name] = f"{found[name]} {said}." if name in found else f"{said}."
    return found


def _taken(settings: Mapping[str, str]) -> tuple[Declaration, Wrong]:
    wrong: Wrong = []
    kind = settings.get("kind", "").strip()
    if not kind:
        wrong.append(("kind", "Kind: say what one record is called, for example order"))
    fields = dict(_each("fields", settings.get("fields", ""), wrong, _field))
    if not fields:
        wrong.append(("fields", "Fields: declare at least one, as in subject = $.subject text 120"))
    names = frozenset(fields)
    sections = {
        name: _section(name, settings[name], names, wrong) for name in SECTIONS if settings.get(name, "").strip()
    }
    for name, needs in MARKED.items():
        if name in sections and sections[name].has("create") and not sections[name].has(*needs):
            said = f"{title(name)}: create needs {' and '.join(needs)}, or a lost answer makes a double"
            wrong.append((name, said))
    if "records" not in sections:
        wrong.append(("records", "Records: say where they are listed and read"))
    return Declaration(kind, fields, sections), wrong


def title(name: str) -> str:
    """A section's name as a person reads it."""
    return name.replace("_", " ").capitalize()


def _section(name: str, text: str, fields: frozenset[str], wrong: Wrong) -> Section:
    must, may = SECTIONS[name]
    section = Section()

    def taken(key: str, value: str) -> str:
        if key not in must + may:
            raise Unclear(f"there is no {key}; known are {', '.join(must + may)}")
        _take(section, name, key, value, fields)
        return value

    found = dict(_each(name, text, wrong, taken))
    wrong += [(name, f"{title(name)}: {key} is missing") for key in must if key not in found]
    return section


def _take(section: Section, name: str, key: str, value: str, fields: frozenset[str]) -> None:
    """Put one line of a section where it belongs. Raises Unclear."""
    if key in WRITES:
        section.addresses[key] = Address.parse(value, PLACES, writes=True)
    elif key in READS:
        section.addresses[key] = Address.parse(value, PLACES)
    elif key in BODIES:
        section.bodies[key] = Body.parse(value, (fields | {"marker"}) if name == "records" else SAID)
    elif key in PATHS and not (key == "public" and value == "always"):
        section.paths[key] = Path.parse(value)
        if name == "records" and key in ("item", "marker"):
            section.paths[key].names()
    else:
        section.words[key] = value


def _field(key: str, value: str) -> FieldLine:
    """One field line. Raises Unclear."""
    head, _, tail = value.partition(":")
    path, *words = head.split()
    kind, length, rest = FieldType.TEXT, None, []
    for word in words:
        if word in TYPES:
            kind = TYPES[word]
        elif word.isdecimal():
            length = int(word)
        else:
            rest.append(word)
    strange = [word for word in rest if word not in ("required", "readonly")]
    if strange:
        raise Unclear(f"“{strange[0]}” is neither a type ({', '.join(TYPES)}) nor a length, required or readonly")
    options = tuple(one.strip() for one in tail.split("|") if one.strip())
    found = FieldLine(key, Path.parse(path), kind, length, "required" in rest, "readonly" not in rest, options)
    if found.writable:
        found.path.names()
    return found


def _each(name: str, text: str, wrong: Wrong, take: Callable[[str, str], T]) -> list[tuple[str, T]]:
    """Every line of a text, taken; what is wrong with a line is noted, with its number."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = LINE.fullmatch(line.strip())
        try:
            if match is None:
                raise Unclear("write it as name = value")
            found.append((match.group(1), take(match.group(1), match.group(2).strip())))
        except Unclear as error:
            wrong.append((name, f"{title(name)}, line {number}: {error}"))
    return found
