"""What a project is: who we are there, what is missing, fields, states and moves of a kind."""

import httpx
import pytest

from portal.core.errors import Misconfigured
from sync.connectors.azuredevops.connector import AzureDevOpsConnector
from sync.connectors.base import Account
from sync.engine.types import FieldType
from tests.sync.connectors.azuredevops.site import BASE, TOKEN, Answer, Site
from tests.sync.connectors.zendesk.desk import Drawer

CREATE = "POST workitems/$Bug"
TREES = {
    "value": [
        {"structureType": "area", "name": "Web", "children": [{"name": "Front", "children": [{"name": "Login"}]}]},
        {"structureType": "iteration", "name": "Web"},
    ]
}


def standing(**answers: Answer) -> Site:
    made: Answer = {"id": 0, "rev": 1, "fields": {}}
    return Site(answers={CREATE: made, "GET classificationnodes": TREES, **answers})


def test_a_system_that_names_no_project_cannot_be_used() -> None:
    with httpx.Client() as http, pytest.raises(Misconfigured):
        AzureDevOpsConnector(Account(BASE, Drawer(TOKEN), {}), http)


def test_all_is_well() -> None:
    site = standing()
    found = site.connector().check()
    assert (found.account.name, found.kinds, found.problems) == ("Sync Bot", ("Bug",), ())
    assert site.asked[-2].url.params["validateOnly"] == "true" or site.asked[-1].url.params.get("validateOnly")


def test_what_is_missing_is_a_sentence() -> None:
    gone = lambda _: httpx.Response(404, json={"message": "TF200016: no such project"})  # noqa: E731
    assert "no project Web" in standing(**{"GET workitemtypes": gone}).connector().check().problems[0]
    assert "no work item type Epic" in standing().connector(type="Epic").check().problems[0]
    assert "no area Web\\Moon" in standing().connector(area="Web\\Moon").check().problems[0]
    assert "no field Custom.Key" in standing().connector(marker_field="Custom.Key").check().problems[0]
    denied = lambda _: httpx.Response(403, json={"message": "TF237111: no permission to save"})  # noqa: E731
    assert "TF237111" in standing(**{CREATE: denied}).connector().check().problems[0]


def test_a_field_that_the_process_asks_for_is_no_missing_right() -> None:
    errors = [{"fieldReferenceName": "Custom.Cause"}]
    rule = httpx.Response(400, json={"message": "x", "customProperties": {"RuleValidationErrors": errors}})
    assert standing(**{CREATE: lambda _: rule}).connector().check().problems == ()


def test_a_kind_tells_its_fields_lengths_options_and_moves() -> None:
    schema = standing().connector().describe("Bug")
    known = {one.key: one for one in schema.fields}
    assert (known["System.Title"].max_length, known["System.Description"].max_length) == (255, 1_000_000)
    assert known["System.Description"].type is FieldType.RICH
    assert known["System.Tags"].type is FieldType.LABELS
    assert known["System.AssignedTo"].type is FieldType.USER
    assert known["Custom.Yes"].type is FieldType.BOOLEAN
    priority = known["Microsoft.VSTS.Common.Priority"]
    assert (priority.type, [one.value for one in priority.options]) == (FieldType.OPTION, ["1", "2"])
    areas = [one.value for one in known["System.AreaPath"].options]
    assert areas == ["Web", "Web\\Front", "Web\\Front\\Login"]
    assert schema.moves == (("New", "Active"),)
    assert (schema.comment_max_length, schema.attachment_max_bytes) == (150_000, 60 * 2**20)
