"""What describes the help desk of the story."""

from pathlib import Path

from sync.sandbox.store import Store
from sync.sandbox.zendesk.seed import seed
from tests.sync.sandbox.zendesk.desk import Desk


def test_the_fields_of_the_story_are_there(desk: Desk) -> None:
    fields = {field["title"]: field for field in desk.get("ticket_fields")["ticket_fields"]}
    assert [o["value"] for o in fields["Priority"]["system_field_options"]] == ["low", "normal", "high", "urgent"]
    assert fields["Product"]["type"] == "tagger"
    assert "product_checkout" in {o["value"] for o in fields["Product"]["custom_field_options"]}
    assert fields["Customer reference"]["type"] == "text"


def test_the_form_names_all_fields(desk: Desk) -> None:
    form = desk.get("ticket_forms")["ticket_forms"][0]
    assert set(form["ticket_field_ids"]) == {f["id"] for f in desk.get("ticket_fields")["ticket_fields"]}


def test_statuses_can_be_filtered(desk: Desk) -> None:
    shown = desk.get("custom_statuses?status_categories=open,solved")["custom_statuses"]
    assert [s["status_category"] for s in shown] == ["open", "solved"]


def test_an_unknown_record_is_404(desk: Desk) -> None:
    for noun in ("ticket_fields", "ticket_forms", "groups", "organizations", "custom_statuses", "users"):
        assert desk.api.get(f"/api/v2/{noun}/1").status_code == 404


def test_seeding_again_changes_nothing_but_the_token(tmp_path: Path) -> None:
    store = Store(tmp_path / "z.sqlite3")
    seed(store, "one")
    before = {name: store.all(name) for name in ("users", "ticket_fields", "groups", "cast", "custom_statuses")}
    seed(store, "two")
    assert {name: store.all(name) for name in before} == before
    assert [doc["token"] for doc in store.all("api_tokens")] == ["two"]
