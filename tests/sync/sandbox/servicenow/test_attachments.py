"""Files: raw and by form, described, listed, downloaded, refused."""

import hashlib
import json

from tests.sync.sandbox.servicenow.site import TABLE, Site

FILES = "/api/now/attachment"


def test_a_file_goes_up_raw_and_comes_back(site: Site) -> None:
    number = str(site.create()["sys_id"])
    made = site.upload(number, "Grüße 😀.txt", b"hello")
    assert (made["file_name"], made["size_bytes"], made["table_sys_id"]) == ("Grüße 😀.txt", "5", number)
    assert made["hash"] == hashlib.sha256(b"hello").hexdigest()
    answer = site.api.get(made["download_link"])
    assert (answer.content, answer.headers["Content-Type"]) == (b"hello", "text/plain")
    assert json.loads(answer.headers["X-Attachment-Metadata"])["sys_id"] == made["sys_id"]
    assert site.api.get(f"{FILES}/{made['sys_id']}").json()["result"] == made


def test_a_file_goes_up_as_a_form(site: Site) -> None:
    number = str(site.create()["sys_id"])
    form = {"table_name": "incident", "table_sys_id": number}
    answer = site.lena.post(f"{FILES}/upload", data=form, files={"uploadFile": ("a.txt", b"", "text/plain")})
    assert (answer.status_code, answer.json()["result"]["size_bytes"]) == (201, "0")


def test_files_are_listed_by_query(site: Site) -> None:
    number, other = str(site.create()["sys_id"]), str(site.create()["sys_id"])
    for name, owner in (("a.txt", number), ("b.txt", other)):
        site.upload(owner, name, b"x")
    answer = site.api.get(FILES, params={"sysparm_query": f"table_name=incident^table_sys_id={number}"})
    assert [row["file_name"] for row in answer.json()["result"]] == ["a.txt"]
    assert len(site.rows("sys_attachment", "table_name=incident")) == 2


def test_a_file_does_not_touch_its_record(site: Site) -> None:
    number = str(site.create()["sys_id"])
    site.upload(number, "a.txt", b"x")
    assert site.record(number)["sys_mod_count"] == "0"


def test_a_file_is_deleted_alone_and_with_its_record(site: Site) -> None:
    number = str(site.create()["sys_id"])
    one, two = (site.upload(number, name, b"x")["sys_id"] for name in ("a.txt", "b.txt"))
    assert site.lena.delete(f"{FILES}/{one}").status_code == 204
    site.lena.delete(f"{TABLE}/incident/{number}")
    for file in (one, two):
        assert site.api.get(f"{FILES}/{file}/file").status_code == 404


def test_what_is_not_allowed_is_refused(site: Site) -> None:
    number = str(site.create()["sys_id"])
    asked = {"table_name": "incident", "table_sys_id": number, "file_name": "a.exe"}
    plain = {"Content-Type": "text/plain"}
    assert site.lena.post(f"{FILES}/file", params=asked, content=b"x", headers=plain).status_code == 403
    assert (
        site.lena.post(f"{FILES}/file", params=asked | {"file_name": ""}, content=b"x", headers=plain).status_code
        == 400
    )
    assert (
        site.lena.post(f"{FILES}/file", params=asked | {"table_name": "x"}, content=b"x", headers=plain).status_code
        == 400
    )
    assert (
        site.lena.post(f"{FILES}/file", params=asked | {"table_sys_id": "x"}, content=b"x", headers=plain).status_code
        == 404
    )
    assert site.lena.post(f"{FILES}/upload", data=asked).status_code == 400
