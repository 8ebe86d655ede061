"""A stage with Infinity's Jira and Global's Azure DevOps, both as programs, and the engine between them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
from django.test import override_settings

from governance.register.models import Company, System
from governance.register.services.systems import Secret, ask_system, set_credential
from governance.rulebook.rules import Line, RuleSet
from portal.access import rls
from portal.access.subject import Role, Subject
from portal.core.text import html
from portal.embedded.processes import Household
from sync.flow import probing
from sync.sandbox.azuredevops import seed as azure
from sync.sandbox.jira.seed import SYNC_EMAIL as BOARD_ACCOUNT
from sync.sandbox.store import Store
from tests import factories
from tests.characters import character
from tests.story import BOARD_PRIORITY, BOARD_STATUS, WRITTEN, back, terms
from tests.sync.flow import tracks
from tests.sync.flow.hands import Board, Desk
from tests.sync.flow.practice import TOKEN, Practice, begun, seed_people
from tests.sync.flow.site import serving, threads
from tests.sync.flow.stage import Stage, empty, forget

HAND = "hand-token"
WIT = f"/{azure.ORGANISATION}/Delivery/_apis/wit"
V, PREVIEW = {"api-version": "7.1"}, {"api-version": "7.1-preview.4"}
PATCH = {"Content-Type": "application/json-patch+json"}
STATES = (("New", "new"), ("Active", "in progress"), ("Resolved", "waiting"), ("Closed", "solved"))
PRIORITIES = (("1", "P1"), ("2", "P2"), ("3", "P3"), ("4", "P4"))
PRIORITY = "Microsoft.VSTS.Common.Priority"
JIRA = RuleSet(
    outgoing=(
        Line("title", "summary"),
        Line("description", "description"),
        Line("status", "status", BOARD_STATUS),
        Line("priority", "priority", BOARD_PRIORITY),
        Line("labels", "labels"),
    ),
    incoming=(
        Line("title", "summary"),
        Line("status", "status", back(BOARD_STATUS)),
        Line("priority", "priority", back(BOARD_PRIORITY)),
    ),
    offer=True,
)
AZURE = RuleSet(
    outgoing=(
        Line("title", "System.Title"),
        Line("status", "System.State", STATES),
        Line("priority", PRIORITY, PRIORITIES),
    ),
    incoming=(
        Line("title", "System.Title"),
        Line("description", "System.Description", when="create"),
        Line("status", "System.State", back(STATES)),
        Line("priority", PRIORITY, back(PRIORITIES)),
    ),
    accept=True,
)


@dataclass(slots=True)
class Delivery:
    """A developer of Global's in Azure DevOps."""

    practice: Practice
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.practice.url, auth=("", HAND), timeout=20, trust_env=False)

    def set(self, number: str, **fields: object) -> None:
        """Change system fields."""
        given = [{"op": "add", "path": f"/fields/System.{name}", "value": value} for name, value in fields.items()]
        self._patch(number, *given)

    def _patch(self, number: str, *operations: dict[str, object]) -> None:
        place = f"{WIT}/workitems/{number}"
        self.http.patch(place, params=V, json=list(operations), headers=PATCH).raise_for_status()

    def comment(self, number: str, text: str) -> None:
        """A comment, written as the web page writes it."""
        place = f"{WIT}/workItems/{number}/comments"
        self.http.post(place, params=PREVIEW, json={"text": html.from_markdown(text)}).raise_for_status()

    def attach(self, number: str, name: str, data: bytes) -> None:
        """A file."""
        head = {"Content-Type": "application/octet-stream"}
        sent = self.http.post(f"{WIT}/attachments", params={**V, "fileName": name}, content=data, headers=head)
        relation = {"rel": "AttachedFile", "url": sent.raise_for_status().json()["url"]}
        self._patch(number, {"op": "add", "path": "/relations/-", "value": relation})

    def item(self, number: str) -> dict[str, Any]:
        """A work item with its relations."""
        found = self.http.get(f"{WIT}/workitems/{number}", params={**V, "$expand": "all"}).raise_for_status()
        return dict(found.json())

    def words(self, number: str) -> list[str]:
        """What the comments say, oldest first, as people see it."""
        place = f"{WIT}/workItems/{number}/comments"
        rows = self.http.get(place, params={**PREVIEW, "order": "asc"}).raise_for_status().json()["comments"]
        return [
            html.to_markdown(row["text"]) if row["format"] == "html" else str(row["text"]).partition("\n\n[//]: #")[0]
            for row in rows
        ]

    def files(self, number: str) -> list[tuple[str, bytes]]:
        """Name and bytes of every file."""
        relations = [one for one in self.item(number).get("relations", []) if one["rel"] == "AttachedFile"]
        return [(one["attributes"]["name"], self.http.get(one["url"], params=V).content) for one in relations]

    def titled(self, title: str) -> list[str]:
        """Ids of the work items with exactly this title."""
        query = f"SELECT [System.Id] FROM WorkItems WHERE [System.Title] = '{title}'"  # noqa: S608 - WIQL
        rows = self.http.post(f"{WIT}/wiql", params=V, json={"query": query}).raise_for_status().json()["workItems"]
        return [str(row["id"]) for row in rows]


@contextmanager
def playing(folder: Path) -> Iterator[tuple[Stage, Board, Delivery]]:
    """The stage with both trackers connected, subscribed and listed once."""
    with ExitStack() as stack:
        household = Household()
        stack.callback(household.stop)
        seed_people(folder)
        store = Store(folder / "azuredevops.sqlite3")
        azure.seed(store, TOKEN)
        azure.give(store, azure.VISITOR_EMAIL, HAND)
        store.close()
        http = stack.enter_context(httpx.Client(timeout=20, trust_env=False))
        here, there = (begun(household, kind, folder, http) for kind in ("jira", "azuredevops"))
        site = stack.enter_context(serving())
        egress = ",".join(one.url.removeprefix("http://") for one in (here, there))
        stack.enter_context(override_settings(EGRESS_ALLOW=egress, SITE_URL=site))
        forget()
        stack.callback(forget)
        stack.callback(empty)
        pool = stack.enter_context(threads(rls.WORKER))
        board, delivery = Board(here), Delivery(there)
        stage = Stage(cast(Desk, board), cast(Board, delivery), pool, site)
        begin(stage, here, there)
        yield stage, board, delivery


def begin(stage: Stage, here: Practice, there: Practice) -> None:
    """Two companies agree; their systems are entered, asked and listed."""
    one = factories.company("Infinity Solutions", siam_role=Company.SiamRole.PROVIDER)
    two = factories.company("Global Pvt Ltd", siam_role=Company.SiamRole.PROVIDER)
    settings = {"project": "INF", "type": "Task"}
    left = entered(one, "jira", here.url, settings, Secret("token", BOARD_ACCOUNT, TOKEN))
    settings = {"project": "Delivery", "type": "Bug", "area": "Delivery\\Development"}
    address = f"{there.url}/{azure.ORGANISATION}"
    right = entered(two, "azuredevops", address, settings, Secret("token", azure.SYNC_EMAIL, TOKEN))
    integration = factories.integration(one, two, name="Development")
    connection = factories.connection(integration, left[0], right[0], kinds=("Task", "Bug"))
    terms(integration)
    for giver, grantee in ((one, two), (two, one)):
        for name in (*WRITTEN, "description"):
            factories.grant(integration, giver, grantee, term=name)
    factories.live_rules(connection, "a", JIRA)
    factories.live_rules(connection, "b", AZURE)
    stage.zendesk, stage.jira = left[0].pk, right[0].pk
    for system, by in (left, right):
        tracks.stream(system)
        for kind in ("describe", "subscribe"):
            ask_system(by=by, system=system, kind=kind)
        stage.engine(probing.answer_all, system.pk)
    stage.poll()


def entered(of: Company, kind: str, url: str, settings: dict[str, str], secret: Secret) -> tuple[System, Subject]:
    """A system with its credential, and its administrator."""
    by = character(f"{kind.capitalize()} admin", of, Role.ADMINISTRATOR).subject
    made = factories.SystemFactory.create(company=of, kind=kind, base_url=url, settings=settings)
    set_credential(by=by, system=made, secret=secret)
    return made, by
