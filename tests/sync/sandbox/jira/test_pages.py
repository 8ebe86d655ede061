"""The practice Jira's pages: a person creates, comments, moves and attaches without JavaScript."""

import re

import httpx
import pytest

from tests.sync.sandbox.jira.site import INES, Site

JONAS = "jonas@infinity.example"


@pytest.fixture
def browser(site: Site) -> httpx.Client:
    """A browser without JavaScript."""
    return httpx.Client(base_url=site.address, follow_redirects=True)


def guard(browser: httpx.Client) -> str:
    found = re.search(r'name="guard" value="([^"]+)"', browser.get("/").text)
    assert found
    return found[1]


def post(browser: httpx.Client, path: str, **form: str) -> httpx.Response:
    return browser.post(path, data={"guard": guard(browser), "as": INES, **form})


def test_a_person_creates_an_issue(browser: httpx.Client, site: Site) -> None:
    page = post(
        browser, "/issues", summary="Bill <b>wrong</b>", description="Since **noon**", type="10002", priority="2"
    )
    assert page.url.path == "/browse/INF-1"
    assert "Bill &lt;b&gt;wrong&lt;/b&gt;" in page.text
    assert "<strong>noon</strong>" in page.text
    fields = site.issue("INF-1")["fields"]
    assert (fields["reporter"]["displayName"], fields["priority"]["name"]) == ("Ines Ortega", "High")
    assert "INF-1" in browser.get("/").text


def test_a_comment_for_one_role_is_seen_by_that_role_only(browser: httpx.Client, site: Site) -> None:
    site.create()
    page = post(browser, "/browse/INF-1/comment", visibility="Administrators", body="Only us")
    assert "Only us" in page.text
    seen = httpx.get(f"{site.address}/browse/INF-1", cookies={"practice_person": JONAS})
    assert "Only us" not in seen.text
    assert site.get("issue/INF-1/comment")["total"] == 0


def test_a_file_comes_with_its_restricted_comment(browser: httpx.Client, site: Site) -> None:
    site.create()
    form = {"guard": guard(browser), "as": INES, "visibility": "Developers", "body": "See"}
    page = browser.post("/browse/INF-1/comment", data=form, files={"file": ("trace.txt", b"abc", "text/plain")})
    assert "trace.txt" in page.text
    (note,) = site.get("issue/INF-1/comment")["comments"]
    assert note["visibility"]["value"] == "Developers"
    assert note["body"]["content"][-1]["content"][0]["attrs"]["alt"] == "trace.txt"
    link = re.search(r'href="(/browse/INF-1/files/\d+)"', page.text)
    assert link
    assert browser.get(link[1]).content == b"abc"


def test_a_person_moves_and_edits(browser: httpx.Client, site: Site) -> None:
    site.create()
    page = post(browser, "/browse/INF-1/transition", transition="11")
    assert "status: To Do to In Progress" in page.text
    post(browser, "/browse/INF-1/edit", priority="1", assignee="", reference="MER-1")
    assert site.issue("INF-1")["fields"]["customfield_10050"] == "MER-1"
    assert post(browser, "/browse/INF-1/transition", transition="11").status_code == 409


def test_a_move_that_asks_for_a_resolution_says_so(browser: httpx.Client, site: Site) -> None:
    site.create()
    assert "asks for a resolution" in post(browser, "/browse/INF-1/transition", transition="33").text
    post(browser, "/browse/INF-1/transition", transition="33", resolution="10002")
    assert site.issue("INF-1")["fields"]["resolution"]["name"] == "Duplicate"


def test_a_form_from_elsewhere_is_refused(browser: httpx.Client, site: Site) -> None:
    site.create()
    assert browser.post("/browse/INF-1/transition", data={"transition": "11", "as": INES}).status_code == 403
    form = {"guard": guard(browser), "as": INES, "transition": "11"}
    foreign = browser.post("/browse/INF-1/transition", data=form, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert site.issue("INF-1")["fields"]["status"]["name"] == "To Do"


def test_what_is_not_there_has_a_page_too(browser: httpx.Client) -> None:
    assert browser.get("/browse/INF-99").status_code == 404
    assert "There is no issue INF-99." in browser.get("/browse/INF-99").text
    assert browser.get("/nonsense").status_code == 404
