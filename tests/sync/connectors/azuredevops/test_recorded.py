"""The connector against recorded traffic of real organisations and the vendor's own examples."""

import json
from typing import Any

import httpx
import pytest
import yaml

from portal.core import clock
from sync.connectors.azuredevops.answers import records, text
from sync.connectors.azuredevops.errors import explain
from sync.connectors.azuredevops.fields import tags
from sync.connectors.azuredevops.listing import token_of
from sync.engine.types import PartKind
from tests.sync.connectors.azuredevops.site import Site
from tests.sync.connectors.papers import recordings

pytestmark = pytest.mark.shared
EXAMPLES = "azure-devops/ms-httpExamples-wit-7.1"


def examples(pattern: str) -> list[tuple[str, dict[str, Any]]]:
    """Name and good answer of the vendor's examples."""
    found = []
    for path in recordings(EXAMPLES, f"{pattern}.json"):
        answers = json.loads(path.read_text())["responses"]
        body = next((answers[code].get("body") for code in ("200", "201") if code in answers), None)
        if isinstance(body, dict):
            found.append((path.stem, body))
    return found


def exchanges() -> list[tuple[str, str, int, Any]]:
    """Method, path, status and body of every recorded exchange with a real organisation."""
    found = []
    for path in recordings("azure-devops/cli-extension-vcr", "*.yaml"):
        for one in yaml.safe_load(path.read_text())["interactions"]:
            body = one["response"]["body"]["string"]
            status = int(one["response"]["status"]["code"])
            found.append((one["request"]["method"], httpx.URL(one["request"]["uri"]).path, status, body))
    return found


def rows_of(value: Any) -> list[dict[str, Any]]:
    """A list's objects, as their tests read them."""
    return list(records(value))


def described(site: Site) -> None:
    """Let the site have the fields of the vendor's example of a type."""
    ((_, typed),) = examples("workItemTypesField__GET__workItemType_fields_expand")
    site.answers["GET workitemtypes/Bug/fields"] = typed
    kinds = {"Description": "html", "ReproSteps": "html", "SystemInfo": "html", "AreaPath": "treePath"}
    people = ("AssignedTo", "CreatedBy", "ClosedBy", "ResolvedBy", "ActivatedBy")
    rows = []
    for one in records(typed["value"]):
        name = text(one["referenceName"]).rpartition(".")[2]
        kind = kinds.get(name, "dateTime" if name.endswith("Date") else "string")
        rows.append({"referenceName": one["referenceName"], "type": kind, "isIdentity": name in people})
    site.answers["GET fields"] = {"value": rows}


def test_a_recorded_history_is_read_without_loss() -> None:
    ((_, body),) = examples("updates__GET__list_of_workitem_updates")
    site = Site(updates=records(body["value"]))
    described(site)
    item = site.connector().read("42")
    wanted = set()
    for row in rows_of(body["value"]):
        for name, change in row.get("fields", {}).items():
            if row["rev"] > 1 and change.get("oldValue") != change.get("newValue"):
                wanted.add((str(row["rev"]), name))
    told = {(one.id, one.field) for one in item.revisions}
    shapes = site.connector().home.shapes("Bug")
    assert told == {(rev, name) for rev, name in wanted if name in shapes}
    assert ("3", "System.State") in told
    assert ("3", "Microsoft.VSTS.TCM.ReproSteps") in told
    assert {one.actor.name for one in item.revisions} == {"Jamal Hartnett"}
    assert all(one.at.year == 2017 for one in item.revisions)
    files = [
        row
        for row in rows_of(body["value"])
        for one in row.get("relations", {}).get("added", [])
        if one["rel"] == "AttachedFile"
    ]
    assert len(files) == 2


def test_recorded_items_with_relations_and_tags_are_read() -> None:
    seen = 0
    for _, body in examples("workItems__*"):
        for said in rows_of(body.get("value")) or [body]:
            fields = said.get("fields", {})
            if "System.TeamProject" not in fields or "System.ChangedDate" not in fields:
                continue
            site = Site(fields={**fields, "System.WorkItemType": "Bug"}, relations=said.get("relations", []))
            described(site)
            item = site.connector(project=fields["System.TeamProject"]).home
            site.answers |= {f"GET {item.path(path)}": value for path, value in _usual(site).items()}
            read = site.connector(project=fields["System.TeamProject"]).read("42")
            assert read.fields["System.Title"] == fields["System.Title"]
            assert read.fields["System.Tags"] == (tags(fields.get("System.Tags", "")) or None)
            assert read.reporter is not None
            attached = [one for one in said.get("relations", []) if one["rel"] == "AttachedFile"]
            assert len([part for part in read.parts if part.kind is PartKind.ATTACHMENT]) == len(attached)
            seen += 1
    assert seen == 13


def _usual(site: Site) -> dict[str, Any]:
    """What the site answers, by paths below a project."""
    usual = {**site.usual(httpx.Request("GET", "https://x")), **site.answers}
    wanted = ("workitems/42", "workItems/42/updates", "workItems/42/comments", "workitemtypes", "fields")
    return {path: usual[f"GET {path}"] for path in (*wanted, "workitemtypes/Bug/fields")}


def test_recorded_comments_are_read() -> None:
    seen = 0
    for _, body in examples("comments__GET*"):
        listed = records(body.get("comments"))
        if not listed:
            continue
        site = Site(comments=listed)
        parts = site.connector().read("42").parts
        assert sorted(part.body for part in parts) == sorted(
            text(one.get("text")) for one in listed if one.get("isDeleted") is not True
        )
        assert all(part.id and part.author.name for part in parts)
        seen += len(parts)
    assert seen == 2


def test_recorded_lists_of_revisions_are_read_and_go_on() -> None:
    seen = 0
    for _, body in examples("workItemRevisions__*"):
        site = Site(answers={"POST reporting/workitemrevisions": body})
        page = site.connector().changes("", now=clock.now())
        assert {row.record for row in page.rows} == {str(one["id"]) for one in body["values"]}
        newest = {str(one["id"]): str(one["rev"]) for one in body["values"]}
        assert {row.record: row.version for row in page.rows} == newest
        assert token_of(body).count(";") == 2
        seen += 1
    assert seen == 2


def test_recorded_errors_are_sentences() -> None:
    told = [json.loads(body) for _, _, status, body in exchanges() if status >= 400 and body.startswith("{")]
    assert told
    for one in told:
        assert explain(one).sentence == one["message"]


def test_a_real_item_is_read_from_creation_to_deletion() -> None:
    rows = [
        json.loads(body)
        for method, path, status, body in exchanges()
        if "/workItems/191" in path and status == 200 and method in ("GET", "PATCH")
    ]
    assert [row["rev"] for row in rows] == [1, 2]
    for row in rows:
        project = row["fields"]["System.TeamProject"]
        site = Site(fields={**row["fields"], "System.WorkItemType": "Bug"})
        site.answers |= {f"GET {project}/_apis/wit/{path}": value for path, value in _usual(site).items()}
        item = site.connector(project=project).read("42")
        assert item.fields["System.State"] == row["fields"]["System.State"]
        assert item.reporter is not None
        assert item.reporter.id == row["fields"]["System.CreatedBy"]["id"]


@pytest.mark.parametrize("name", ["workitem.created", "workitem.restored"])
def test_recorded_deliveries_name_their_item(name: str) -> None:
    (path,) = recordings("azure-devops/service-hook-payloads", f"*{name}.json")
    body = path.read_bytes()
    hints = Site().connector().parse_webhook({"X-Concord-Key": "s"}, body, ("s",), now=clock.now())
    assert [(hint.record, hint.delivery) for hint in hints] == [("5", json.loads(body)["id"])]
