"""A ticket read: fields, parts, revisions, and how few requests that takes."""

import httpx
import pytest

from portal.core.errors import Missing, Unavailable
from sync.engine.types import PartKind
from tests.sync.connectors.zendesk.account import FIRST, TICKET, Desk, audit, changed, said
from tests.sync.connectors.zendesk.desk import connector

FILE = {"id": 77, "file_name": "a.png", "content_type": "image/png", "size": 12}


def test_a_second_read_is_one_request() -> None:
    desk = Desk()
    zendesk = connector(desk.transport())
    zendesk.read("35436")
    desk.asked.clear()
    zendesk.read("35436")
    assert desk.calls() == ["GET /api/v2/tickets/35436/audits"]


def test_a_ticket_that_no_side_load_brings_is_read_alone() -> None:
    desk = Desk()
    desk.answers["GET /api/v2/tickets/35436/audits"] = {"audits": [FIRST], "next_page": None}
    item = connector(desk.transport()).read("35436")
    assert item.record == "35436"
    assert "GET /api/v2/tickets/35436" in desk.calls()


def test_fields_are_portable() -> None:
    item = connector(Desk().transport()).read("35436")
    assert item.fields == {
        "subject": "Printer on fire",
        "description": "Since noon",
        "status": "In analysis",
        "priority": "high",
        "type": "incident",
        "tags": ("desk",),
        "assignee": "Ada Agent",
        "requester": "Jane Roe",
        "group": "Support",
        "field_360001": "Printer",
        "field_360002": ("Oslo", "Rome"),
        "field_360003": True,
        "field_360004": 7,
        "field_360005": "2026-01-31",
    }
    assert item.key == "c1.abc"
    assert item.version == "2026-01-05T10:05:00Z/100"


def test_an_account_without_custom_statuses_has_base_names() -> None:
    desk = Desk()
    desk.answers["GET /api/v2/custom_statuses"] = lambda _: httpx.Response(404, json={"error": "RecordNotFound"})
    assert connector(desk.transport()).read("35436").fields["status"] == "open"


def test_a_closed_ticket_is_locked() -> None:
    item = connector(Desk(ticket={**TICKET, "status": "closed"}).transport()).read("35436")
    assert item.locked
    assert item.fields["status"] == "Closed"


def test_a_deleted_ticket_is_missing_also_when_the_side_load_shows_it() -> None:
    with pytest.raises(Missing):
        connector(Desk(ticket={**TICKET, "status": "deleted"}).transport()).read("35436")


def test_the_first_comment_is_the_description_and_its_files_are_parts() -> None:
    first = audit(100, "10:00:00", said("<p>Since <b>noon</b></p>", attachments=[FILE]))
    item = connector(Desk(audits=[first]).transport()).read("35436")
    assert item.fields["description"] == "Since **noon**"
    (part,) = item.parts
    assert (part.kind, part.id, part.of, part.public) == (PartKind.ATTACHMENT, "77", None, True)


def test_a_private_first_comment_is_no_description() -> None:
    first = audit(100, "10:00:00", said("<p>canary</p>", public=False, attachments=[FILE]))
    item = connector(Desk(audits=[first], ticket={**TICKET, "description": "canary"}).transport()).read("35436")
    assert item.fields["description"] is None
    assert [(part.kind, part.public) for part in item.parts] == [
        (PartKind.COMMENT, False),
        (PartKind.ATTACHMENT, False),
    ]


def test_a_comment_made_private_later_is_private_with_its_files() -> None:
    second = audit(101, "10:01:00", said("<p>oops</p>", attachments=[FILE]))
    number = second["events"][0]["id"]  # type: ignore[index]
    third = audit(102, "10:02:00", {"type": "CommentPrivacyChange", "comment_id": number, "public": False})
    item = connector(Desk(audits=[FIRST, second, third]).transport()).read("35436")
    assert [part.public for part in item.parts] == [False, False]


def test_a_comment_whose_visibility_is_not_told_is_private() -> None:
    second = audit(101, "10:01:00", {"type": "Comment", "html_body": "<p>?</p>", "public": None})
    item = connector(Desk(audits=[FIRST, second]).transport()).read("35436")
    assert [part.public for part in item.parts] == [False]


def test_a_wrapped_file_is_one_part_with_our_key() -> None:
    ours = audit(101, "10:01:00", said("<p>note</p>", attachments=[FILE]), concord="c1.k", concord_wraps="1")
    item = connector(Desk(audits=[FIRST, ours]).transport()).read("35436")
    assert [(part.kind, part.id, part.key) for part in item.parts] == [(PartKind.ATTACHMENT, "77", "c1.k")]


def test_plain_bodies_are_text_and_not_markup() -> None:
    old = audit(101, "10:01:00", said("", body="a <b> & c\nnext"))
    (part,) = connector(Desk(audits=[FIRST, old]).transport()).read("35436").parts
    assert "next" in part.body
    assert "**" not in part.body


def test_a_move_is_told_once_and_by_its_custom_name() -> None:
    moved = audit(
        101,
        "10:01:00",
        changed("status", "new", "open"),
        changed("custom_status_id", "11", "13"),
        concord="c1.m",
    )
    item = connector(Desk(audits=[FIRST, moved]).transport()).read("35436")
    (told,) = item.revisions
    assert (told.field, told.old, told.new, told.key) == ("status", "New", "In analysis", "c1.m")
    assert told.actor.name == "Ada Agent"
    assert told.id == "101:10101"


def test_closing_is_told_although_the_custom_status_stays() -> None:
    closed = audit(101, "10:01:00", changed("status", "solved", "closed"), author=-1)
    (told,) = connector(Desk(audits=[FIRST, closed]).transport()).read("35436").revisions
    assert (told.old, told.new, told.actor.id) == ("Solved", "Closed", "-1")


def test_what_a_trigger_does_on_top_of_our_write_is_not_ours() -> None:
    via = {"channel": "rule", "source": {"from": {"id": 35, "title": "Assign to first responder"}}}
    ours = audit(
        101,
        "10:01:00",
        changed("priority", "low", "high"),
        changed("assignee_id", None, "2", via=via),
        said("<p>Thanks</p>", via=via),
        concord="c1.k",
    )
    item = connector(Desk(audits=[FIRST, ours]).transport()).read("35436")
    assert [(one.field, one.key) for one in item.revisions] == [("priority", "c1.k"), ("assignee", None)]
    assert item.revisions[1].actor.name == "Assign to first responder"
    assert item.parts[0].key is None


def test_tags_of_fields_are_no_labels_in_the_history_either() -> None:
    events = (
        changed("tags", ["desk"], ["desk", "prod_printer"]),
        changed("tags", ["desk"], ["desk", "vip", "call"]),
        changed("360001", None, "prod_printer"),
    )
    item = connector(Desk(audits=[FIRST, audit(101, "10:01:00", *events)]).transport()).read("35436")
    assert [(one.field, one.old, one.new) for one in item.revisions] == [
        ("tags", ("desk",), ("desk", "vip")),
        ("field_360001", None, "Printer"),
    ]


def test_two_changes_of_one_field_in_one_audit_keep_their_order_and_ids() -> None:
    twice = audit(101, "10:01:00", changed("priority", "low", "high"), changed("priority", "high", "urgent"))
    told = connector(Desk(audits=[FIRST, twice]).transport()).read("35436").revisions
    assert [one.new for one in told] == ["high", "urgent"]
    assert len({one.id for one in told}) == 2


def test_since_cuts_inside_an_audit() -> None:
    twice = audit(101, "10:01:00", changed("priority", "low", "high"), changed("type", None, "task"))
    zendesk = connector(Desk(audits=[FIRST, twice]).transport())
    first, second = zendesk.read("35436").revisions
    assert zendesk.read("35436", since=first.id).revisions == (second,)
    assert zendesk.read("35436", since="unknown").revisions == (first, second)


def test_pages_of_audits_are_read_to_the_end_and_the_ticket_after_them() -> None:
    first = [FIRST, *(audit(n, "10:01:00", changed("subject", n - 1, str(n))) for n in range(101, 200))]
    rest = [audit(200, "10:01:00", changed("subject", "199", "200"))]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("page[after]") == "abc":
            assert request.url.params["page[size]"] == "100"
            return httpx.Response(200, json={"audits": rest, "meta": {"has_more": False}})
        meta = {"has_more": True, "after_cursor": "abc"}
        return httpx.Response(200, json={"audits": first, "tickets": [TICKET], "meta": meta})

    desk = Desk()
    desk.answers["GET /api/v2/tickets/35436/audits"] = answer
    item = connector(desk.transport()).read("35436")
    assert len(item.revisions) == 100
    assert desk.calls()[2] == "GET /api/v2/tickets/35436"


def test_a_list_that_turns_in_a_circle_is_half_an_answer() -> None:
    desk = Desk()
    meta = {"has_more": True, "after_cursor": "same"}
    desk.answers["GET /api/v2/tickets/35436/audits"] = {"audits": [FIRST], "meta": meta}
    with pytest.raises(Unavailable):
        connector(desk.transport()).read("35436")


def test_unknown_users_are_asked_for_at_once_and_kept() -> None:
    given = audit(101, "10:01:00", changed("assignee_id", "501", "502"), author=503)
    desk = Desk(audits=[FIRST, given])
    zendesk = connector(desk.transport())
    (told,) = zendesk.read("35436").revisions
    zendesk.read("35436")
    asked = [one.url.params["ids"] for one in desk.asked if one.url.path.endswith("show_many")]
    assert asked == ["501,502,503"]
    assert told.new == "user 502"


def test_a_redacted_comment_shows_as_edited() -> None:
    second = audit(101, "10:01:00", said("<p>card</p>"))
    number = second["events"][0]["id"]  # type: ignore[index]
    third = audit(102, "10:02:00", {"type": "CommentRedactionEvent", "comment_id": number})
    (part,) = connector(Desk(audits=[FIRST, second, third]).transport()).read("35436").parts
    assert part.edited_at is not None
