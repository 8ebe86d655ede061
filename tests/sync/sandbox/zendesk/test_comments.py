"""Comments: bodies, privacy, what they do to the status."""

import pytest

from tests.sync.sandbox.zendesk.desk import Desk


def comments(desk: Desk, number: int) -> list[dict[str, object]]:
    """The comments of a ticket."""
    return list(desk.get(f"tickets/{number}/comments")["comments"])


def test_markdown_is_rendered_and_html_in_it_is_text(desk: Desk) -> None:
    number = desk.create(comment={"body": "**bold** <script>alert(1)</script>"})["id"]
    only = comments(desk, number)[0]
    assert only["body"] == "**bold** <script>alert(1)</script>"
    assert "<strong>bold</strong>" in str(only["html_body"])
    assert "<script>" not in str(only["html_body"])
    assert only["plain_body"] == "bold <script>alert(1)</script>"


def test_html_is_cleaned(desk: Desk) -> None:
    html = '<p onclick="x()">Hi <b>you</b><script>bad()</script> <a href="javascript:x()">link</a></p>'
    number = desk.create(comment={"html_body": html})["id"]
    shown = str(comments(desk, number)[0]["html_body"])
    assert "<b>you</b>" in shown
    assert "onclick" not in shown
    assert "script" not in shown


def test_a_note_stays_private_and_a_private_ticket_opens_up_with_a_public_comment(desk: Desk) -> None:
    made = desk.create(comment={"body": "secret", "public": False})
    assert made["is_public"] is False
    desk.put(made["id"], comment={"body": "also secret"})
    assert [c["public"] for c in comments(desk, made["id"])] == [False, False]
    after = desk.put(made["id"], comment={"body": "hello", "public": True}).json()["ticket"]
    assert after["is_public"] is True


@pytest.mark.parametrize("status", ["solved", "pending", "hold"])
def test_a_requesters_public_comment_opens_the_ticket_again(desk: Desk, status: str) -> None:
    number = desk.create(requester_id=desk.cast("jane"))["id"]
    desk.put(number, status=status)
    after = desk.put(number, comment={"body": "Still broken", "author_id": desk.cast("jane")}).json()["ticket"]
    assert after["status"] == "open"


def test_an_agents_comment_does_not_open_a_solved_ticket(desk: Desk) -> None:
    number = desk.create(requester_id=desk.cast("jane"))["id"]
    desk.put(number, status="solved")
    assert desk.put(number, comment={"body": "You are welcome"}).json()["ticket"]["status"] == "solved"


def test_a_comment_can_be_made_private_afterwards(desk: Desk) -> None:
    number = desk.create()["id"]
    comment = comments(desk, number)[0]["id"]
    assert desk.api.put(f"/api/v2/tickets/{number}/comments/{comment}/make_private").status_code == 200
    assert comments(desk, number)[0]["public"] is False
    assert desk.get(f"tickets/{number}/audits")["audits"][0]["events"][0]["public"] is False


def test_comments_come_page_by_page_with_their_authors(desk: Desk) -> None:
    number = desk.create(requester_id=desk.cast("jane"))["id"]
    for place in range(3):
        desk.put(number, comment={"body": f"c{place}", "author_id": desk.cast("asha")})
    page = desk.get(
        f"tickets/{number}/comments?sort=created_at&page[size]=2&include=users&include_inline_images=true"
    )
    rest = desk.api.get(page["links"]["next"]).json()
    assert [c["body"] for c in page["comments"] + rest["comments"]] == ["Since noon", "c0", "c1", "c2"]
    assert {user["name"] for user in page["users"]} == {"Concord", "Asha Rao"}


def test_a_comment_beyond_64_kb_is_refused(desk: Desk) -> None:
    assert desk.put(desk.create()["id"], comment={"body": "ü" * 32_769}).status_code == 422
    assert desk.put(desk.create()["id"], comment={"body": "ü" * 32_768}).status_code == 200


def test_an_empty_comment_and_an_unknown_author_are_refused(desk: Desk) -> None:
    number = desk.create()["id"]
    assert desk.put(number, comment={"body": "  "}).status_code == 422
    assert desk.put(number, comment={"body": "x", "author_id": 1}).status_code == 422
    assert len(comments(desk, number)) == 1
