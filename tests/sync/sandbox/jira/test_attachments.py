"""The practice Jira's files: upload with its header, the way by the media address, limits."""

import httpx

from tests.sync.sandbox.jira.site import Site

CHECK = {"X-Atlassian-Token": "no-check"}


def upload(site: Site, name: str = "a.txt", data: bytes = b"abc", **headers: str) -> httpx.Response:
    file = {"file": (name, data, "text/plain")}
    return site.api.post("/rest/api/3/issue/INF-1/attachments", files=file, headers=headers or CHECK)


def test_an_upload_without_the_header_is_refused(site: Site) -> None:
    site.create()
    answer = upload(site, Accept="*/*")
    assert (answer.status_code, answer.text) == (403, "XSRF check failed")


def test_a_download_goes_by_a_signed_media_address(site: Site) -> None:
    site.create()
    (made,) = upload(site, "Ä.txt").json()
    first = site.api.get(f"/rest/api/3/attachment/content/{made['id']}")
    assert first.status_code == 303
    media = first.headers["Location"]
    answer = httpx.get(media)
    assert (answer.content, answer.headers["Content-Type"]) == (b"abc", "text/plain")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert httpx.get(media[:-4] + "beef").status_code == 403
    direct = site.api.get(f"/rest/api/3/attachment/content/{made['id']}", params={"redirect": "false"})
    assert direct.content == b"abc"


def test_a_media_address_works_for_minutes_only(site: Site) -> None:
    site.create()
    (made,) = upload(site).json()
    media = site.api.get(f"/rest/api/3/attachment/content/{made['id']}").headers["Location"]
    site.switch("clock", skew=3600)
    assert httpx.get(media).status_code == 403


def test_a_file_that_is_too_large_is_refused(site: Site) -> None:
    site.create()
    limit = site.get("attachment/meta")["uploadLimit"]
    assert upload(site, data=b"x" * (limit + 1)).status_code == 413
    assert site.issue("INF-1")["fields"]["attachment"] == []


def test_a_file_is_in_the_history(site: Site) -> None:
    site.create()
    (made,) = upload(site).json()
    site.api.delete(f"/rest/api/3/attachment/{made['id']}")
    came, went = site.get("issue/INF-1/changelog")["values"]
    assert (came["items"][0]["field"], came["items"][0]["toString"]) == ("Attachment", "a.txt")
    assert (went["items"][0]["fromString"], went["items"][0]["toString"]) == ("a.txt", None)
