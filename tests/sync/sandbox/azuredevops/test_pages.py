"""The practice Azure DevOps' pages: a person creates, comments, moves and attaches without JavaScript."""

import re

import httpx
import pytest

from sync.sandbox.azuredevops.seed import VISITOR_EMAIL
from tests.sync.sandbox.azuredevops.site import PREVIEW, WIT, Site

ITEM = "/global/Delivery/_workitems/edit/1001"


@pytest.fixture
def browser(site: Site) -> httpx.Client:
    """A browser without JavaScript."""
    return httpx.Client(base_url=site.address, follow_redirects=True)


def guard(browser: httpx.Client) -> str:
    found = re.search(r'name="guard" value="([^"]+)"', browser.get("/").text)
    assert found
    return found[1]


def post(browser: httpx.Client, path: str, **form: str) -> httpx.Response:
    return browser.post(path, data={"guard": guard(browser), "as": VISITOR_EMAIL, **form})


def test_a_person_creates_a_work_item(browser: httpx.Client, site: Site) -> None:
    page = post(
        browser, "/new", title="Link <b>down</b>", description="Since **noon**", type="bug", priority="1", tags="red"
    )
    assert page.url.path == ITEM
    assert "Link &lt;b&gt;down&lt;/b&gt;" in page.text
    assert "<strong>noon</strong>" in page.text
    fields = site.get("workitems/1001")["fields"]
    assert fields["System.CreatedBy"]["displayName"] == "Gita Menon"
    assert (fields["Microsoft.VSTS.Common.Priority"], fields["System.Tags"]) == (1, "red")
    assert "1001" in browser.get("/").text
    assert "1001" in browser.get("/global/Delivery/_search", params={"text": "red"}).text
    assert "1001" not in browser.get("/global/Delivery/_search", params={"text": "blue"}).text


def test_a_person_comments_and_attaches(browser: httpx.Client, site: Site) -> None:
    site.create()
    form = {"guard": guard(browser), "as": VISITOR_EMAIL, "body": "See the *trace*"}
    page = browser.post(f"{ITEM}/comment", data=form, files={"file": ("trace.txt", b"abc", "text/plain")})
    assert "<em>trace</em>" in page.text
    hidden = post(browser, f"{ITEM}/comment", body="Shown\n\n[//]: # (not shown)").text
    assert "Shown" in hidden
    assert "not shown" not in hidden
    _, note = site.api.get(f"{WIT}/workItems/1001/comments", params=PREVIEW).json()["comments"]
    assert note["createdBy"]["displayName"] == "Gita Menon"
    link = re.search(r'href="(/global/Delivery/_workitems/edit/1001/files/[0-9a-f-]+)"', page.text)
    assert link
    assert browser.get(link[1]).content == b"abc"


def test_a_person_moves_and_edits(browser: httpx.Client, site: Site) -> None:
    site.create()
    assert "State: New to Active" in post(browser, f"{ITEM}/state", state="Active").text
    assert "TF401320" in post(browser, f"{ITEM}/state", state="Sleeping").text
    edit = {"title": "Else", "priority": "1", "assignee": "omar@global.example", "area": "Delivery\\Network"}
    post(browser, f"{ITEM}/fields", **edit, iteration="Delivery\\Sprint 1", tags="a; b", reference="MER-1")
    fields = site.get("workitems/1001")["fields"]
    assert (fields["System.Title"], fields["System.AreaPath"]) == ("Else", "Delivery\\Network")
    assert fields["System.AssignedTo"]["displayName"] == "Omar Haddad"
    assert fields["Custom.CustomerReference"] == "MER-1"


def test_a_form_from_elsewhere_is_refused(browser: httpx.Client, site: Site) -> None:
    site.create()
    assert browser.post(f"{ITEM}/state", data={"state": "Active", "as": VISITOR_EMAIL}).status_code == 403
    form = {"guard": guard(browser), "as": VISITOR_EMAIL, "state": "Active"}
    assert browser.post(f"{ITEM}/state", data=form, headers={"Origin": "https://evil.example"}).status_code == 403


def test_what_is_not_there_has_a_page_too(browser: httpx.Client) -> None:
    assert browser.get("/global/Delivery/_workitems/edit/99").status_code == 404
    assert browser.get("/nonsense").status_code == 404
