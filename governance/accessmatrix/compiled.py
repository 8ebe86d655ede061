"""The access matrix compiled: one frozen table that the engine, the pages and the API ask. Pure.

Levels, each with those before it; `MEANINGS` says the same on pages:
  none   a partner: the engine withholds the term. A role: pages, the API and files say so in place of the value.
  read   a partner: the term may be sent to it. A role: its people see the value.
  write  a partner: its changes of the term may be applied in our systems. A role: its people decide about the term:
         they retry and skip parked work that carries it, and change the rule lines and dictionary words of it.
  full   own people alone: they also grant it (cells of the matrix, passes) and classify it. A partner never has it.
On a kind of object the levels stand for the guard's verbs (`VERBS`), beside what the role may do anyway. A level on a
term never replaces a verb: who changes a rule line needs "change" on the rulebook and write on the term.

Who holds a cell: a partner company, or a role of the own company; a job ("job:service desk agent") is a role too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple


class Level(IntEnum):
    """How far access goes."""

    NONE = 0
    READ = 1
    WRITE = 2
    FULL = 3

    @property
    def word(self) -> str:
        """As stored."""
        return self.name.lower()


#: what people may do with a term that no cell speaks of, by their role in the company
DEFAULTS: Mapping[str, Level] = MappingProxyType(
    {"administrator": Level.FULL, "operator": Level.WRITE, "viewer": Level.READ, "engine": Level.WRITE}
)
#: kinds of object that a cell can stand for in place of a term, with their word
OBJECTS: Mapping[str, str] = MappingProxyType(
    {"on-integration": "Integration", "on-system": "Systems in it", "on-connection": "Connections in it"}
)
#: what a level on a kind of object lets its people do; the portal's guard has the verbs
VERBS: Mapping[Level, tuple[str, ...]] = MappingProxyType(
    {
        Level.NONE: (),
        Level.READ: ("view",),
        Level.WRITE: ("view", "operate", "change"),
        Level.FULL: ("view", "operate", "change", "administer"),
    }
)
#: what a level means: for a partner, for one's own people, on a kind of object
MEANINGS: Mapping[Level, tuple[str, str, str]] = MappingProxyType(
    {
        Level.NONE: ("Not sent to it.", "They read “withheld” in place of the value.", "Only what the role allows."),
        Level.READ: ("It may be sent the term.", "They see the value.", "They look at it."),
        Level.WRITE: (
            "Its changes may also be written into your systems.",
            "They also retry and skip parked work with it, and change its rule lines and dictionary words.",
            "They also operate and change it.",
        ),
        Level.FULL: (
            "Never given to a partner.",
            "They also grant it to others, for good or for a time, and classify it.",
            "They also administer it.",
        ),
    }
)
JOB = "job:"
WITHHELD = "withheld from your role"


class Cell(NamedTuple):
    """One cell of one company's live version. `holder` is a company's id or a role; `lowered` is "" or a level."""

    company: int
    holder: int | str
    term: str
    level: str
    lowered: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Every cell in force of one integration, by (company, holder, term)."""

    cells: Mapping[tuple[int, int | str, str], Level] = field(default_factory=dict)

    def partner(self, company: int, grantee: int, term: str) -> Level:
        """What `company` lets a partner do with a term; no cell means none."""
        return self.cells.get((company, grantee, term), Level.NONE)

    def person(self, company: int, role: str, job: str, term: str) -> Level:
        """What somebody of `company` may do with a term: the job's cell, else the role's, else the role's default.

        On a kind of object, where the guard's own roles decide, no cell means none.
        """
        for holder in (job_of(job), role):
            found = self.cells.get((company, holder, term)) if holder else None
            if found is not None:
                return found
        return Level.NONE if term in OBJECTS else DEFAULTS.get(role, Level.NONE)

    def decided_by(self, company: int, role: str, job: str, term: str) -> str:
        """The role whose cell decides for somebody; "" when it is the default."""
        held = (holder for holder in (job_of(job), role) if (company, holder, term) in self.cells)
        return next(held, "")

    def sent(self) -> Mapping[tuple[int, int, str], str]:
        """What the engine obeys: (granting company, grantee, term) → "read" or "write"."""
        return {
            (company, holder, term): level.word
            for (company, holder, term), level in self.cells.items()
            if isinstance(holder, int) and level > Level.NONE
        }


def compiled(cells: Iterable[Cell]) -> Table:
    """The table of some cells. A partner gets write at most; of a cell told twice the lower level counts.

    1. a cell's level is the lower of what was signed and what it was lowered to; 2. the table is frozen.
    """
    found: dict[tuple[int, int | str, str], Level] = {}
    for cell in cells:
        level = level_of(cell.level)
        if cell.lowered:
            level = min(level, level_of(cell.lowered))
        if isinstance(cell.holder, int):
            level = min(level, Level.WRITE)
        place = cell.company, cell.holder, cell.term
        found[place] = min(level, found.get(place, level))
    return Table(MappingProxyType(found))


def level_of(word: str) -> Level:
    """A stored level; a word that is none counts as none."""
    return next((level for level in Level if level.word == word), Level.NONE)


def job_of(job: str) -> str:
    """The holder that a job is; "" for no job."""
    word = " ".join(job.lower().split())
    return f"{JOB}{word}" if word else ""
