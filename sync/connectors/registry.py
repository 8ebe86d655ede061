"""Which trackers there are: the stored kind, its label, what its form asks, where its connector is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import cast

import httpx

from portal.core.errors import BadInput
from sync.connectors.base import Account, Connector


class CredentialKind(StrEnum):
    """How a tracker lets us in."""

    #: e-mail address (or user name) with an API token
    TOKEN = "token"  # noqa: S105 - the name of a kind
    #: user name with a password
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    #: OAuth 2: an access token, renewed from a refresh token or from the client's own credentials
    OAUTH = "oauth"


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a system's form beyond its address and credential."""

    key: str
    label: str
    help: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Tracker:
    """One supported product. `credentials` is in the order that the form offers, best first."""

    kind: str
    label: str
    path: str
    address_help: str
    credentials: tuple[CredentialKind, ...]
    settings: tuple[Setting, ...] = ()

    def connector(self, account: Account, client: httpx.Client) -> Connector:
        """A connector for one system; its module is imported at the first call only."""
        module, _, name = self.path.rpartition(".")
        make = cast(Callable[[Account, httpx.Client], Connector], getattr(import_module(module), name))
        return make(account, client)


TRACKERS: tuple[Tracker, ...] = (
    Tracker(
        kind="zendesk",
        label="Zendesk Support",
        path="sync.connectors.zendesk.connector.ZendeskConnector",
        address_help="https://yourcompany.zendesk.com; a host-mapped name of your own does not work.",
        credentials=(CredentialKind.OAUTH, CredentialKind.TOKEN),
        settings=(
            Setting("form", "Ticket form", "Id of the form that new tickets get. Empty: the default form."),
            Setting("brand", "Brand", "Id of the brand that new tickets get. Empty: the default brand."),
        ),
    ),
    Tracker(
        kind="jira",
        label="Jira Cloud",
        path="sync.connectors.jira.connector.JiraConnector",
        address_help="https://yourcompany.atlassian.net",
        credentials=(CredentialKind.TOKEN, CredentialKind.OAUTH),
        settings=(
            Setting("project", "Project key", "The project whose issues are mirrored, for example INF.", True),
            Setting("type", "Issue type", "What new issues are, for example Task. Empty: the project's first type."),
            Setting("cloud_id", "Cloud id", "Only for OAuth and scoped tokens: the site's id."),
            Setting("private_role", "Role of private comments", "Who may read them. Empty: none are written."),
            Setting("service_desk", "Service desk", '"yes" where comments are public or internal by a switch.'),
        ),
    ),
)


def tracker(kind: str) -> Tracker:
    """The tracker of a stored kind. Raises BadInput for a kind that there is not."""
    for one in TRACKERS:
        if one.kind == kind:
            return one
    known = ", ".join(one.kind for one in TRACKERS)
    raise BadInput(f"There is no tracker {kind}. Choose one of: {known}.", code="unknown-tracker")


def connector(kind: str, account: Account, client: httpx.Client) -> Connector:
    """A connector of this kind for one system. Keep it for that system: it remembers names and options."""
    return tracker(kind).connector(account, client)
