"""Requests and answers of the practice Zendesk, held against the vendor's description of the Support API."""

import pytest

from tests.sync.sandbox.zendesk.desk import Desk
from tests.sync.sandbox.zendesk.spec import Held, description

pytestmark = pytest.mark.shared


@pytest.fixture
def held(desk: Desk) -> Held:
    """Every exchange of the sync account is checked as it happens."""
    description()
    made = Held()
    desk.api.event_hooks = {"response": [made.check]}
    return made


def test_reading_the_account_follows_the_description(desk: Desk, held: Held) -> None:
    jane, group = desk.cast("jane"), desk.get("groups")["groups"][0]["id"]
    for path in (
        *("users/me.json", "users", f"users/{jane}", f"users/show_many?ids={jane}", "account/settings"),
        *("users/search?query=email:jane.roe@customer.example", "users/autocomplete?name=jane"),
        *(f"users/{jane}/identities", f"users/{desk.cast('asha')}/group_memberships"),
        *("ticket_fields", f"ticket_fields/{desk.cast('field-tagger')}", "ticket_forms", "custom_statuses"),
        *("groups", f"groups/{group}", f"groups/{group}/memberships", "groups/assignable", "group_memberships"),
        *("organizations", "tags"),
    ):
        desk.get(path)
    form = desk.get("ticket_forms")["ticket_forms"][0]["id"]
    status = desk.get("custom_statuses")["custom_statuses"][0]["id"]
    organization = desk.get("organizations")["organizations"][0]["id"]
    for path in (f"ticket_forms/{form}", f"custom_statuses/{status}", f"organizations/{organization}"):
        desk.get(path)
    assert len(held.operations) >= 21
    assert not held.outside


def test_tickets_follow_the_description(desk: Desk, held: Held) -> None:
    made = desk.create(
        requester={"name": "Jane Roe", "email": "jane.roe@customer.example"},
        priority="high",
        tags=["desk"],
        external_id="desk:1",
        custom_fields=[{"id": desk.cast("field-tagger"), "value": "product_app"}],
    )
    number = made["id"]
    token = desk.upload("a.txt", b"hello")["token"]
    assert desk.put(number, comment={"body": "Looking", "uploads": [token]}, status="open").status_code == 200
    assert desk.put(number, subject="Other", assignee_id=desk.cast("asha")).status_code == 200
    for path in (
        *("tickets", "tickets?page[size]=1", "tickets?external_id=desk:1", f"tickets/{number}"),
        *(f"tickets/{number}?include=users,groups", f"tickets/show_many?ids={number}", "tickets/count"),
        *(f"tickets/{number}/comments", f"tickets/{number}/comments?page[size]=1&include=users"),
        *(f"tickets/{number}/comments/count", f"tickets/{number}/audits", f"tickets/{number}/audits/count"),
        *(f"tickets/{number}/tags", "search?query=type:ticket printer", "search/count?query=type:ticket"),
        "search/export?query=printer&filter[type]=ticket&page[size]=10",
    ):
        desk.get(path)
    audit = desk.get(f"tickets/{number}/audits")["audits"][0]["id"]
    comment = desk.get(f"tickets/{number}/comments")["comments"][1]
    desk.get(f"tickets/{number}/audits/{audit}")
    desk.get(f"attachments/{comment['attachments'][0]['id']}")
    private = desk.api.put(f"/api/v2/tickets/{number}/comments/{comment['id']}/make_private")
    assert private.status_code == 200
    assert not held.outside


def test_bulk_work_and_deletion_follow_the_description(desk: Desk, held: Held) -> None:
    numbers = [desk.create()["id"] for _ in range(4)]
    one, two, three, four = numbers
    api = desk.api
    job = api.post("/api/v2/tickets/create_many", json={"tickets": [{"subject": "a", "comment": {"body": "b"}}]})
    assert job.json()["job_status"]["status"] == "queued"
    desk.get(f"job_statuses/{job.json()['job_status']['id']}")
    api.put("/api/v2/tickets/update_many", params={"ids": f"{one},{two}"}, json={"ticket": {"status": "solved"}})
    api.post(f"/api/v2/tickets/{one}/merge", json={"ids": [two]})
    api.request("DELETE", "/api/v2/tickets/destroy_many", params={"ids": str(three)})
    assert api.delete(f"/api/v2/tickets/{four}").status_code == 204
    desk.get("deleted_tickets")
    assert api.put(f"/api/v2/deleted_tickets/{four}/restore").status_code == 200
    desk.get("job_statuses")
    assert not held.outside


def test_tags_users_and_uploads_follow_the_description(desk: Desk, held: Held) -> None:
    number, api = desk.create()["id"], desk.api
    assert api.put(f"/api/v2/tickets/{number}/tags", json={"tags": ["a"]}).json() == {"tags": ["a"]}
    assert api.post(f"/api/v2/tickets/{number}/tags", json={"tags": ["b"]}).status_code == 201
    assert api.request("DELETE", f"/api/v2/tickets/{number}/tags", json={"tags": ["b"]}).status_code == 204
    token = desk.upload("a.txt", b"x")["token"]
    assert api.delete(f"/api/v2/uploads/{token}").status_code == 204
    user = api.post("/api/v2/users", json={"user": {"name": "New", "email": "new@customer.example"}}).json()["user"]
    api.put(f"/api/v2/users/{user['id']}", json={"user": {"name": "Newer", "email": "new@customer.example"}})
    api.post("/api/v2/users/create_or_update", json={"user": {"name": "Newest", "email": "new@customer.example"}})
    api.post("/api/v2/users/create_or_update", json={"user": {"name": "Other", "email": "other@customer.example"}})
    assert not held.outside


def test_incremental_exports_follow_the_description(desk: Desk, held: Held) -> None:
    desk.create(comment={"body": "x"})
    for path in ("tickets/cursor", "tickets", "users/cursor", "users", "ticket_events"):
        desk.get(f"incremental/{path}?start_time=0")
    assert not held.outside
