"""The audit trail is complete: what, when, by whom, and our own metadata."""

from tests.sync.sandbox.zendesk.desk import Desk


def test_every_change_is_an_audit_with_old_and_new_value(desk: Desk) -> None:
    number = desk.create(priority="low")["id"]
    desk.asha.put(f"/api/v2/tickets/{number}", json={"ticket": {"priority": "high", "status": "open"}})
    audit = desk.get(f"tickets/{number}/audits")["audits"][1]
    changes = {e["field_name"]: (e["previous_value"], e["value"]) for e in audit["events"] if e["type"] == "Change"}
    assert changes["priority"] == ("low", "high")
    assert changes["status"] == ("new", "open")
    assert audit["author_id"] == desk.cast("asha")


def test_ids_are_told_as_text_and_tags_as_lists(desk: Desk) -> None:
    number = desk.create()["id"]
    audit = desk.put(number, assignee_id=desk.cast("asha"), tags=["b", "a"]).json()["audit"]
    told = {e["field_name"]: e["value"] for e in audit["events"] if e["type"] == "Change"}
    assert told["assignee_id"] == str(desk.cast("asha"))
    assert told["tags"] == ["a", "b"]


def test_custom_fields_are_told_by_their_id(desk: Desk) -> None:
    field = desk.cast("field-text")
    audit = desk.put(desk.create()["id"], custom_fields=[{"id": field, "value": "C-1"}]).json()["audit"]
    event = next(e for e in audit["events"] if e.get("field_name") == str(field))
    assert (event["previous_value"], event["value"]) == (None, "C-1")


def test_metadata_of_a_write_is_kept_in_audit_and_comment(desk: Desk) -> None:
    number = desk.create()["id"]
    desk.put(number, comment={"body": "x"}, metadata={"sync_origin": "k-1"})
    assert desk.get(f"tickets/{number}/audits")["audits"][1]["metadata"]["custom"] == {"sync_origin": "k-1"}
    assert desk.get(f"tickets/{number}/comments")["comments"][1]["metadata"]["custom"] == {"sync_origin": "k-1"}


def test_a_public_comment_of_an_agent_leaves_a_notification(desk: Desk) -> None:
    number = desk.create(requester_id=desk.cast("jane"))["id"]
    kinds = [e["type"] for e in desk.put(number, comment={"body": "x"}).json()["audit"]["events"]]
    assert kinds == ["Comment", "Notification"]
    desk.options(notifications=False)
    kinds = [e["type"] for e in desk.put(number, comment={"body": "y"}).json()["audit"]["events"]]
    assert kinds == ["Comment"]


def test_audits_are_paged_both_ways_and_in_both_orders(desk: Desk) -> None:
    number = desk.create()["id"]
    for place in range(3):
        desk.put(number, subject=f"Subject {place}")
    all_ids = [a["id"] for a in desk.get(f"tickets/{number}/audits")["audits"]]
    page = desk.get(f"tickets/{number}/audits?page[size]=3")
    rest = desk.api.get(page["links"]["next"]).json()
    assert [a["id"] for a in page["audits"] + rest["audits"]] == all_ids
    turned = desk.get(f"tickets/{number}/audits?page[size]=3&sort=-created_at")
    rest = desk.api.get(turned["links"]["next"]).json()
    assert [a["id"] for a in turned["audits"] + rest["audits"]] == all_ids[::-1]
    assert [a["id"] for a in desk.get(f"tickets/{number}/audits?per_page=3&page=2")["audits"]] == all_ids[3:]


def test_the_trail_of_another_number_is_404(desk: Desk) -> None:
    assert desk.api.get("/api/v2/tickets/1/audits").status_code == 404
    assert desk.api.get("/api/v2/tickets/1/comments").status_code == 404
