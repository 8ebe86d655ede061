"""What two sides agreed, frozen for one turn: ends, terms and grants of a link."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from governance.rulebook.rules import RuleSet

SideName = Literal["a", "b"]
COMMENT, ATTACHMENT = "comment", "attachment"


class Slot(NamedTuple):
    """The place an item of a case can take: one kind of item in one system."""

    system: int
    kind: str


@dataclass(frozen=True, slots=True)
class TermInfo:
    """One agreed term as the engine needs it. `owner` is the company whose value wins a conflict.

    `max_length` is in characters.
    """

    name: str
    path: bool = False
    rich: bool = False
    owner: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class End:
    """One side of a link. `account` is the id under which Concord works in that tracker."""

    side: SideName
    company: int
    company_name: str
    slot: Slot
    rules: RuleSet
    rule_version: int
    account: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A live connection with its dictionary and the grants of both companies.

    `grants` holds (granting company, grantee, term) → "read" or "write"; write includes read.
    """

    id: int
    a: End
    b: End
    terms: Mapping[str, TermInfo]
    grants: Mapping[tuple[int, int, str], str]

    def end(self, side: SideName) -> End:
        """One end by its name."""
        return self.a if side == "a" else self.b

    def other(self, side: SideName) -> End:
        """The end opposite to `side`."""
        return self.b if side == "a" else self.a

    def side_of(self, slot: Slot) -> SideName | None:
        """Which side an item in `slot` is on."""
        if self.a.slot == slot:
            return "a"
        return "b" if self.b.slot == slot else None

    def may_read(self, side: SideName, term: str) -> bool:
        """Whether `side` lets the other side read `term`."""
        mine, theirs = self.end(side), self.other(side)
        return mine.company == theirs.company or (mine.company, theirs.company, term) in self.grants

    def may_write(self, side: SideName, term: str) -> bool:
        """Whether the receiver lets `side` write `term` into its items."""
        mine, theirs = self.end(side), self.other(side)
        return mine.company == theirs.company or self.grants.get((theirs.company, mine.company, term)) == "write"


def opposite(side: SideName) -> SideName:
    """The other side's name."""
    return "b" if side == "a" else "a"
