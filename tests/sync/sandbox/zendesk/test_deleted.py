"""Deleted tickets: hidden, restored, removed for good."""

from tests.sync.sandbox.zendesk.desk import Desk


def test_a_deleted_ticket_is_hidden_from_every_read(desk: Desk) -> None:
    number = desk.create(external_id="e")["id"]
    assert desk.api.delete(f"/api/v2/tickets/{number}").status_code == 204
    for path in (f"tickets/{number}", f"tickets/{number}/comments", f"tickets/{number}/audits"):
        assert desk.api.get(f"/api/v2/{path}").status_code == 404
    assert desk.get("tickets", external_id="e")["tickets"] == []
    assert desk.get("search?query=printer")["count"] == 0
    assert desk.put(number, subject="x").status_code == 404


def test_a_restored_ticket_is_as_it_was(desk: Desk) -> None:
    number = desk.create(status="pending")["id"]
    desk.api.delete(f"/api/v2/tickets/{number}")
    gone = desk.get("deleted_tickets")["deleted_tickets"]
    assert [(one["id"], one["previous_state"]) for one in gone] == [(number, "pending")]
    assert desk.api.put(f"/api/v2/deleted_tickets/{number}/restore").json() == {}
    assert desk.get(f"tickets/{number}")["ticket"]["status"] == "pending"


def test_a_ticket_removed_for_good_leaves_the_export_too(desk: Desk) -> None:
    number = desk.create()["id"]
    desk.api.delete(f"/api/v2/tickets/{number}")
    assert desk.api.delete(f"/api/v2/deleted_tickets/{number}").status_code == 200
    desk.practice.skew = 5
    assert desk.get("incremental/tickets/cursor?start_time=0")["tickets"] == []
    assert desk.api.put(f"/api/v2/deleted_tickets/{number}/restore").status_code == 404
