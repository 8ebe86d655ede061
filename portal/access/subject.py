"""Who acts: a frozen answer to "which companies, in which role", resolved once per request or task."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Role(StrEnum):
    """What a person is in a company."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    VIEWER = "viewer"
    #: the engine's own role: the sending side's service account
    ENGINE = "engine"


class Known(NamedTuple):
    """A company that a subject may name: the own ones and those it shares an integration with."""

    id: int
    uid: UUID
    name: str
    hue: int
    time_zone: str


#: (noun, id, verb) of one object that is opened to one user
Grant = tuple[str, int, str]
#: (company, integration, term) → the level that the company's own access matrix says of the user
Cells = Mapping[tuple[int, int, str], str]


class Opening(NamedTuple):
    """What is open to a user for a time: `company`'s content of an integration, of one term or ("") of all."""

    id: int
    company: int
    integration: int
    term: str
    level: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a user stands: the role in each company, the companies to be named, grants, cells and openings."""

    roles: dict[int, Role]
    known: tuple[Known, ...] = ()
    grants: frozenset[Grant] = frozenset()
    cells: Cells = field(default_factory=dict)
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Who acts. `roles` maps each company id to the role held there; `user_id` is None for the engine."""

    user_id: int | None
    name: str
    roles: dict[int, Role] = field(default_factory=dict, hash=False)
    #: the company acted for on pages and in the API; None = none chosen or none there
    acting: int | None = None
    #: a token without write scope reads only
    read_only: bool = False
    known: tuple[Known, ...] = field(default=(), hash=False, repr=False)
    grants: frozenset[Grant] = field(default=frozenset(), hash=False, repr=False)
    #: only what differs from the role's default, and what is open at this moment
    cells: Cells = field(default_factory=dict, hash=False, repr=False)
    openings: tuple[Opening, ...] = field(default=(), hash=False, repr=False)

    @property
    def companies(self) -> frozenset[int]:
        """Ids of all companies the subject belongs to."""
        return frozenset(self.roles)

    @property
    def company(self) -> int:
        """The id of the company acted for; 0, which no row has, when there is none."""
        return self.acting or 0

    def role(self, company: int | None) -> Role | None:
        """The role in one company."""
        return None if company is None else self.roles.get(company)


NOBODY = Subject(None, "nobody")


def engine(companies: Iterable[int]) -> Subject:
    """The engine acting for exactly the companies of one case."""
    return Subject(None, "Concord engine", dict.fromkeys(companies, Role.ENGINE))
