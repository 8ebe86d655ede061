"""Every request of the connector, and every answer of the practice system, held against the official description."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from portal.core import clock
from sync.connectors.azuredevops.connector import AzureDevOpsConnector
from sync.connectors.base import Account, Basic
from sync.engine.types import AddComment, Attach, EditComment, Fields, Move, SetFields
from sync.sandbox.azuredevops.tracker import make
from sync.sandbox.store import Store
from tests.sync.connectors.azuredevops.description import problems_of
from tests.sync.connectors.stage import content, fetched
from tests.sync.connectors.zendesk.desk import Drawer
from tests.sync.sandbox.serving import served

pytestmark = pytest.mark.shared
TOKEN = "practice-token"
CREATED: Fields = {
    "System.Title": "a",
    "System.Description": "**b**",
    "System.Tags": ("x",),
    "System.AssignedTo": "Gita Menon",
    "Microsoft.VSTS.Common.Priority": "1",
    "Custom.Billable": True,
}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A practice Azure DevOps."""
    with served(make(Store(tmp_path / "azuredevops.sqlite3"), TOKEN)) as found:
        yield found


def scenario(address: str, http: httpx.Client, **settings: str) -> None:
    """Every verb once, in every variant that changes the request."""
    account = Account(
        f"{address}/global", Drawer(Basic("", TOKEN)), {"project": "Delivery", "type": "Bug", **settings}
    )
    connector = AzureDevOpsConnector(account, http)
    assert connector.check().problems == ()
    connector.describe("Bug")
    cursor = connector.changes("", now=clock.now()).cursor
    record = connector.create("Bug", CREATED, "k-1").record
    assert connector.find("Bug", "k-1") == (record,)
    connector.apply(record, SetFields({"System.Tags": ("y",), "System.Title": "c", "System.AssignedTo": None}), "k-2")
    connector.apply(record, Move("System.State", "Active"), "k-3")
    part = connector.apply(record, AddComment("x"), "k-4").part
    assert part
    connector.apply(record, EditComment(part, "z"), "k-5")
    file = connector.apply(record, Attach("a.txt", "text/plain", 1), "k-6", content(b"x")).part
    assert file
    item = connector.read(record)
    assert fetched(connector.attachment(record, file)) == b"x"
    assert [row.record for row in connector.changes(cursor, now=clock.now()).rows] == [record]
    assert connector.trial("[System.State] = 'Active'").samples == (f"#{record}",)
    assert connector.matching("[System.State] = 'Active'", [item], now=clock.now()).found == {record}
    connector.subscribe("https://hooks.example/1", "secret")
    connector.subscribe("https://hooks.example/1", "secret")


@pytest.mark.parametrize(
    "settings", [{}, {"marker_field": "Custom.SyncKey", "html_comments": "yes"}], ids=["tag", "field"]
)
def test_every_exchange_is_one_that_is_described(address: str, settings: dict[str, str]) -> None:
    seen: list[httpx.Response] = []

    def note(response: httpx.Response) -> None:
        response.read()
        if _held(response):
            response.request.read()
        seen.append(response)

    with httpx.Client(event_hooks={"response": [note]}) as http:
        scenario(address, http, **settings)
    problems = {f"{one.request.method} {one.request.url}": problems_of(one) for one in seen if _held(one)}
    assert {name: said for name, said in problems.items() if said} == {}
    assert len({(one.request.method, one.request.url.path) for one in seen}) >= 18


def _held(response: httpx.Response) -> bool:
    """Uploads are streams, which are gone once they are sent; everything else can be looked at again."""
    return str(response.request.headers.get("content-type")) != "application/octet-stream"
