"""What a room declares of an import: the columns of the file, the verdict on every row, and the write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.ui.listing.sheets import Sheet


class Kind(StrEnum):
    """What an import would do with one row of the file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file. Its key and its label are both read as its heading; `sample` fills the template."""

    key: str
    label: str
    required: bool = False
    help: str = ""
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """One row of a file: its number there, and the text under each known heading. Absent = no such column."""

    n: int
    cells: Mapping[str, str]
    #: what the reader found wrong with the row itself
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would become of one row. `before` and `after` hold only what differs, by field key."""

    kind: Kind
    label: str
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    sentence: str = ""
    #: the key of the field that is refused, "" for the row as a whole
    column: str = ""


@dataclass(frozen=True, slots=True)
class Importer:
    """How a list is filled from a file.

    `opened` raises Denied or BadInput when the subject may not write there, and says where the rows go; `into` is
    the uid of what they go into (a dictionary), None for the acting company. `judge` reads and writes nothing;
    `write` stores the rows that are new or changed through the room's own services, in the caller's transaction.
    """

    fields: tuple[Field, ...]
    opened: Callable[[Subject, UUID | None], str]
    judge: Callable[[Subject, UUID | None, Sequence[Typed]], list[Verdict]]
    write: Callable[[Subject, UUID | None, Sequence[Typed]], None]
    #: the heading by which a row is recognised
    key: str
    #: holds what the rows are judged against until the transaction ends
    lock: Callable[[Subject, UUID | None], None] = lambda by, into: None
    rows: int = 10_000
    #: whether rows go into one thing that has to be named
    inside: bool = False


def typed(sheet: Sheet, importer: Importer) -> tuple[list[Typed], list[str]]:
    """The rows under their fields, and sentences about headings that were left out.

    1. match each heading with a field by key or label, without regard to case, spaces and hyphens; 2. refuse a
    heading that comes twice and a required one that is missing; 3. refuse a file with more rows than the list
    takes; 4. name the headings that nobody knows.
    """
    known = {folded(name): one for one in importer.fields for name in (one.key, one.label)}
    places: dict[str, int] = {}
    strange = []
    for place, heading in enumerate(sheet.header):
        found = known.get(folded(heading))
        if found is None:
            if heading:
                strange.append(heading)
            continue
        if found.key in places:
            raise BadInput(f"The column “{found.label}” comes twice. Keep one of the two.", code="column-twice")
        places[found.key] = place
    missing = [one.label for one in importer.fields if one.required and one.key not in places]
    if missing:
        raise BadInput(
            f"The file has no column {quoted(missing)}. Its first row must hold the headings; "
            f"it reads: {', '.join(sheet.header[:12]) or 'nothing'}.",
            code="column-missing",
        )
    if len(sheet.rows) > importer.rows:
        raise BadInput(
            f"The file has {len(sheet.rows):,} rows; an import takes {importer.rows:,}. Split it.",
            code="too-many-rows",
        )
    rows = [
        Typed(line.n, {key: line.cells[at] if at < len(line.cells) else "" for key, at in places.items()}, line.fault)
        for line in sheet.rows
    ]
    notes = [f"Left out, because this list has no such column: {quoted(strange)}."] if strange else []
    return rows, notes


def folded(heading: str) -> str:
    """A heading as it is compared."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def quoted(names: Sequence[str]) -> str:
    """Names in quotation marks, the first ten."""
    return ", ".join(f"“{name[:60]}”" for name in names[:10])


def verdicts_of(rows: Sequence[Typed], key: str, judge: Callable[[Typed], Verdict]) -> list[Verdict]:
    """One verdict a row: the reader's fault first, then a key that comes twice, then the room's own judgement."""
    first: dict[str, int] = {}
    found = []
    for row in rows:
        name = row.cells.get(key, "")
        before = first.setdefault(name.casefold(), row.n)
        if row.fault:
            found.append(Verdict(Kind.REFUSED, name, sentence=row.fault))
        elif name and before != row.n:
            sentence = f"Row {before} has the same. Keep one of the two."
            found.append(Verdict(Kind.REFUSED, name, sentence=sentence, column=key))
        else:
            found.append(judge(row))
    return found


def compared(label: str, before: Mapping[str, str] | None, after: Mapping[str, str]) -> Verdict:
    """The verdict on a row that can be taken: new without a `before`, else what differs from it."""
    if before is None:
        return Verdict(Kind.NEW, label, {}, {key: value for key, value in after.items() if value})
    moved = [key for key, value in after.items() if before.get(key, "") != value]
    if not moved:
        return Verdict(Kind.SAME, label)
    return Verdict(
        Kind.CHANGED, label, {key: before.get(key, "") for key in moved}, {key: after[key] for key in moved}
    )


def refused(label: str, fault: BadInput) -> Verdict:
    """The verdict on a row that a service refuses: the first field that it names, with its sentence."""
    for column, sentence in fault.fields.items():
        return Verdict(Kind.REFUSED, label, sentence=sentence, column=column)
    return Verdict(Kind.REFUSED, label, sentence=fault.sentence)
