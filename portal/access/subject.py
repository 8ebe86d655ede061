"""Who acts: a frozen answer to "which companies, in which role", resolved once per request or task."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a person is in a company."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    VIEWER = "viewer"
    #: the engine's own role: the sending side's service account
    ENGINE = "engine"


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


class SignedIn(Protocol):
    """What is needed of a user: key and name (the model itself is not loaded when apps start)."""

    pk: int
    name: str


Memberships = Callable[[int], Iterable[tuple[int, Role]]]
_memberships: list[Memberships] = []


def register_memberships(source: Memberships) -> None:
    """The register tells here how to find a user's (company id, role) pairs, called at start-up."""
    _memberships[:] = [source]


def subject_of(user: SignedIn, *, acting: int | None = None, read_only: bool = False) -> Subject:
    """The subject of a signed-in user. `acting` narrows to one company; unknown ones are ignored."""
    roles = dict(pair for source in _memberships for pair in source(user.pk))
    chosen = acting if acting in roles else min(roles, default=None)
    return Subject(user.pk, user.name, roles, chosen, read_only)


def engine(companies: Iterable[int]) -> Subject:
    """The engine acting for exactly the companies of one case."""
    return Subject(None, "Concord engine", dict.fromkeys(companies, Role.ENGINE))
