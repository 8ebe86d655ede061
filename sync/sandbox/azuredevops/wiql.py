"""The part of WIQL that the practice organisation understands: from text to a tree, with the service's complaints."""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?P<field>\[[^\]]+\])|(?P<op><>|<=|>=|=|<|>)"""
    r"""|(?P<mark>[(),])|(?P<number>[+-]?\s*\d+(?:\.\d+)?)|(?P<word>@?[A-Za-z_][\w.]*))""",
    re.VERBOSE,
)
MAX_LENGTH = 32_000
#: operators of several words, longest first
WORDS = (
    ("not", "contains", "words"),
    ("contains", "words"),
    ("not", "contains"),
    ("not", "under"),
    ("not", "in"),
    ("was", "ever"),
    ("is", "not", "empty"),
    ("is", "empty"),
    ("contains",),
    ("under",),
    ("in",),
    ("ever",),
)


class BadQuery(Exception):
    """A query that the service refuses; the message is the service's."""


@dataclass(frozen=True, slots=True)
class Word:
    """One token. `kind` is text, field, op, mark, number or word."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison; `shift` is what is added to a macro such as @today - 3."""

    field: str
    operator: str
    values: tuple[Word, ...]
    shift: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """AND, OR or NOT over nodes."""

    word: str
    nodes: "tuple[Group | Clause, ...]"


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query: fields that are shown, the condition, (field, descending) of its order."""

    columns: tuple[str, ...]
    where: Group | Clause | None
    order: tuple[tuple[str, bool], ...] = ()


def parse(text: str) -> Query:
    """The tree of a query. Raises BadQuery."""
    if len(text) > MAX_LENGTH:
        raise BadQuery("VS402316: The query is longer than 32000 characters.")
    return _Reader(_words(text)).query()


def _words(text: str) -> list[Word]:
    found: list[Word] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = TOKEN.match(text, place)
        if match is None:
            raise BadQuery(
                f"TF51006: The query statement has a stray character or an open quotation mark at {place}."
            )
        kind = str(match.lastgroup)
        value = match.group(kind)
        if kind == "text":
            value = value[1:-1].replace(value[0] * 2, value[0])
        found.append(Word(kind, value.strip("[]") if kind == "field" else value))
        place = match.end()
    return found


class _Reader:
    """Reads words into a query."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.at = 0

    def query(self) -> Query:
        """SELECT … FROM WorkItems [WHERE …] [ORDER BY …]."""
        self._need("select")
        columns = [self._field()]
        while self._take(","):
            columns.append(self._field())
        self._need("from")
        self._need("workitems")
        where = self._any() if self._take("where") else None
        order = self._order() if self._take("order") else ()
        if self.at < len(self.words):
            raise BadQuery(f"TF51006: The query statement has a stray «{self.words[self.at].value}».")
        return Query(tuple(columns), where, order)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._need("by")
        found = []
        while True:
            name = self._field()
            descending = self._take("desc")
            if not descending:
                self._take("asc")
            found.append((name, descending))
            if not self._take(","):
                return tuple(found)

    def _any(self) -> Group | Clause:
        nodes = [self._all()]
        while self._take("or"):
            nodes.append(self._all())
        return nodes[0] if len(nodes) == 1 else Group("or", tuple(nodes))

    def _all(self) -> Group | Clause:
        nodes = [self._one()]
        while self._take("and"):
            nodes.append(self._one())
        return nodes[0] if len(nodes) == 1 else Group("and", tuple(nodes))

    def _one(self) -> Group | Clause:
        if self._take("not"):
            return Group("not", (self._one(),))
        if self._take("("):
            found = self._any()
            self._need(")")
            return found
        return self._clause()

    def _clause(self) -> Clause:
        name, operator = self._field(), self._operator()
        if operator.endswith("empty"):
            return Clause(name, operator, ())
        if operator in ("in", "not in"):
            self._need("(")
            values = [self._value()]
            while self._take(","):
                values.append(self._value())
            self._need(")")
            return Clause(name, operator, tuple(values))
        value = self._value()
        return Clause(name, operator, (value,), self._shift() if value.value.startswith("@") else 0.0)

    def _shift(self) -> float:
        """The days after a macro: @today - 3 is one or two words."""
        if self.at < len(self.words) and self.words[self.at].kind == "number":
            self.at += 1
            return float(self.words[self.at - 1].value.replace(" ", ""))
        return 0.0

    def _operator(self) -> str:
        if self.at < len(self.words) and self.words[self.at].kind == "op":
            self.at += 1
            return self.words[self.at - 1].value
        for words in WORDS:
            there = [one.value.casefold() for one in self.words[self.at : self.at + len(words)]]
            if there == list(words):
                self.at += len(words)
                return " ".join(words)
        raise BadQuery("TF51005: The query references an operator that does not exist.")

    def _field(self) -> str:
        if self.at < len(self.words) and self.words[self.at].kind in ("field", "word"):
            self.at += 1
            return self.words[self.at - 1].value
        raise BadQuery("TF51006: The query statement is missing a field.")

    def _value(self) -> Word:
        if self.at < len(self.words) and self.words[self.at].kind in ("text", "number", "word", "field"):
            self.at += 1
            return self.words[self.at - 1]
        raise BadQuery("TF51006: The query statement is missing a value.")

    def _take(self, word: str) -> bool:
        here = self.words[self.at] if self.at < len(self.words) else None
        if here is not None and here.kind in ("word", "mark") and here.value.casefold() == word:
            self.at += 1
            return True
        return False

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise BadQuery(f"TF51006: The query statement is missing {word.upper()}.")
