"""The part of JQL that the practice site understands: from text to a tree, with Jira's own complaints."""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<op><=|>=|!=|!~|=|<|>|~)|(?P<mark>[(),])"""
    r"""|(?P<word>[^\s()<>=!~,"']+))""",
    re.VERBOSE,
)
LISTS = ("in", "not in")
#: fields in ORDER BY at most
MAX_ORDER = 7


class BadQuery(Exception):
    """A query that Jira refuses; the message is Jira's."""


@dataclass(frozen=True, slots=True)
class Word:
    """One token. `kind` is text, op, mark or word; `at` its position from 1."""

    kind: str
    value: str
    at: int


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison. `operator` is lower case: =, !=, <, ~, in, not in, is, is not …"""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """AND, OR or NOT over nodes."""

    word: str
    nodes: "tuple[Group | Clause, ...]"


@dataclass(frozen=True, slots=True)
class Order:
    """One part of ORDER BY."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query; `where` None = everything."""

    where: Group | Clause | None
    order: tuple[Order, ...]


def parse(text: str) -> Query:
    """A query's tree. Raises BadQuery."""
    return _Reader(_tokens(text)).query()


def _tokens(text: str) -> list[Word]:
    found, place = [], 0
    while text[place:].strip():
        match = TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise BadQuery(
                f"Error in the JQL Query: The quoted string '{text[place:].strip()}' has not been completed. "
                f"(line 1, character {place + 1})"
            )
        value = match.group(match.lastgroup)
        if match.lastgroup == "text":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        found.append(Word(match.lastgroup, value, match.start(match.lastgroup) + 1))
        place = match.end()
    return found


class _Reader:
    """Reads tokens by recursive descent."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.place = 0

    def query(self) -> Query:
        where = None if self._at("order") or not self.words else self._or()
        order = self._order() if self._take("order") else ()
        if self.place < len(self.words):
            word = self.words[self.place]
            raise BadQuery(
                f"Error in the JQL Query: Expecting operator but got '{word.value}'. The valid operators are "
                "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'. "
                f"(line 1, character {word.at})"
            )
        return Query(where, order)

    def _at(self, *names: str) -> bool:
        if self.place >= len(self.words):
            return False
        word = self.words[self.place]
        return word.kind != "text" and word.value.lower() in names

    def _take(self, *names: str) -> bool:
        found = self._at(*names)
        self.place += found
        return found

    def _need(self, what: str) -> Word:
        if self.place >= len(self.words):
            raise BadQuery(f"Error in the JQL Query: Expecting {what} before the end of the query.")
        self.place += 1
        return self.words[self.place - 1]

    def _or(self) -> Group | Clause:
        nodes = [self._and()]
        while self._take("or", "||"):
            nodes.append(self._and())
        return nodes[0] if len(nodes) == 1 else Group("or", tuple(nodes))

    def _and(self) -> Group | Clause:
        nodes = [self._not()]
        while self._take("and", "&&"):
            nodes.append(self._not())
        return nodes[0] if len(nodes) == 1 else Group("and", tuple(nodes))

    def _not(self) -> Group | Clause:
        if self._take("not"):
            return Group("not", (self._not(),))
        if self._take("("):
            inner = self._or()
            if not self._take(")"):
                raise BadQuery("Error in the JQL Query: Expecting ')' before the end of the query.")
            return inner
        return self._clause()

    def _clause(self) -> Clause:
        field = self._need("a field name")
        if field.kind in ("op", "mark"):
            raise BadQuery(
                f"Error in the JQL Query: Expecting a field name but got '{field.value}'. "
                f"(line 1, character {field.at})"
            )
        operator = self._operator()
        values = self._list() if operator in LISTS else (self._value(),)
        return Clause(field.value.lower(), operator, values)

    def _operator(self) -> str:
        word = self._need("an operator")
        name = word.value.lower()
        if name == "is":
            return "is not" if self._take("not") else "is"
        if name == "not" and self._take("in"):
            return "not in"
        if word.kind == "op" or name == "in":
            return name
        if name in ("was", "changed"):
            raise BadQuery(f"The operator '{name}' is not supported by this practice site.")
        raise BadQuery(
            f"Error in the JQL Query: Expecting operator but got '{word.value}'. The valid operators are "
            "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'. "
            f"(line 1, character {word.at})"
        )

    def _value(self) -> str:
        word = self._need("either a value, list or function")
        if word.kind in ("op", "mark") or (word.kind == "word" and word.value.lower() in ("and", "or", "order")):
            raise BadQuery(
                f"Error in the JQL Query: Expecting either a value, list or function but got '{word.value}'. "
                f"You must surround '{word.value}' in quotation marks to use it as a value. "
                f"(line 1, character {word.at})"
            )
        if word.kind == "word" and self._take("("):
            inside = "" if self._at(")") else self._need("an argument").value
            if not self._take(")"):
                raise BadQuery("Error in the JQL Query: Expecting ')' before the end of the query.")
            return f"{word.value}({inside})"
        return word.value

    def _list(self) -> tuple[str, ...]:
        if not self._take("("):
            raise BadQuery("Error in the JQL Query: Expecting '(' after IN.")
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        if not self._take(")"):
            raise BadQuery("Error in the JQL Query: Expecting ')' before the end of the query.")
        return tuple(values)

    def _order(self) -> tuple[Order, ...]:
        if not self._take("by"):
            raise BadQuery("Error in the JQL Query: Expecting 'by' after 'order'.")
        found = []
        while True:
            field = self._need("a field name").value.lower()
            found.append(Order(field, descending=self._at("desc")))
            self._take("asc", "desc")
            if not self._take(","):
                break
        if len(found) > MAX_ORDER:
            raise BadQuery(f"The maximum number of fields in ORDER BY is {MAX_ORDER}.")
        return tuple(found)
