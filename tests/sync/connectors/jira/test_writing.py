"""Writes: the marker inside the create, labels as verbs, private comments, streamed files."""

import hashlib

import httpx
import pytest

from portal.core.errors import Rejected, Unavailable
from sync.connectors.jira.listing import marker_label
from sync.engine.types import AddComment, Attach, EditComment, SetFields
from tests.sync.connectors.jira.site import Site
from tests.sync.connectors.stage import content


def test_a_create_carries_its_marker_twice() -> None:
    site = Site()
    written = site.connector().create("Task", {"summary": "a", "labels": ("x",), "description": None}, "k-1")
    sent = site.sent("POST /issue")
    assert sent["fields"]["labels"] == ["x", marker_label("k-1")]
    assert sent["properties"] == [{"key": "concord", "value": {"key": "k-1"}}]
    assert sent["fields"]["issuetype"] == {"id": "10001"}
    assert "description" not in sent["fields"]
    assert (written.record, written.label, written.url) == (
        "10043",
        "INF-8",
        "https://acme.atlassian.net/browse/INF-8",
    )


def test_a_create_takes_no_status() -> None:
    site = Site()
    with pytest.raises(Rejected) as caught:
        site.connector().create("Task", {"summary": "a", "status": "Done"}, "k")
    assert (caught.value.field, site.calls()) == ("status", [])


def test_system_fields_need_no_list_of_fields() -> None:
    site = Site()
    site.connector().apply("10042", SetFields({"summary": "b"}), "k-1")
    assert site.calls() == ["PUT /issue/10042"]
    sent = site.sent("PUT /issue/10042")
    assert sent["fields"] == {"summary": "b"}
    assert sent["historyMetadata"] == {"type": "concord", "extraData": {"concord": "k-1"}}


def test_custom_fields_are_written_by_their_shape() -> None:
    site = Site()
    site.connector().apply("10042", SetFields({"customfield_10051": "Gold", "customfield_10052": "*a*"}), "k")
    sent = site.sent("PUT /issue/10042")["fields"]
    assert sent["customfield_10051"] == {"value": "Gold"}
    assert sent["customfield_10052"]["type"] == "doc"


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(Rejected) as caught:
        Site().connector().apply("10042", SetFields({"customfield_99999": "x"}), "k")
    assert caught.value.field == "customfield_99999"


def test_labels_go_as_verbs_and_ours_stays() -> None:
    site = Site(fields={"labels": ["a", "b", "concord-0123456789abcdef"]})
    site.connector().apply("10042", SetFields({"labels": ("b", "c")}), "k")
    sent = site.sent("PUT /issue/10042")
    assert sent["update"] == {"labels": [{"add": "c"}, {"remove": "a"}]}
    assert "labels" not in sent["fields"]


def test_people_are_found_by_exact_name_or_address() -> None:
    site = Site()
    for name in ("jane roe", "JANE@example.org"):
        site.connector().apply("10042", SetFields({"assignee": name}), "k")
        assert site.sent("PUT /issue/10042")["fields"] == {"assignee": {"accountId": "jane-1"}}
    with pytest.raises(Rejected):
        site.connector().apply("10042", SetFields({"assignee": "Jane"}), "k")


def test_a_comment_carries_its_key() -> None:
    site = Site()
    site.answers["POST /issue/10042/comment"] = {"id": "77"}
    assert site.connector().apply("10042", AddComment("Hi"), "k-1").part == "77"
    sent = site.sent("POST /issue/10042/comment")
    assert sent["properties"] == [{"key": "concord", "value": {"key": "k-1"}}]
    assert "visibility" not in sent


def test_a_private_comment_is_restricted_or_refused() -> None:
    site = Site()
    site.answers["POST /issue/10042/comment"] = {"id": "77"}
    step = AddComment("canary", public=False)
    with pytest.raises(Rejected):
        site.connector().apply("10042", step, "k")
    assert site.calls() == []
    site.connector(private_role="Developers").apply("10042", step, "k")
    assert site.sent("POST /issue/10042/comment")["visibility"] == {"type": "role", "value": "Developers"}
    site.connector(service_desk="yes").apply("10042", step, "k")
    marks = site.sent("POST /issue/10042/comment")["properties"]
    assert {"key": "sd.public.comment", "value": {"internal": True}} in marks


def test_an_edit_keeps_the_restriction() -> None:
    site = Site()
    role = {"type": "role", "value": "Developers"}
    site.answers["GET /issue/10042/comment/7"] = {"id": "7", "visibility": role}
    site.answers["PUT /issue/10042/comment/7"] = {"id": "7"}
    site.connector().apply("10042", EditComment("7", "new"), "k")
    assert site.sent("PUT /issue/10042/comment/7")["visibility"] == role


def test_a_file_is_streamed_with_its_length_and_hash() -> None:
    site = Site()
    site.answers["POST /issue/10042/attachments"] = lambda _: httpx.Response(200, json=[{"id": "5"}])
    step = Attach('a "b"\n.txt', "text/plain", 5)
    written = site.connector().apply("10042", step, "k", content(b"hello", piece=2))
    (request,) = site.asked
    assert request.headers["X-Atlassian-Token"] == "no-check"
    assert int(request.headers["Content-Length"]) == len(request.content)
    assert "Transfer-Encoding" not in request.headers
    assert b'filename="a %22b%22%0A.txt"' in request.content
    assert (written.part, written.sha256) == ("5", hashlib.sha256(b"hello").hexdigest())


@pytest.mark.parametrize("size", [4, 6])
def test_a_file_of_another_length_is_not_sent_whole(size: int) -> None:
    site = Site()
    site.answers["POST /issue/10042/attachments"] = lambda _: httpx.Response(200, json=[{"id": "5"}])
    with pytest.raises(Unavailable) as caught:
        site.connector().apply("10042", Attach("a", "text/plain", size), "k", content(b"hello"))
    assert caught.value.sent is False


def test_a_private_file_is_not_sent() -> None:
    site = Site()
    with pytest.raises(Rejected):
        site.connector().apply("10042", Attach("a", "text/plain", 1, public=False), "k", content(b"x"))
    assert site.calls() == []
