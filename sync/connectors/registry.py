"""Which trackers there are: the stored kind, its label, what its form asks, where its connector is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import cast

import httpx

from portal.core.errors import BadInput
from sync.connectors import examples
from sync.connectors.base import Account, Connector, OAuth, Visit


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
    #: several lines; `example` shows how they are written
    long: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class Tracker:
    """One supported product. `credentials` is in the order that the form offers, best first."""

    kind: str
    label: str
    path: str
    address_help: str
    credentials: tuple[CredentialKind, ...]
    settings: tuple[Setting, ...] = ()
    #: what its query language is called, with an example; "" where a rulebook can have no filter in it
    language: str = ""
    example: str = ""

    #: path of what tells (settings) → what is wrong with each, where more is to check than that one is missing
    verify: str = ""

    #: module with `consent` and `admitted`, where people sign in with OAuth in their browser (base.Visit)
    visits: str = ""

    def consent(self, visit: Visit, *, client_id: str, state: str) -> str:
        """The address of the tracker's consent page. Raises BadInput where there is none."""
        address = self._of_visits("consent")(visit, client_id=client_id, state=state)
        return str(address)

    def admitted(self, http: httpx.Client, visit: Visit, app: OAuth, *, code: str) -> OAuth:
        """The tokens for a code. Raises BadInput where there is no such sign-in, Unauthorized, Unavailable."""
        return cast(OAuth, self._of_visits("admitted")(http, visit, app, code=code))

    def _of_visits(self, name: str) -> Callable[..., object]:
        if not self.visits:
            raise BadInput(f"{self.label} has no sign-in in the browser. Enter a credential.", code="no-sign-in")
        return cast(Callable[..., object], getattr(import_module(self.visits), name))

    def problems(self, settings: Mapping[str, str]) -> dict[str, str]:
        """What is wrong with these settings, by their keys."""
        if not self.verify:
            return {}
        module, _, name = self.verify.rpartition(".")
        tell = cast(Callable[[Mapping[str, str]], dict[str, str]], getattr(import_module(module), name))
        return tell(settings)

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
        visits="sync.connectors.zendesk.auth",
        address_help="https://yourcompany.zendesk.com; a host-mapped name of your own does not work.",
        credentials=(CredentialKind.OAUTH, CredentialKind.TOKEN),
        settings=(
            Setting("form", "Ticket form", "Id of the form that new tickets get. Empty: the default form."),
            Setting("brand", "Brand", "Id of the brand that new tickets get. Empty: the default brand."),
        ),
        language="Zendesk's search",
        example='tags:partner -status:closed group:"Second line"',
    ),
    Tracker(
        kind="jira",
        label="Jira Cloud",
        path="sync.connectors.jira.connector.JiraConnector",
        visits="sync.connectors.jira.auth",
        address_help="https://yourcompany.atlassian.net",
        credentials=(CredentialKind.TOKEN, CredentialKind.OAUTH),
        settings=(
            Setting("project", "Project key", "The project whose issues are mirrored, for example INF.", True),
            Setting("type", "Issue type", "What new issues are, for example Task. Empty: the project's first type."),
            Setting("cloud_id", "Cloud id", "Only for OAuth and scoped tokens: the site's id."),
            Setting("private_role", "Role of private comments", "Who may read them. Empty: none are written."),
            Setting("service_desk", "Service desk", '"yes" where comments are public or internal by a switch.'),
        ),
        language="JQL",
        example='labels = partner AND priority in (High, Highest) AND component != "Internal"',
    ),
    Tracker(
        kind="azuredevops",
        label="Azure DevOps",
        path="sync.connectors.azuredevops.connector.AzureDevOpsConnector",
        address_help="https://dev.azure.com/yourcompany, or https://server/collection on premises.",
        credentials=(CredentialKind.TOKEN, CredentialKind.OAUTH),
        settings=(
            Setting("project", "Project", "Its name or id: the project whose work items are mirrored.", True),
            Setting("type", "Work item type", "What new items are, for example Bug. Empty: the first type."),
            Setting("area", "Area path", "Where new items go, for example Delivery\\Network. Empty: the project."),
            Setting("iteration", "Iteration path", "For new items. Empty: the project."),
            Setting("marker_field", "Field for our key", "A text field such as Custom.Concord. Empty: tag and link."),
            Setting("html_comments", "Comments as HTML", '"yes" for a server without Markdown comments.'),
            Setting("tenant", "Tenant", "Only for OAuth: the id of the company's Microsoft Entra tenant."),
        ),
        language="WIQL",
        example="[System.Tags] CONTAINS 'partner' AND [Microsoft.VSTS.Common.Priority] <= 2",
    ),
    Tracker(
        kind="redmine",
        label="Redmine",
        path="sync.connectors.redmine.connector.RedmineConnector",
        address_help="https://redmine.yourcompany.example, with its path if it has one.",
        credentials=(CredentialKind.TOKEN, CredentialKind.PASSWORD),
        settings=(
            Setting("project", "Project", "Its identifier, as in its address: projects/identifier.", True),
            Setting("marker", "Field for our key", "Name or number of a text field that is a filter.", True),
            Setting("format", "Format of texts", "As set in Redmine: textile, markdown or plain. Empty: textile."),
            Setting("file_limit", "Largest file in MB", "As set in Redmine. Empty: 5, its own default."),
        ),
    ),
    Tracker(
        kind="requesttracker",
        label="Request Tracker",
        path="sync.connectors.requesttracker.connector.RequestTrackerConnector",
        address_help="https://rt.yourcompany.example, the address before /REST/2.0.",
        credentials=(CredentialKind.TOKEN, CredentialKind.PASSWORD),
        settings=(
            Setting("queue", "Queue", "Its name: the queue whose tickets are mirrored.", True),
            Setting("marker", "Field for our key", "Name of a ticket's custom field, “Enter one value”.", True),
            Setting("statuses", "Statuses", "Of the queue's lifecycle, with commas. Empty: those RT comes with."),
        ),
    ),
    Tracker(
        kind="servicenow",
        label="ServiceNow",
        path="sync.connectors.servicenow.connector.ServiceNowConnector",
        visits="sync.connectors.servicenow.auth",
        address_help="https://yourcompany.service-now.com",
        credentials=(CredentialKind.OAUTH, CredentialKind.PASSWORD),
        settings=(
            Setting("tables", "Tables", "What is mirrored, for example incident, change_request. Empty: incident."),
            Setting("caller", "Caller", "Whom new incidents get: an e-mail address or a name. Empty: nobody."),
            Setting("close_code", "Resolution code", "What closing asks for, where nobody sends one."),
            Setting("close_notes", "Close notes", "What closing asks for, where nobody sends them."),
            Setting("hold_reason", "On hold reason", "What On Hold asks for, where nobody sends one."),
            Setting("code_tags", "HTML in journals", '"no" where journals show code tags as text.'),
        ),
        language="ServiceNow's encoded query",
        example="category=network^priorityIN1,2^assignment_group.nameLIKEpartner",
    ),
    Tracker(
        kind="rest",
        label="REST interface",
        path="sync.connectors.rest.connector.RestConnector",
        verify="sync.connectors.rest.declared.problems",
        address_help="https://crm.yourcompany.example, the part of its addresses that is always the same.",
        credentials=(CredentialKind.PASSWORD, CredentialKind.TOKEN, CredentialKind.OAUTH),
        settings=(
            Setting("kind", "Kind", "What one record is called.", True, example="order"),
            Setting("records", "Records", "Where they are listed, read and written.", True, True, examples.RECORDS),
            Setting("fields", "Fields", "A line each: name = path, type, length.", True, True, examples.FIELDS),
            Setting("comments", "Comments", "Empty: none travel.", long=True, example=examples.COMMENTS),
            Setting("files", "Files", "Empty: none travel.", long=True, example=examples.FILES),
            Setting("history", "History", "Empty: times are when we saw it.", long=True, example=examples.HISTORY),
            Setting("sign_in", "Signing in", "Empty: name and password.", long=True, example=examples.SIGN_IN),
            Setting("webhook", "Webhook", "Empty: none are taken.", long=True, example=examples.WEBHOOK),
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
