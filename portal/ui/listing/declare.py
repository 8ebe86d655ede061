"""What a room declares of a list: its columns, its rows, and the acts that work on many rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from portal.access.subject import Subject
from portal.ui.listing.imports import Importer

#: the row of any list; each room knows its own model
Row = Any
#: what a cell holds before it is drawn or exported
Value = str | int | float | bool | date | datetime | list[Any] | tuple[Any, ...] | None
Choices = Sequence[tuple[str, str]]


class Filter(StrEnum):
    """How a column is narrowed."""

    NONE = "none"
    #: contains, without regard to case
    TEXT = "text"
    #: one or several of a list
    CHOICE = "choice"
    YES_NO = "yes-no"
    #: from one day to another, both included, in the reader's time zone
    DAYS = "days"


class Show(StrEnum):
    """How a cell is drawn; the export takes the same value without the drawing."""

    TEXT = "text"
    #: the row's own name, linked to its page
    LINK = "link"
    TAG = "tag"
    MONO = "mono"
    STATE = "state"
    WHEN = "when"
    YES_NO = "yes-no"
    NUMBER = "number"
    #: an id of a company, or several
    COMPANIES = "companies"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `value` gives the cell; a choice gives its word. `sort` is a field path or expression that is never null
    (wrap with Coalesce), `filter` how it is narrowed: `lookup` is the field path for text, choice and days, and
    `where` the condition for yes. `plain` replaces `value` in exports. `shown` = visible before anybody chooses.
    """

    key: str
    label: str
    value: Callable[[Row], Value]
    show: Show = Show.TEXT
    sort: str | Combinable | None = None
    filter: Filter = Filter.NONE
    lookup: str = ""
    where: Q | None = None
    #: how a filter's value becomes a condition, where a lookup is not enough
    narrow: Callable[[Any], Q] | None = None
    choices: Choices | Callable[[], Choices] = ()
    shown: bool = True
    plain: Callable[[Row], Value] | None = None
    #: the word of a state that the look does not know
    word: Callable[[Row], str] | None = None

    def offered(self) -> Choices:
        """The choices of a filter."""
        return self.choices() if callable(self.choices) else self.choices


@dataclass(frozen=True, slots=True)
class Edit:
    """A field that may be changed on many rows at once.

    `ask` gives the form's field for the subject; `now` the row's value as a word; `told` the new value as a word;
    `change` does it through the room's own service, one row, and raises a Fault where that is refused.
    """

    key: str
    label: str
    ask: Callable[[Subject], forms.Field]
    now: Callable[[Row], str]
    told: Callable[[Any], str]
    change: Callable[[Subject, Row, Any], object]


@dataclass(frozen=True, slots=True)
class Teaching:
    """What an empty list says: what the thing is, why there is none, and the button that fills it."""

    icon: str
    title: str
    sentence: str
    action: str = ""
    url_name: str = ""


def nothing_more(rows: Sequence[Row], by: Subject) -> None:
    """A list whose rows come complete from the database."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list. `rows` gives what the subject may see, already through the guard; each row has a `uid`.

    `word` and `words` name one and many. `find` lists the field paths that the search box looks into. `prepare`
    puts what a page of rows needs from elsewhere onto the rows, in a fixed number of queries. `address` is the
    URL name of the list's page, `lead` the sentence under its title; `link` leads to one row.
    """

    key: str
    word: str
    words: str
    address: str
    lead: str
    columns: tuple[Column, ...]
    rows: Callable[[Subject], QuerySet[Any]]
    empty: Teaching
    link: Callable[[Row], str]
    find: tuple[str, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    prepare: Callable[[Sequence[Row], Subject], None] = nothing_more
    edits: tuple[Edit, ...] = ()
    importer: Importer | None = None
    #: whether the subject may change rows at all: without it neither bulk edit nor import is offered
    changes: Callable[[Subject], bool] = field(default=lambda by: False)
    #: the place above in the crumbs: its word and URL name
    above: tuple[str, str] | None = None
    #: lists of what belongs to these rows: word and URL name
    beside: tuple[tuple[str, str], ...] = ()
    #: the one thing that a page of rows belongs to under these filters, if any, and the template of its tabs
    within: Callable[[Mapping[str, object], Sequence[Row]], object | None] = lambda filters, rows: None
    tabs: str = ""

    def column(self, key: str) -> Column | None:
        """One column by key."""
        return next((column for column in self.columns if column.key == key), None)


_known: dict[str, Listing] = {}


def register_listing(listing: Listing) -> Listing:
    """Make a list known to exports, views, bulk edits and imports; called when the process starts."""
    _known[listing.key] = listing
    return listing


def listing_of(key: str) -> Listing | None:
    """The list with this key."""
    return _known.get(key)
