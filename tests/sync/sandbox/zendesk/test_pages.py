"""The help desk's pages, used like a browser without JavaScript."""

import re

import httpx
import pytest

from tests.sync.sandbox.zendesk.desk import TLS, Desk


@pytest.fixture
def browser(desk: Desk) -> httpx.Client:
    """A browser that has seen the first page."""
    made = httpx.Client(base_url=desk.address, follow_redirects=True, verify=TLS)
    made.get("/")
    return made


def post(
    browser: httpx.Client, page: str, path: str, fields: dict[str, str], file: bytes | None = None
) -> httpx.Response:
    """Fill in a form of `page` and send it."""
    guard = re.search(r'name="guard" value="([^"]+)"', browser.get(page).text)
    assert guard is not None
    files = {"file": ("note.txt", file, "text/plain")} if file is not None else None
    return browser.post(path, data={"guard": guard[1], **fields}, files=files)


def opened(desk: Desk, browser: httpx.Client, **more: str) -> int:
    """Open a ticket by the form and return its number."""
    fields = {"as": str(desk.cast("jane")), "subject": "Basket is empty", "body": "Since **noon**", **more}
    answer = post(browser, "/", "/tickets", fields)
    assert answer.status_code == 200
    return int(str(answer.url).rpartition("/")[2])


def test_a_customer_opens_a_ticket(desk: Desk, browser: httpx.Client) -> None:
    number = opened(desk, browser, priority="high", product="product_checkout", reference="C-1")
    ticket = desk.get(f"tickets/{number}")["ticket"]
    assert (ticket["requester_id"], ticket["priority"]) == (desk.cast("jane"), "high")
    assert ticket["via"]["channel"] == "web"
    assert ticket["tags"] == ["product_checkout"]
    assert "Basket is empty" in browser.get("/").text


def test_an_agent_replies_notes_moves_and_attaches(desk: Desk, browser: httpx.Client) -> None:
    number = opened(desk, browser)
    page, path, asha = f"/tickets/{number}", f"/tickets/{number}/reply", str(desk.cast("asha"))
    post(browser, page, path, {"as": asha, "body": "We look into it", "public": "yes", "status": "open"})
    post(browser, page, path, {"as": asha, "body": "internal", "public": "no", "status": "pending"}, b"log")
    comments = desk.get(f"tickets/{number}/comments")["comments"]
    assert [(c["author_id"], c["public"]) for c in comments[1:]] == [(int(asha), True), (int(asha), False)]
    assert comments[2]["attachments"][0]["file_name"] == "note.txt"
    assert desk.get(f"tickets/{number}")["ticket"]["status"] == "pending"
    shown = browser.get(page).text
    assert "Internal note" in shown
    assert "status: open to pending" in shown


def test_an_agent_changes_fields(desk: Desk, browser: httpx.Client) -> None:
    number = opened(desk, browser)
    asha = str(desk.cast("asha"))
    fields = {"as": asha, "subject": "Other", "assignee": asha, "priority": "low", "product": "product_app"}
    post(browser, f"/tickets/{number}", f"/tickets/{number}/fields", {**fields, "reference": "R"})
    ticket = desk.get(f"tickets/{number}")["ticket"]
    assert (ticket["subject"], ticket["assignee_id"], ticket["priority"]) == ("Other", int(asha), "low")


def test_a_form_from_elsewhere_is_refused(desk: Desk, browser: httpx.Client) -> None:
    fields = {"as": str(desk.cast("jane")), "subject": "x", "body": "y"}
    assert browser.post("/tickets", data=fields).status_code == 403
    assert browser.post("/tickets", data={**fields, "guard": "wrong"}).status_code == 403
    guard = re.search(r'name="guard" value="([^"]+)"', browser.get("/").text)
    assert guard is not None
    foreign = {"Origin": "https://evil.example"}
    answer = browser.post("/tickets", data={**fields, "guard": guard[1]}, headers=foreign)
    assert answer.status_code == 403
    assert desk.get("tickets")["count"] == 0


def test_what_was_typed_is_not_lost_when_it_is_refused(desk: Desk, browser: httpx.Client) -> None:
    number = opened(desk, browser)
    asha = str(desk.cast("asha"))
    desk.options(solve_requires_assignee=True)
    fields = {"as": asha, "body": "My long text", "public": "no", "status": "solved"}
    answer = post(browser, f"/tickets/{number}", f"/tickets/{number}/reply", fields)
    assert answer.status_code == 422
    assert "Nothing was saved. Assignee: is required when solving a ticket" in answer.text
    assert "My long text" in answer.text
    assert len(desk.get(f"tickets/{number}/comments")["comments"]) == 1


def test_what_people_write_is_shown_as_text(desk: Desk, browser: httpx.Client) -> None:
    evil = '<img src=x onerror="alert(1)"> [x](javascript:alert(1))'
    number = opened(desk, browser, subject=evil, body=evil)
    shown = browser.get(f"/tickets/{number}").text + browser.get("/").text
    assert "<img" not in shown
    assert 'href="javascript' not in shown


def test_pages_run_no_script(browser: httpx.Client) -> None:
    page = browser.get("/")
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in page.text


def test_a_closed_ticket_shows_no_forms(desk: Desk, browser: httpx.Client) -> None:
    number = desk.create()["id"]
    desk.put(number, status="closed")
    page = browser.get(f"/tickets/{number}").text
    assert "<form" not in page
    assert "closed: nothing can be changed" in page


def test_a_ticket_that_is_not_there_is_a_page_with_status_404(browser: httpx.Client) -> None:
    for path in ("/tickets/1", "/nonsense"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "There is nothing here" in answer.text
