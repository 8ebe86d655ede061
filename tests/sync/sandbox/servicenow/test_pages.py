"""The practice ServiceNow's pages: a person opens, says, moves, edits and attaches without JavaScript."""

import re

import httpx
import pytest

from tests.sync.sandbox.servicenow.site import Site


@pytest.fixture
def browser(site: Site) -> httpx.Client:
    """A browser without JavaScript."""
    return httpx.Client(base_url=site.address, follow_redirects=True)


def guard(browser: httpx.Client) -> str:
    found = re.search(r'name="guard" value="([^"]+)"', browser.get("/").text)
    assert found
    return found[1]


def post(browser: httpx.Client, path: str, **form: str) -> httpx.Response:
    return browser.post(path, data={"guard": guard(browser), "as": "ravi.menon", **form})


def test_a_person_opens_an_incident(browser: httpx.Client, site: Site) -> None:
    page = post(
        browser, "/list/incident", short_description="Bill <b>wrong</b>", description="a\nb", urgency="1", impact="1"
    )
    assert page.url.path.startswith("/record/incident/")
    assert "Bill &lt;b&gt;wrong&lt;/b&gt;" in page.text
    assert "a<br>b" in page.text
    (row,) = site.rows("incident", sysparm_fields="opened_by.user_name,priority")
    assert row == {"opened_by.user_name": "ravi.menon", "priority": "1"}
    assert "INC0010001" in browser.get("/").text


def test_comments_work_notes_and_files_are_told_apart(browser: httpx.Client, site: Site) -> None:
    number = str(site.create()["sys_id"])
    post(browser, f"/record/incident/{number}/say", text="Between us", journal="work_notes")
    form = {"guard": guard(browser), "as": "ravi.menon", "text": "For all", "journal": "comments"}
    page = browser.post(f"/record/incident/{number}/say", data=form, files={"file": ("a.txt", b"abc", "text/plain")})
    assert "entry private" in page.text
    link = re.search(r'href="(/files/[0-9a-f]+)"', page.text)
    assert link
    assert browser.get(link[1]).content == b"abc"
    rows = site.rows("sys_journal_field", f"element_id={number}")
    assert {row["element"]: row["value"] for row in rows} == {"work_notes": "Between us", "comments": "For all"}


def test_a_move_that_lacks_something_is_told_and_one_that_has_it_is_done(browser: httpx.Client, site: Site) -> None:
    number = str(site.create()["sys_id"])
    page = post(browser, f"/record/incident/{number}/move", state="6")
    assert (page.status_code, "Resolution code" in page.text) == (409, True)
    closing = {"close_code": "Solution provided", "close_notes": "Done."}
    page = post(browser, f"/record/incident/{number}/move", state="6", **closing)
    assert '<span class="state">Resolved</span>' in page.text
    assert "New to Resolved" in page.text


def test_a_record_is_edited(browser: httpx.Client, site: Site) -> None:
    number = str(site.create()["sys_id"])
    post(browser, f"/record/incident/{number}/edit", short_description="Other", urgency="2")
    found = site.record(number)
    assert (found["short_description"], found["urgency"]) == ("Other", "2")


def test_each_table_has_its_list(browser: httpx.Client, site: Site) -> None:
    for table in ("change_request", "sc_request", "sc_req_item"):
        number = str(site.create(table)["sys_id"])
        assert number in browser.get(f"/list/{table}").text
        assert browser.get(f"/record/{table}/{number}").status_code == 200


def test_what_is_not_there_or_not_from_here_is_refused(browser: httpx.Client, site: Site) -> None:
    number = str(site.create()["sys_id"])
    for path in ("/list/sys_user", "/record/incident/none", "/files/none", "/nowhere"):
        assert browser.get(path).status_code == 404
    for action in ("say", "move", "edit"):
        assert post(browser, f"/record/incident/none/{action}").status_code == 404
    assert post(browser, "/list/incident").status_code == 400
    assert post(browser, f"/record/incident/{number}/say").status_code == 400
    assert browser.post("/list/incident", data={"short_description": "x"}).status_code == 403
    assert browser.get("/").headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_an_empty_list_teaches(browser: httpx.Client) -> None:
    assert "No records yet" in browser.get("/").text
