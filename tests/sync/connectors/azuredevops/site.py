"""A small organisation in memory for tests of the connector alone: answers by path, and what was asked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from sync.connectors.azuredevops.connector import AzureDevOpsConnector
from sync.connectors.base import Account, Basic, Credential
from tests.sync.connectors.zendesk.desk import Drawer

BASE = "https://dev.azure.com/acme"
TOKEN = Basic("", "t0ken")
JANE = {"id": "jane-1", "displayName": "Jane Roe", "uniqueName": "jane@example.org", "descriptor": "aad.1"}
BOT = {"id": "bot-1", "displayName": "Sync Bot", "uniqueName": "bot@example.org"}
AT = "2026-01-05T10:00:00.12Z"
WIT = "Web/_apis/wit/"
TYPES = {
    "System.Title": "string",
    "System.Description": "html",
    "System.State": "string",
    "System.Tags": "plainText",
    "System.AssignedTo": "string",
    "System.AreaPath": "treePath",
    "System.History": "history",
    "System.Rev": "integer",
    "Microsoft.VSTS.Common.Priority": "integer",
    "Microsoft.VSTS.Common.StackRank": "double",
    "Microsoft.VSTS.Scheduling.StoryPoints": "double",
    "Custom.When": "dateTime",
    "Custom.Yes": "boolean",
}

Answer = Mapping[str, object] | Callable[[httpx.Request], httpx.Response]


def update(number: int, rev: int, fields: Mapping[str, object] | None = None, **more: object) -> dict[str, object]:
    """An update; the time of its change is among its fields."""
    made: dict[str, object] = {"id": number, "rev": rev, "revisedBy": JANE, "revisedDate": "9999-01-01T00:00:00Z"}
    if fields is not None:
        made["fields"] = {"System.ChangedDate": {"newValue": AT}, **fields}
    return made | more


def changed(old: object, new: object) -> dict[str, object]:
    """A field's change."""
    return {"oldValue": old, "newValue": new}


@dataclass(slots=True)
class Site:
    """Answers by "METHOD path" below the organisation, and every request that was made."""

    fields: dict[str, object] = field(default_factory=dict)
    relations: list[object] = field(default_factory=list)
    formats: dict[str, str] = field(default_factory=dict)
    updates: list[dict[str, object]] = field(default_factory=list)
    comments: list[dict[str, object]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def connector(self, credential: Credential = TOKEN, **settings: str) -> AzureDevOpsConnector:
        """A connector to this organisation."""
        http = httpx.Client(transport=httpx.MockTransport(self._answer), follow_redirects=False)
        named = {"project": "Web", "type": "Bug"} | settings
        return AzureDevOpsConnector(Account(BASE, Drawer(credential), named), http)

    def calls(self) -> list[str]:
        """ "METHOD path" of every request."""
        return [f"{one.method} {self._path(one)}" for one in self.asked]

    def sent(self, call: str) -> Any:
        """The body of the last request of a call."""
        found = [one for one, name in zip(self.asked, self.calls(), strict=True) if name == call]
        return json.loads(found[-1].content)

    @staticmethod
    def _path(request: httpx.Request) -> str:
        return request.url.path.removeprefix("/acme/").removeprefix(WIT)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        key = f"{request.method} {self._path(request)}"
        found = self.answers.get(key, self.usual(request).get(key))
        if found is None:
            text = f"TF401232: Work item {key} does not exist."
            return httpx.Response(404, json={"message": text, "typeKey": "WorkItemUnauthorizedAccessException"})
        return found(request) if callable(found) else httpx.Response(200, json=dict(found))

    def item(self) -> dict[str, object]:
        """The item 42 as the service answers it."""
        usual: dict[str, object] = {
            "System.TeamProject": "Web",
            "System.WorkItemType": "Bug",
            "System.Title": "Printer on fire",
            "System.State": "New",
            "System.CreatedDate": AT,
            "System.CreatedBy": JANE,
            "System.ChangedDate": "2026-01-05T10:05:00.1234567Z",
            "System.CommentCount": len(self.comments),
        }
        made: dict[str, object] = {"id": 42, "rev": 7, "fields": usual | self.fields}
        if self.relations:
            made["relations"] = self.relations
        return made | ({"multilineFieldsFormat": self.formats} if self.formats else {})

    def usual(self, request: httpx.Request) -> dict[str, Answer]:
        """What is answered where a test says nothing else."""
        skip = int(request.url.params.get("$skip", 0))
        kind = {"name": "Bug", "transitions": {"": [{"to": "New"}], "New": [{"to": "New"}, {"to": "Active"}]}}
        typed = [{"referenceName": one, "name": one.rpartition(".")[2]} for one in TYPES]
        for one in typed:
            one["allowedValues"] = ["1", "2"] if one["name"] == "Priority" else []  # type: ignore[assignment]
        site = [
            {"referenceName": one, "type": kind_of, "isIdentity": one.endswith("To")}
            for one, kind_of in TYPES.items()
        ]
        return {
            "GET _apis/connectionData": {"authenticatedUser": {"id": "bot-1", "providerDisplayName": "Sync Bot"}},
            "GET _apis/projects/Web": {"id": "p-1", "name": "Web"},
            "GET workitemtypes": {"value": [kind, {"name": "Old", "isDisabled": True}]},
            "GET fields": {"value": site},
            "GET workitemtypes/Bug/fields": {"value": typed},
            "GET workitems/42": self.item(),
            "PATCH workitems/42": self.item() | {"rev": 8},
            "GET workItems/42/updates": {"value": self.updates[skip : skip + 200]},
            "GET workItems/42/comments": {"comments": self.comments},
        }
