"""A ticket written: keys, markers, names, compare-and-set, uploads."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from portal.core.errors import Conflict, Missing, Rejected, Unavailable
from sync.engine.types import AddComment, Attach, EditComment, Move, SetFields
from tests.sync.connectors.stage import content
from tests.sync.connectors.zendesk.account import TICKET, Desk, audit, changed, said
from tests.sync.connectors.zendesk.desk import connector

API = "/api/v2"


def test_a_new_ticket_carries_the_marker_three_times() -> None:
    desk = Desk()
    fields = {"subject": "Hot", "description": "**Since** noon", "priority": "high"}
    made = connector(desk.transport(), form="5", brand="").create("ticket", fields, "c1.k")
    (body,) = desk.sent("POST")
    assert body["external_id"] == "concord:c1.k"
    assert body["metadata"] == {"concord": "c1.k"}
    assert desk.asked[-1].headers["Idempotency-Key"] == "c1.k"
    assert body["ticket_form_id"] == 5
    assert "brand_id" not in body
    assert body["comment"]["public"] is True
    assert "<strong>Since</strong>" in body["comment"]["html_body"]
    assert made.url == "https://acme.zendesk.com/agent/tickets/35436"


def test_a_requester_is_made_from_an_address_and_found_by_a_name() -> None:
    desk = Desk()
    zendesk = connector(desk.transport())
    zendesk.create("ticket", {"subject": "a", "requester": "Jim Poe <jim@example.org>"}, "k1")
    zendesk.create("ticket", {"subject": "a", "requester": "Jane Roe"}, "k2")
    first, second = desk.sent("POST")
    assert first["requester"] == {"name": "Jim Poe", "email": "jim@example.org"}
    assert second["requester_id"] == 1


def test_the_same_key_with_other_values_finds_the_first_ticket() -> None:
    desk = Desk()
    refusal = {"error": "IdempotentRequestError", "description": "The key was used with other parameters"}
    desk.answers[f"POST {API}/tickets"] = lambda _: httpx.Response(400, json=refusal)
    desk.answers[f"GET {API}/tickets"] = {"tickets": [TICKET | {"external_id": "concord:k"}]}
    assert connector(desk.transport()).create("ticket", {"subject": "b"}, "k").record == "35436"
    desk.answers[f"GET {API}/tickets"] = {"tickets": []}
    with pytest.raises(Conflict):
        connector(desk.transport()).create("ticket", {"subject": "b"}, "k")


def test_find_takes_the_exact_marker_only() -> None:
    desk = Desk()
    desk.answers[f"GET {API}/tickets"] = {"tickets": [TICKET]}
    zendesk = connector(desk.transport())
    assert zendesk.find("ticket", "c1.abc") == ("35436",)
    assert zendesk.find("ticket", "c1.ab") == ()
    assert desk.asked[-1].url.params["external_id"] == "concord:c1.ab"


def test_fields_are_written_by_name() -> None:
    desk = Desk()
    fields = {
        "status": "In analysis",
        "assignee": "Ada Agent",
        "group": "Network",
        "type": None,
        "field_360001": "Scanner",
        "field_360002": ("Rome",),
        "field_360003": False,
        "field_360004": 8,
    }
    connector(desk.transport()).apply("35436", SetFields(fields), "k")
    (body,) = desk.sent("PUT")
    assert body == {
        "custom_status_id": 13,
        "assignee_id": 2,
        "group_id": 4,
        "type": None,
        "custom_fields": [
            {"id": 360001, "value": "prod_scanner"},
            {"id": 360002, "value": ["site_rome"]},
            {"id": 360003, "value": False},
            {"id": 360004, "value": 8},
        ],
        "metadata": {"concord": "k"},
    }


def test_a_default_status_is_written_by_its_base_name() -> None:
    desk = Desk()
    connector(desk.transport()).apply("35436", Move("status", "Solved"), "k")
    assert desk.sent("PUT")[0]["status"] == "solved"


def test_labels_replace_labels_but_leave_the_tags_of_fields() -> None:
    desk = Desk()
    zendesk = connector(desk.transport())
    zendesk.apply("35436", SetFields({"tags": ("VIP customer", "desk")}), "k")
    assert desk.sent("PUT")[0]["tags"] == ["call", "desk", "prod_printer", "vip_customer"]
    zendesk.apply("35436", SetFields({"tags": None, "field_360001": "Scanner"}), "k")
    assert desk.sent("PUT")[1]["tags"] == ["call"]


def test_a_write_after_a_read_is_compare_and_set_and_follows_its_own_writes() -> None:
    desk = Desk()
    zendesk = connector(desk.transport())
    zendesk.read("35436")
    desk.answers[f"PUT {API}/tickets/35436"] = {
        "ticket": TICKET | {"updated_at": "2026-01-05T10:07:00Z"},
        "audit": audit(900, "10:07:00"),
    }
    zendesk.apply("35436", SetFields({"priority": "low"}), "k1")
    zendesk.apply("35436", SetFields({"priority": "high"}), "k2")
    assert [(one["safe_update"], one["updated_stamp"]) for one in desk.sent("PUT")] == [
        (True, "2026-01-05T10:05:00Z"),
        (True, "2026-01-05T10:07:00Z"),
    ]


def test_a_conflict_forgets_the_stamp() -> None:
    desk = Desk()
    zendesk = connector(desk.transport())
    zendesk.read("35436")
    desk.answers[f"PUT {API}/tickets/35436"] = lambda _: httpx.Response(409, json={"error": "UpdateConflict"})
    with pytest.raises(Conflict):
        zendesk.apply("35436", SetFields({"priority": "low"}), "k1")
    del desk.answers[f"PUT {API}/tickets/35436"]
    zendesk.apply("35436", SetFields({"priority": "low"}), "k1")
    assert "safe_update" not in desk.sent("PUT")[-1]


def test_written_names_our_revisions_and_not_those_of_rules() -> None:
    desk = Desk()
    rule = {"via": {"channel": "rule"}}
    told = audit(
        900,
        "10:06:00",
        changed("priority", "low", "high"),
        changed("status", "new", "open", **rule),
        concord="k",
    )
    desk.answers[f"PUT {API}/tickets/35436"] = {"ticket": TICKET, "audit": told}
    done = connector(desk.transport()).apply("35436", SetFields({"priority": "high"}), "k")
    assert done.revisions == ("900:90000",)


@pytest.mark.parametrize(
    "fields, named",
    [
        ({"priority": "P1"}, "priority"),
        ({"status": "Nowhere"}, "status"),
        ({"group": "Nobody"}, "group"),
        ({"assignee": "Jane Roe"}, "assignee"),
        ({"field_360001": "Fax"}, "field_360001"),
        ({"field_360006": "x"}, "field_360006"),
        ({"field_360007": "x"}, "field_360007"),
        ({"field_999": "x"}, "field_999"),
        ({"description": "new"}, "description"),
        ({"subject": ("a", "b")}, "subject"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_value_that_cannot_be_written_names_its_field_and_nothing_is_sent(
    fields: dict[str, str], named: str
) -> None:
    desk = Desk()
    with pytest.raises(Rejected) as caught:
        connector(desk.transport()).apply("35436", SetFields(fields), "k")
    assert caught.value.field == named
    assert desk.sent("PUT") == []


def test_a_comment_says_whether_it_is_public_and_carries_its_key() -> None:
    desk = Desk()
    told = audit(900, "10:06:00", {"type": "Notification"}, said("<p>x</p>"), concord="k")
    desk.answers[f"PUT {API}/tickets/35436"] = {"ticket": TICKET, "audit": told}
    done = connector(desk.transport()).apply("35436", AddComment("*x*", public=False), "k")
    (body,) = desk.sent("PUT")
    assert body == {
        "comment": {"html_body": body["comment"]["html_body"], "public": False},
        "metadata": {"concord": "k"},
    }
    assert done.part == "90001"


def test_comments_cannot_be_edited() -> None:
    with pytest.raises(Rejected):
        connector(Desk().transport()).apply("35436", EditComment("1", "x"), "k")


def test_a_record_that_could_be_a_path_is_missing() -> None:
    desk = Desk()
    for record in ("../users", "1/comments", "", "١"):
        with pytest.raises(Missing):
            connector(desk.transport()).apply(record, AddComment("x"), "k")
    assert desk.asked == []


def test_an_upload_streams_with_its_length_and_hash() -> None:
    desk = Desk()
    desk.answers[f"POST {API}/uploads"] = {"upload": {"token": "tok", "attachment": {"id": 5, "size": 3}}}
    told = audit(900, "10:06:00", said("<p>f</p>", attachments=[{"id": 5}]), concord="k")
    desk.answers[f"PUT {API}/tickets/35436"] = {"ticket": TICKET, "audit": told}
    step = Attach("ö 😀.png", "image/png", 3, note="A picture", public=False)
    done = connector(desk.transport()).apply("35436", step, "k", content(b"abc"))
    upload = desk.asked[-2]
    assert (upload.content, upload.headers["content-length"]) == (b"abc", "3")
    assert upload.url.params["filename"] == "ö 😀.png"
    (body,) = desk.sent("PUT")
    assert body["comment"]["uploads"] == ["tok"]
    assert body["comment"]["public"] is False
    assert body["metadata"] == {"concord": "k", "concord_wraps": "1"}
    assert (done.part, done.sha256) == ("5", hashlib.sha256(b"abc").hexdigest())


def test_a_file_that_arrived_short_is_not_attached() -> None:
    desk = Desk()
    desk.answers[f"POST {API}/uploads"] = {"upload": {"token": "tok", "attachment": {"id": 5, "size": 2}}}
    with pytest.raises(Unavailable) as caught:
        connector(desk.transport()).apply("35436", Attach("a", "", 3), "k", content(b"abc"))
    assert not caught.value.sent
    assert desk.sent("PUT") == []


def test_a_source_that_breaks_off_keeps_its_own_error() -> None:
    @contextmanager
    def broken() -> Iterator[Iterator[bytes]]:
        def pieces() -> Iterator[bytes]:
            yield b"a"
            raise Missing("The other tracker's file is gone.")

        yield pieces()

    desk = Desk()
    with pytest.raises(Missing):
        connector(desk.transport()).apply("35436", Attach("a", "", 3), "k", broken)


def test_an_answer_that_names_no_ticket_leaves_the_outcome_open() -> None:
    desk = Desk()
    desk.answers[f"PUT {API}/tickets/35436"] = {"status": "ok"}
    with pytest.raises(Unavailable) as caught:
        connector(desk.transport()).apply("35436", AddComment("x"), "k")
    assert caught.value.sent


def test_a_closed_ticket_says_so() -> None:
    desk = Desk()
    refusal = {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": {"status": [{"description": "Status closed prevents ticket update"}]},
    }
    desk.answers[f"PUT {API}/tickets/35436"] = lambda _: httpx.Response(422, json=refusal)
    with pytest.raises(Rejected, match="closed prevents") as caught:
        connector(desk.transport()).apply("35436", AddComment("x"), "k")
    assert caught.value.field == "status"


def test_an_attachments_credential_stays_at_home() -> None:
    desk = Desk()
    place = "https://acme.zendesk.com/attachments/token/x/?name=a.png"
    desk.answers[f"GET {API}/attachments/77"] = {"attachment": {"id": 77, "content_url": place}}
    desk.answers["GET /attachments/token/x/"] = lambda _: httpx.Response(
        302, headers={"Location": "https://files.example.net/a?sig=1"}
    )
    desk.answers["GET /a"] = lambda _: httpx.Response(200, content=b"\x00\x01")
    with connector(desk.transport()).attachment("35436", "77") as pieces:
        assert b"".join(pieces) == b"\x00\x01"
    assert ["authorization" in one.headers for one in desk.asked] == [True, True, False]


def test_a_file_with_malware_is_not_fetched() -> None:
    desk = Desk()
    bad = {"attachment": {"id": 77, "content_url": "https://x", "malware_scan_result": "malware_found"}}
    desk.answers[f"GET {API}/attachments/77"] = bad
    with pytest.raises(Rejected), connector(desk.transport()).attachment("35436", "77"):
        pass
