"""A work item read fresh: values, formats, history, comments, files."""

import httpx
import pytest

from portal.core.errors import Missing
from sync.engine.types import PartKind
from tests.sync.connectors.azuredevops.site import AT, BOT, JANE, Site, changed, update

GUID = "a5cedde4-2dd5-4fcf-befe-fd0977dd3433"
FILE = {
    "rel": "AttachedFile",
    "url": f"https://dev.azure.com/acme/_apis/wit/attachments/{GUID.upper()}?fileName=a.png",
    "attributes": {"authorizedDate": AT, "name": "a.png", "resourceSize": 5, "comment": "concord:k-9"},
}


def test_values_are_portable_and_what_is_left_out_is_empty() -> None:
    site = Site(
        fields={
            "System.AssignedTo": JANE,
            "System.Tags": "red; concord-0123456789abcdef; Blue",
            "System.Description": "<p>Since <b>noon</b></p>",
            "Microsoft.VSTS.Common.Priority": 2,
            "Microsoft.VSTS.Scheduling.StoryPoints": 3.0,
            "Custom.When": "2026-01-05T10:00:00.1234567Z",
            "Custom.Yes": False,
        }
    )
    fields = site.connector().read("42").fields
    assert fields["System.AssignedTo"] == "Jane Roe"
    assert fields["System.Tags"] == ("Blue", "red")
    assert fields["System.Description"] == "Since **noon**"
    assert fields["Microsoft.VSTS.Common.Priority"] == "2"
    assert fields["Microsoft.VSTS.Scheduling.StoryPoints"] == 3
    assert fields["Custom.When"] == "2026-01-05T10:00:00.123456+00:00"
    assert fields["Custom.Yes"] is False
    assert fields["System.AreaPath"] is None
    assert not {"System.Rev", "System.History", "Microsoft.VSTS.Common.StackRank"} & set(fields)


def test_a_field_in_markdown_is_read_as_it_is_and_its_old_html_as_html() -> None:
    was = update(2, 2, {"System.Description": changed("<p>Old <i>one</i></p>", "New *one* <b>")})
    site = Site(fields={"System.Description": "New *one*"}, formats={"System.Description": "markdown"}, updates=[was])
    item = site.connector().read("42")
    assert item.fields["System.Description"] == "New *one*"
    assert [(one.old, one.new) for one in item.revisions] == [("Old *one*", "New *one* <b>")]


def test_the_history_tells_changes_without_birth_links_and_our_tags() -> None:
    site = Site(
        updates=[
            update(1, 1, {"System.Title": {"newValue": "a"}}),
            update(2, 1, None, relations={"added": [{"rel": "System.LinkTypes.Related", "url": "x"}]}),
            update(3, 2, {"System.Title": changed("a", "b"), "System.State": changed("New", "Active")}),
            update(4, 3, {"System.Tags": changed("x", "concord-0123456789abcdef; x")}),
            update(5, 4, {"System.Title": changed("b", "c")}, revisedBy=BOT),
        ]
    )
    told = site.connector().read("42").revisions
    assert [(one.id, one.field.rpartition(".")[2], one.new) for one in told] == [
        ("2", "Title", "b"),
        ("2", "State", "Active"),
        ("4", "Title", "c"),
    ]
    assert [one.actor.name for one in told] == ["Jane Roe", "Jane Roe", "Sync Bot"]
    rest = site.connector().read("42", since="2").revisions
    assert [one.new for one in rest] == ["c"]


def test_the_history_of_many_pages_is_whole() -> None:
    site = Site(updates=[update(n, n, {"System.Title": changed(n - 1, n)}) for n in range(1, 450)])
    told = site.connector().read("42").revisions
    assert [one.id for one in told] == [str(n) for n in range(2, 450)]


def test_a_files_author_is_who_added_it_and_its_key_is_in_its_comment() -> None:
    adding = update(2, 2, {}, relations={"added": [FILE]}, revisedBy=BOT)
    site = Site(relations=[FILE, FILE], updates=[update(1, 1, {}), adding])
    (part,) = site.connector().read("42", since="7").parts
    assert (part.id, part.kind, part.name, part.size) == (GUID, PartKind.ATTACHMENT, "a.png", 5)
    assert (part.author.name, part.key, part.media_type) == ("Sync Bot", "k-9", "image/png")


def test_an_item_of_a_disabled_kind_is_read_and_its_file_without_a_time_too() -> None:
    bare = {"rel": "AttachedFile", "url": FILE["url"], "attributes": {"name": "a.png"}}
    site = Site(fields={"System.WorkItemType": "Old"}, relations=[bare])
    site.answers["GET workitemtypes/Old/fields"] = {"value": [{"referenceName": "System.Title", "name": "Title"}]}
    item = site.connector().read("42")
    assert (item.kind, item.fields) == ("Old", {"System.Title": "Printer on fire"})
    assert item.parts[0].at == item.created_at


def test_comments_are_read_in_both_formats_and_all_pages() -> None:
    head = {"createdBy": JANE, "createdDate": AT, "modifiedDate": AT, "version": 1}
    ours = {**head, "id": 3, "format": "markdown", "text": "Hi *you*\n\n[//]: # (concord:k-3)", "version": 2}
    old = {**head, "commentId": 2, "text": "<div>Hello</div>"}
    html = '<p>Yes</p><p><a href="https://x.example/s?text=concord-1#concord:k-4">Concord</a></p>'
    pages = iter(
        [
            {"comments": [old, {**head, "id": 5, "text": "", "isDeleted": True}], "continuationToken": "t"},
            {"comments": [ours, {**head, "id": 4, "text": html}]},
        ]
    )
    site = Site(comments=[old, ours])
    site.answers["GET workItems/42/comments"] = lambda _: httpx.Response(200, json=next(pages))
    parts = site.connector().read("42").parts
    assert [(one.id, one.body, one.key) for one in parts] == [
        ("2", "Hello", None),
        ("3", "Hi *you*", "k-3"),
        ("4", "Yes", "k-4"),
    ]
    assert [bool(one.edited_at) for one in parts] == [False, True, False]


def test_an_item_that_moved_away_is_missing() -> None:
    with pytest.raises(Missing, match="in the project Lab"):
        Site(fields={"System.TeamProject": "Lab"}).connector().read("42")


def test_a_project_may_be_named_by_its_id_or_an_old_name() -> None:
    site = Site(fields={"System.TeamProject": "Web"})
    site.answers["GET _apis/projects/p-1"] = {"id": "p-1", "name": "Web"}
    for path in ("workitems/42", "workItems/42/updates", "workitemtypes", "fields", "workitemtypes/Bug/fields"):
        usual = site.usual(httpx.Request("GET", "https://x"))[f"GET {path}"]
        site.answers[f"GET p-1/_apis/wit/{path}"] = usual
    assert site.connector(project="p-1").read("42").label == "#42"


def test_the_marker_is_in_a_hyperlink_or_in_the_field_for_it() -> None:
    link = {"rel": "Hyperlink", "url": "https://x", "attributes": {"comment": "concord:k-1"}}
    other = {"rel": "Hyperlink", "url": "https://y", "attributes": {}}
    assert Site(relations=[other, link]).connector().read("42").key == "k-1"
    assert Site(fields={"Custom.Key": "k-2"}).connector(marker_field="Custom.Key").read("42").key == "k-2"
    assert Site(relations=[other]).connector().read("42").key is None
