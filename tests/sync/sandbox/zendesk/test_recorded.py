"""The practice Zendesk's answers have every key that recorded answers of the real one have."""

import json
from typing import Any

import pytest

from tests.sync.connectors.papers import Exchange, cassette, papers
from tests.sync.sandbox.zendesk.desk import Desk

pytestmark = pytest.mark.shared

Json = dict[str, Any]


def recorded(name: str) -> list[Exchange]:
    """The exchanges of one recording."""
    return cassette(papers("recorded", "zendesk", "zenpy-betamax", f"{name}.json"))


def first(name: str, method: str, ending: str) -> tuple[Exchange, Json]:
    """The first recorded exchange of a method whose path ends so, with its JSON."""
    fits = [one for one in recorded(name) if one.method == method and one.url.path.endswith(ending)]
    return fits[0], json.loads(fits[0].body)


def lacks(ours: object, theirs: object, where: str = "") -> list[str]:
    """The keys that theirs has and ours has not, as paths; lists are compared by their first entries."""
    if isinstance(theirs, dict):
        if not isinstance(ours, dict):
            return [where]
        missing = [f"{where}/{key}" for key in theirs if key not in ours]
        return missing + [
            found
            for key in theirs
            if key in ours and ours[key] and theirs[key]
            for found in lacks(ours[key], theirs[key], f"{where}/{key}")
        ]
    if isinstance(theirs, list) and isinstance(ours, list):
        return lacks(ours[0], theirs[0], f"{where}[0]") if ours and theirs else []
    return []


def test_a_created_ticket_has_the_recorded_keys_and_headers(desk: Desk) -> None:
    real, theirs = first("TestDeletedTickets.test_delete_and_restore", "POST", "/tickets.json")
    answer = desk.api.post("/api/v2/tickets.json", json=json.loads(real.sent))
    assert lacks(answer.json(), theirs) == []
    named = {"location", "x-rate-limit", "x-rate-limit-remaining", "x-request-id", "x-zendesk-api-version"}
    assert named <= {name.lower() for name in answer.headers}


def test_the_first_audit_tells_the_recorded_events_in_the_recorded_order(desk: Desk) -> None:
    real, theirs = first("TestDeletedTickets.test_delete_and_restore", "POST", "/tickets.json")
    ours = desk.api.post("/api/v2/tickets.json", json=json.loads(real.sent)).json()
    names = [event.get("field_name") for event in theirs["audit"]["events"]]
    told = [event.get("field_name") for event in ours["audit"]["events"] if event["type"] != "Notification"]
    assert [name for name in told if name in names] == [name for name in names if name in told]
    assert {"subject", "requester_id", "priority", "type", "status", "custom_status_id"} <= set(told)


@pytest.mark.parametrize(
    ("recording", "ending", "path"),
    [
        ("TestTicketsPagination.test_pagination", "/tickets.json", "tickets?page[size]=1"),
        ("TicketsIncrementalTest.test_get_values", "/tickets/cursor.json", "incremental/tickets/cursor?start_time=0"),
        ("TicketsIncrementalTest.test_get_values", "/tickets.json", "incremental/tickets?start_time=0"),
        ("UsersIncrementalTest.test_get_values", "/users/cursor.json", "incremental/users/cursor?start_time=0"),
        ("TestGroupMemberships.test_pagination", "/group_memberships.json", "group_memberships?page[size]=1"),
        ("TestTags.test_values", "/tags.json", "tags?page[size]=1"),
    ],
)
def test_lists_have_the_recorded_keys(desk: Desk, recording: str, ending: str, path: str) -> None:
    theirs = first(recording, "GET", ending)[1]
    desk.create(tags=["a"])
    desk.practice.skew = 3
    assert lacks(desk.get(path), theirs) == []


def test_an_upload_has_the_recorded_keys(desk: Desk) -> None:
    theirs = first("TestAttachmentUpload.test_upload_with_bytes_io-upload-single", "POST", "/uploads.json")[1]
    assert lacks({"upload": desk.upload("a.txt", b"x")}, theirs) == []


def test_a_new_user_has_the_recorded_keys(desk: Desk) -> None:
    real, theirs = first("TestUsersPagination.test_pagination", "POST", "/users.json")
    answer = desk.api.post("/api/v2/users.json", json=json.loads(real.sent))
    assert answer.status_code == real.status
    assert lacks(answer.json(), theirs) == []


def test_a_text_field_has_the_recorded_keys(desk: Desk) -> None:
    name = "TestTicketFieldCreateUpdateDelete.test_single_object_creation-create-single"
    theirs = first(name, "POST", "/ticket_fields.json")[1]
    field = desk.get(f"ticket_fields/{desk.cast('field-text')}")
    assert lacks(field, theirs) == []


def test_a_webhook_has_the_recorded_keys(desk: Desk) -> None:
    real, theirs = first("TestWebhooks.test_show_webhook-show", "POST", "/webhooks")
    answer = desk.api.post("/api/v2/webhooks", json=json.loads(real.sent))
    assert answer.status_code == real.status
    assert lacks(answer.json(), theirs) == []
    assert "password" not in answer.text


def test_jobs_have_the_recorded_keys(desk: Desk) -> None:
    name = "TestTicketCreateUpdateDelete.test_multiple_update_single_object-update-many"
    made = [one for one in recorded(name) if "job_status" in one.body]
    answer = desk.api.post("/api/v2/tickets/create_many.json", json=json.loads(made[0].sent)).json()
    assert lacks(answer, json.loads(made[0].body)) == []
    done = desk.get(f"job_statuses/{answer['job_status']['id']}")
    assert lacks(done, json.loads(made[1].body)) == []


def test_a_record_that_is_not_there_is_refused_in_the_recorded_words(desk: Desk) -> None:
    name = "TestTicketCreateUpdateDelete.test_single_update_raises_recordnotfoundexception-recordnotfound-update"
    real = next(one for one in recorded(name) if one.status == 404)
    answer = desk.api.put("/api/v2/tickets/99999999.json", json={"ticket": {"subject": "x"}})
    assert (answer.status_code, answer.json()) == (404, json.loads(real.body))


def test_too_many_records_are_refused_in_the_recorded_words(desk: Desk) -> None:
    name = "TestTicketCreateUpdateDelete.test_raises_toomanyvaluesexception_create-create-multiple"
    real = next(one for one in recorded(name) if "TooManyValues" in one.body)
    answer = desk.api.post("/api/v2/tickets/create_many.json", json=json.loads(real.sent))
    assert (answer.status_code, answer.json()) == (real.status, json.loads(real.body))
