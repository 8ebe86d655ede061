"""Writing: one JSON Patch a step, guarded by the revision that was read; markers; what is refused at once."""

import httpx
import pytest

from portal.core.errors import Conflict, Missing, Rejected, Unavailable
from sync.engine.types import AddComment, Attach, EditComment, Fields, Move, SetFields
from tests.sync.connectors.azuredevops.site import Site
from tests.sync.connectors.stage import content

ITEM, CREATE = "PATCH workitems/42", "POST workitems/$Bug"
MADE = {"id": 43, "rev": 1, "fields": {"System.WorkItemType": "Bug"}}


def refused(status: int, **body: object) -> httpx.Response:
    return httpx.Response(status, json=body)


def test_a_create_carries_its_key_in_a_tag_and_a_link() -> None:
    site = Site(answers={CREATE: MADE})
    fields: Fields = {"System.Title": "a\nb", "System.Tags": ("red",), "System.Description": "**x**"}
    written = site.connector(area="Web\\Front").create("Bug", fields, "k-1")
    assert (written.record, written.label) == ("43", "#43")
    assert written.url == "https://dev.azure.com/acme/Web/_workitems/edit/43"
    sent = {one["path"]: one["value"] for one in site.sent(CREATE)}
    assert sent["/fields/System.Title"] == "a b"
    assert sent["/fields/System.Description"] == "<p><strong>x</strong></p>"
    assert sent["/fields/System.AreaPath"] == "Web\\Front"
    tag = sent["/fields/System.Tags"].removeprefix("red; ")
    assert tag.startswith("concord-")
    assert sent["/relations/-"]["attributes"] == {"comment": "concord:k-1"}
    assert sent["/relations/-"]["url"].endswith(f"_search?type=workitem&text={tag}")


def test_a_create_may_keep_its_key_in_a_field_alone() -> None:
    site = Site(answers={CREATE: MADE})
    site.connector(marker_field="Custom.Key").create("Bug", {"System.Title": "a"}, "k-1")
    assert site.sent(CREATE)[1:] == [{"op": "add", "path": "/fields/Custom.Key", "value": "k-1"}]


def test_a_write_tests_the_revision_that_was_read() -> None:
    site = Site(fields={"System.Tags": "x; concord-0123456789abcdef", "Custom.When": "2026-01-05T10:00:00Z"})
    azure = site.connector()
    azure.read("42")
    fields: Fields = {"System.Tags": ("y",), "Custom.When": None, "System.AssignedTo": None, "Custom.Yes": True}
    assert azure.apply("42", SetFields(fields), "k").revisions == ("8",)
    assert site.sent(ITEM) == [
        {"op": "test", "path": "/rev", "value": 7},
        {"op": "replace", "path": "/fields/System.Tags", "value": "y; concord-0123456789abcdef"},
        {"op": "remove", "path": "/fields/Custom.When"},
        {"op": "add", "path": "/fields/Custom.Yes", "value": True},
    ]
    assert site.asked[-1].headers["content-type"] == "application/json-patch+json"


def test_a_write_that_came_second_is_a_conflict_and_then_reads_again() -> None:
    site = Site()
    azure = site.connector()
    azure.read("42")
    site.answers[ITEM] = lambda _: refused(412, message="VS403208: The test operation failed.", typeKey="X")
    with pytest.raises(Conflict):
        azure.apply("42", SetFields({"System.Title": "b"}), "k")
    site.asked.clear()
    del site.answers[ITEM]
    azure.apply("42", SetFields({"System.Title": "b"}), "k")
    assert site.calls() == ["GET workitems/42", ITEM]


def test_nothing_is_sent_where_nothing_changes() -> None:
    site = Site()
    site.connector().apply("42", Move("System.State", "New"), "k")
    site.connector().apply("42", SetFields({"System.AssignedTo": None}), "k")
    assert ITEM not in site.calls()


def test_a_move_that_the_workflow_lacks_is_refused_with_those_it_has() -> None:
    site = Site()
    with pytest.raises(Rejected, match="can go to: Active") as caught:
        site.connector().apply("42", Move("System.State", "Closed"), "k")
    assert caught.value.field == "System.State"
    site.connector().apply("42", Move("System.State", "Active"), "k")
    assert site.sent(ITEM)[1]["value"] == "Active"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"System.Tags": ("a;b",)}, "System.Tags"),
        ({"System.Title": ("a", "b")}, "System.Title"),
        ({"Custom.Missing": "x"}, "Custom.Missing"),
        ({"Microsoft.VSTS.Scheduling.StoryPoints": "many"}, "Microsoft.VSTS.Scheduling.StoryPoints"),
        ({"Custom.When": "noon"}, "Custom.When"),
    ],
)
def test_a_value_that_cannot_be_is_refused_before_it_is_sent(fields: Fields, name: str) -> None:
    site = Site()
    with pytest.raises(Rejected) as caught:
        site.connector().apply("42", SetFields(fields), "k")
    assert caught.value.field == name
    assert ITEM not in site.calls()


def test_a_rule_of_the_process_names_its_field() -> None:
    errors = [{"fieldReferenceName": "Custom.Cause", "errorMessage": "Required"}]
    said = {"message": "TF401320: Rule Error for field Cause.", "customProperties": {"RuleValidationErrors": errors}}
    site = Site(answers={ITEM: lambda _: refused(400, **said)})
    with pytest.raises(Rejected, match="TF401320") as caught:
        site.connector().apply("42", Move("System.State", "Active"), "k")
    assert caught.value.field == "Custom.Cause"


def test_a_state_is_not_sent_with_a_create() -> None:
    with pytest.raises(Rejected, match="first state"):
        Site().connector().create("Bug", {"System.Title": "a", "System.State": "Active"}, "k")


def test_a_comment_is_markdown_with_a_line_that_nobody_sees() -> None:
    place = "POST workItems/42/comments"
    site = Site(answers={place: {"id": 7}})
    assert site.connector().apply("42", AddComment("Hi *you*"), "k-1").part == "7"
    assert site.sent(place) == {"text": "Hi *you*\n\n[//]: # (concord:k-1)"}
    assert site.asked[-1].url.params["format"] == "markdown"


def test_a_server_without_markdown_gets_html_with_a_link() -> None:
    place = "POST workItems/42/comments"
    site = Site(answers={place: {"commentId": 7}})
    assert site.connector(html_comments="yes").apply("42", AddComment("Hi *you*"), "k-1").part == "7"
    assert site.sent(place)["text"].startswith("<p>Hi <em>you</em></p><p><a href=")
    assert "#concord:k-1" in site.sent(place)["text"]


def test_an_edit_keeps_the_key_of_its_comment() -> None:
    place = "workItems/42/comments/7"
    site = Site(answers={f"GET {place}": {"text": "Old\n\n[//]: # (concord:k-1)"}, f"PATCH {place}": {"id": 7}})
    site.connector().apply("42", EditComment("7", "New"), "k-2")
    assert site.sent(f"PATCH {place}") == {"text": "New\n\n[//]: # (concord:k-1)"}


def test_a_file_is_sent_and_then_linked_with_its_key() -> None:
    site = Site(answers={"POST attachments": {"id": "A-1", "url": "https://x/attachments/A-1"}})
    written = site.connector().apply("42", Attach("a b.txt", "text/plain", 3), "k-1", content(b"abc"))
    assert written.part == "a-1"
    upload = next(one for one in site.asked if one.url.path.endswith("/attachments"))
    assert (upload.url.params["fileName"], upload.content) == ("a b.txt", b"abc")
    relation = site.sent(ITEM)[1]["value"]
    assert relation == {
        "rel": "AttachedFile",
        "url": "https://x/attachments/A-1",
        "attributes": {"comment": "concord:k-1"},
    }


def test_a_file_that_is_too_large_or_private_is_refused_before_it_is_sent() -> None:
    site = Site()
    with pytest.raises(Rejected, match="60 MB"):
        site.connector().apply("42", Attach("a", "text/plain", 61 * 2**20), "k", content(b""))
    with pytest.raises(Rejected, match="private"):
        site.connector().apply("42", Attach("a", "text/plain", 1, public=False), "k", content(b"a"))
    assert site.asked == []


def test_an_upload_that_broke_off_was_not_applied() -> None:
    site = Site(answers={"POST attachments": lambda _: refused(500, message="x")})
    with pytest.raises(Unavailable) as caught:
        site.connector().apply("42", Attach("a", "text/plain", 1), "k", content(b"a"))
    assert not caught.value.sent


def test_a_record_that_is_no_number_goes_nowhere() -> None:
    site = Site()
    for step in (AddComment("x"), EditComment("1", "x"), SetFields({"System.Title": "x"})):
        with pytest.raises(Missing):
            site.connector().apply("../users", step, "k")
    assert site.asked == []
