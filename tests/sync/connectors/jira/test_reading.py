"""Reading an issue: few requests, nothing cut, nothing private as public, nothing of another project."""

from datetime import UTC, datetime

import httpx
import pytest

from portal.core.errors import Missing
from tests.sync.connectors.jira.site import AT, JANE, Site, changed, comment, entry, media


def test_an_issue_without_comments_is_one_request() -> None:
    site = Site()
    item = site.connector().read("10042")
    assert site.calls() == ["GET /issue/10042"]
    assert (item.record, item.kind, item.label, item.key) == ("10042", "Task", "INF-7", "k-1")
    assert item.url == "https://acme.atlassian.net/browse/INF-7"
    assert item.created_at == datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
    assert item.version == "2026-01-05T10:05:00.123+00:00"


def test_an_issue_with_comments_is_two_requests() -> None:
    site = Site(comments=[comment(1, "Hello **you**", properties=[{"key": "concord", "value": {"key": "k-2"}}])])
    (part,) = site.connector().read("10042").parts
    assert site.calls() == ["GET /issue/10042", "GET /issue/10042/comment"]
    assert (part.body, part.key, part.public, part.author.name) == ("Hello **you**", "k-2", True, "Jane Roe")


def test_comments_come_page_by_page() -> None:
    site = Site(comments=[comment(number, str(number)) for number in range(1, 6)])

    def page(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["startAt"])
        return httpx.Response(200, json={"comments": site.comments[start : start + 2], "total": 5})

    site.answers["GET /issue/10042/comment"] = page
    assert [part.id for part in site.connector().read("10042").parts] == ["1", "2", "3", "4", "5"]


def test_comments_whose_list_lacks_properties_are_asked_for_by_id() -> None:
    bare = {name: value for name, value in comment(1, "Ours").items() if name != "properties"}
    full = bare | {"properties": [{"key": "concord", "value": {"key": "k-3"}}]}
    site = Site(comments=[bare, comment(2, "Theirs")])
    site.answers["POST /comment/list"] = {"values": [full]}
    assert [part.key for part in site.connector().read("10042").parts] == ["k-3", None]
    assert site.sent("POST /comment/list") == {"ids": [1]}


SECRETS: dict[str, dict[str, object]] = {
    "a role": {"visibility": {"type": "role", "value": "Developers"}},
    "a group": {"visibility": {"type": "group", "identifier": "g-1"}},
    "internal by its answer": {"jsdPublic": False},
    "internal by its property": {"properties": [{"key": "sd.public.comment", "value": {"internal": True}}]},
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_private_comment_is_never_public(name: str) -> None:
    site = Site(comments=[comment(1, "canary", **SECRETS[name])])
    (part,) = site.connector().read("10042").parts
    assert part.public is False


def test_a_file_that_a_private_comment_shows_is_private() -> None:
    file = {"author": JANE, "created": AT, "size": 3, "mimeType": "text/plain"}
    site = Site(comments=[comment(1, "", jsdPublic=False) | {"body": media("secret.txt")}])
    site.fields["attachment"] = [
        file | {"id": "5", "filename": "secret.txt"},
        file | {"id": "6", "filename": "a.txt"},
    ]
    public = {part.name: part.public for part in site.connector().read("10042").parts if part.name}
    assert public == {"secret.txt": False, "a.txt": True}


def test_an_edited_comment_says_when() -> None:
    site = Site(comments=[comment(1, "x", updated="2026-01-05T11:30:00.000+0100")])
    (part,) = site.connector().read("10042").parts
    assert part.edited_at == datetime(2026, 1, 5, 10, 30, tzinfo=UTC)


def test_an_issue_of_another_project_is_missing() -> None:
    site = Site(fields={"project": {"key": "SECRET", "id": "10009"}, "summary": "canary"})
    with pytest.raises(Missing) as caught:
        site.connector().read("10042")
    assert "canary" not in caught.value.sentence


def test_our_label_is_hidden() -> None:
    site = Site(fields={"labels": ["b", "concord-0123456789abcdef", "a"]})
    assert site.connector().read("10042").fields["labels"] == ("a", "b")


def test_a_history_that_is_cut_is_read_from_its_log() -> None:
    site = Site(history=[entry(100 + n, changed("summary", str(n), str(n + 1))) for n in range(5)])
    item = site.connector().read("10042")
    assert [one.new for one in item.revisions] == ["1", "2", "3", "4", "5"]
    assert "GET /issue/10042/changelog" in site.calls()


def test_a_history_whose_rest_is_at_hand_asks_no_more() -> None:
    site = Site(history=[entry(100 + n, changed("summary", str(n), str(n + 1))) for n in range(5)])
    item = site.connector().read("10042", since="103:0")
    assert [one.id for one in item.revisions] == ["104:0"]
    assert site.calls() == ["GET /issue/10042"]


def test_a_record_is_never_a_path() -> None:
    site = Site()
    with pytest.raises(Missing):
        site.connector().read("../myself")
    assert site.asked[0].url.raw_path.startswith(b"/rest/api/3/issue/..%2Fmyself")
