"""The vendor's own Python client works against the practice Azure DevOps, end to end."""

import io
from collections.abc import Iterator

import pytest
from azure.devops import _file_cache
from azure.devops.connection import Connection
from azure.devops.exceptions import AzureDevOpsServiceError
from azure.devops.v7_1.work_item_tracking.models import (
    CommentCreate,
    JsonPatchOperation,
    Wiql,
    WorkItemBatchGetRequest,
)
from azure.devops.v7_1.work_item_tracking.work_item_tracking_client import WorkItemTrackingClient
from msrest.authentication import BasicAuthentication

from tests.sync.sandbox.azuredevops.site import TOKEN, Site


@pytest.fixture
def wit(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkItemTrackingClient]:
    """The client as its users make it; what it keeps on disk stays out of this machine's home."""
    for cache in (_file_cache.RESOURCE_CACHE, _file_cache.OPTIONS_CACHE):
        monkeypatch.setattr(cache, "file_name", None)
        monkeypatch.setattr(cache, "data", {})
        monkeypatch.setattr(cache, "initial_load_occurred", True)
    connection = Connection(base_url=f"{site.address}/global", creds=BasicAuthentication("", TOKEN))
    yield connection.clients_v7_1.get_work_item_tracking_client()


def ops(**fields: object) -> list[JsonPatchOperation]:
    """Operations on system fields."""
    return [
        JsonPatchOperation(op="add", path=f"/fields/System.{name}", value=value) for name, value in fields.items()
    ]


def test_a_work_item_lives_a_whole_life(wit: WorkItemTrackingClient) -> None:
    made = wit.create_work_item(ops(Title="Link is down", Tags="red"), "Delivery", "User Story")
    assert (made.rev, made.fields["System.State"]) == (1, "New")
    test = JsonPatchOperation(op="test", path="/rev", value=1)
    changed = wit.update_work_item([test, *ops(State="Active")], made.id, project="Delivery")
    assert (changed.rev, changed.fields["System.State"]) == (2, "Active")
    with pytest.raises(AzureDevOpsServiceError, match="VS403208"):
        wit.update_work_item([test, *ops(State="New")], made.id, project="Delivery")
    updates = wit.get_updates(made.id, project="Delivery")
    assert updates[-1].fields["System.State"].new_value == "Active"
    wit.delete_work_item(made.id, project="Delivery")
    with pytest.raises(AzureDevOpsServiceError, match="TF401232"):
        wit.get_work_item(made.id, project="Delivery")
    assert [one.id for one in wit.get_deleted_work_item_shallow_references("Delivery")] == [made.id]


def test_comments_queries_and_batches(wit: WorkItemTrackingClient) -> None:
    made = wit.create_work_item(ops(Title="Slow"), "Delivery", "Bug")
    said = wit.add_comment(CommentCreate(text="Hello"), "Delivery", made.id)
    assert said.version == 1
    assert [one.text for one in wit.get_comments("Delivery", made.id).comments] == ["Hello"]
    query = Wiql(query="SELECT [System.Id] FROM workitems WHERE [System.Title] = 'Slow'")
    assert [one.id for one in wit.query_by_wiql(query).work_items] == [made.id]
    rows = wit.get_work_items_batch(WorkItemBatchGetRequest(ids=[made.id], fields=["System.Title"]), "Delivery")
    assert rows[0].fields["System.Title"] == "Slow"
    assert [one.id for one in wit.get_work_items([made.id])] == [made.id]


def test_a_file_goes_up_and_comes_back(wit: WorkItemTrackingClient) -> None:
    made = wit.create_work_item(ops(Title="x"), "Delivery", "Task")
    sent = wit.create_attachment(io.BytesIO(b"hello world"), project="Delivery", file_name="a.txt")
    link = {"rel": "AttachedFile", "url": sent.url, "attributes": {"comment": "from us"}}
    wit.update_work_item([JsonPatchOperation(op="add", path="/relations/-", value=link)], made.id, project="Delivery")
    assert b"".join(wit.get_attachment_content(sent.id, project="Delivery")) == b"hello world"


def test_it_reads_what_a_project_is(wit: WorkItemTrackingClient) -> None:
    assert {one.name for one in wit.get_work_item_types("Delivery")} == {"Bug", "Task", "User Story"}
    assert [one.name for one in wit.get_work_item_type_states("Delivery", "Bug")] == [
        "New",
        "Active",
        "Resolved",
        "Closed",
    ]
    fields = wit.get_work_item_type_fields_with_references("Delivery", "Bug", expand="all")
    severity = next(one for one in fields if one.reference_name.endswith(".Severity"))
    assert len(severity.allowed_values) == 4
    assert wit.get_work_item_field("System.Title").type == "string"
    area, iteration = wit.get_root_nodes("Delivery", depth=5)
    assert [one.name for one in area.children] == ["Development", "Network"]
    assert iteration.structure_type == "iteration"
    wit.create_work_item(ops(Title="x", Tags="one; two"), "Delivery", "Task")
    assert [one.name for one in wit.get_tags("Delivery")] == ["one", "two"]


def test_the_list_of_revisions_is_read(wit: WorkItemTrackingClient) -> None:
    made = wit.create_work_item(ops(Title="x"), "Delivery", "Task")
    batch = wit.read_reporting_revisions_get(project="Delivery", start_date_time="2020-01-01T00:00:00Z")
    # the client's model of a batch declares no fields, so all of it is among the additional ones
    told = batch.additional_properties
    assert ([one["id"] for one in told["values"]], told["isLastBatch"]) == ([made.id], True)
    assert told["continuationToken"]
