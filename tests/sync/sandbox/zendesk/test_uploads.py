"""Files: up, onto a comment, down again."""

import hashlib

import httpx

from tests.sync.sandbox.zendesk.desk import TLS, Desk


def attached(desk: Desk, name: str, body: bytes, media_type: str = "text/plain") -> dict[str, object]:
    """The attachment of a fresh ticket's second comment."""
    number = desk.create()["id"]
    token = desk.upload(name, body, media_type)["token"]
    assert desk.put(number, comment={"body": "file", "uploads": [token]}).status_code == 200
    return dict(desk.get(f"tickets/{number}/comments")["comments"][1]["attachments"][0])


def test_the_bytes_come_back_as_they_went_up(desk: Desk) -> None:
    body = bytes(range(256)) * 4096
    attachment = attached(desk, "größe 1.bin", body, "application/octet-stream")
    got = httpx.get(str(attachment["content_url"]), follow_redirects=True, verify=TLS)
    assert hashlib.sha256(got.content).digest() == hashlib.sha256(body).digest()
    assert (attachment["size"], attachment["file_name"]) == (len(body), "größe 1.bin")


def test_an_empty_file_can_be_attached(desk: Desk) -> None:
    assert attached(desk, "empty.txt", b"")["size"] == 0


def test_the_content_is_a_redirect_to_an_address_that_dies(desk: Desk) -> None:
    url = str(attached(desk, "a.txt", b"hello")["content_url"])
    first = desk.nobody.get(url)
    assert first.status_code == 302
    assert desk.nobody.get(first.headers["Location"]).text == "hello"
    desk.practice.skew = 600
    assert desk.nobody.get(first.headers["Location"]).status_code == 403
    assert desk.nobody.get(first.headers["Location"] + "0").status_code == 403


def test_storage_elsewhere_refuses_our_credential(desk: Desk) -> None:
    desk.options(storage_elsewhere=True)
    first = desk.api.get(str(attached(desk, "a.txt", b"hello")["content_url"]))
    target = first.headers["Location"]
    assert target.startswith("http://localhost:")
    here = target.replace("localhost", "127.0.0.1")
    assert desk.api.get(here).status_code == 400
    assert desk.nobody.get(here).status_code == 200


def test_private_attachments_need_an_account(desk: Desk) -> None:
    desk.options(private_attachments=True)
    url = str(attached(desk, "a.txt", b"hello")["content_url"])
    assert desk.nobody.get(url).status_code == 403
    assert desk.api.get(url).status_code == 302


def test_a_token_dies_by_its_use(desk: Desk) -> None:
    number = desk.create()["id"]
    token = desk.upload("a.txt", b"x")["token"]
    assert desk.put(number, comment={"body": "1", "uploads": [token]}).status_code == 200
    assert desk.put(number, comment={"body": "2", "uploads": [token]}).status_code == 422


def test_a_token_dies_after_three_days(desk: Desk) -> None:
    number = desk.create()["id"]
    token = desk.upload("a.txt", b"x")["token"]
    desk.practice.skew = 3 * 24 * 3600 + 5
    assert desk.put(number, comment={"body": "1", "uploads": [token]}).status_code == 422


def test_several_files_share_a_token(desk: Desk) -> None:
    token = desk.upload("a.txt", b"x")["token"]
    answer = desk.api.post("/api/v2/uploads", params={"filename": "b.txt", "token": token}, content=b"y")
    assert [a["file_name"] for a in answer.json()["upload"]["attachments"]] == ["a.txt", "b.txt"]


def test_an_upload_needs_a_name_and_at_most_50_mb(desk: Desk) -> None:
    assert desk.api.post("/api/v2/uploads", content=b"x").status_code == 400
    assert desk.api.post("/api/v2/uploads?filename=a", content=b"x" * (50 * 1024 * 1024 + 1)).status_code == 413


def test_a_refused_comment_gives_its_token_back(desk: Desk) -> None:
    number = desk.create()["id"]
    token = desk.upload("a.txt", b"x")["token"]
    assert desk.put(number, comment={"body": "1", "uploads": [token, "wrong"]}).status_code == 422
    assert desk.put(number, comment={"body": "1", "uploads": [token]}).status_code == 200
