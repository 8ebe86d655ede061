"""The connector against recorded traffic of a real account: odd values, real headers, real error bodies."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from portal.core.errors import Missing, Rejected, TrackerFault
from sync.connectors.zendesk.errors import explain
from sync.connectors.zendesk.fields import custom_fields, statuses
from sync.connectors.zendesk.shapes import rows
from sync.engine.types import SetFields
from tests.sync.connectors.papers import Exchange, cassette, papers, plain, recordings, replay
from tests.sync.connectors.zendesk.desk import connector

pytestmark = pytest.mark.shared
REAL = "https://d3v-zenpydev.zendesk.com"


def recorded(name: str) -> list[Exchange]:
    return cassette(papers("recorded", "zendesk", "zenpy-betamax", name))


def everything() -> Iterator[Exchange]:
    for path in recordings("zendesk/zenpy-betamax"):
        yield from cassette(path)


def test_every_recorded_error_is_explained() -> None:
    seen = 0
    for one in everything():
        if one.status >= 400:
            assert explain(json.loads(one.body)).sentence
            seen += 1
    assert seen > 10


def test_the_audits_of_real_tickets_are_told() -> None:
    (first, *_) = recorded("TestTicketAudits.test_values.json")
    audits = json.loads(first.body)["audits"]
    by_ticket: dict[int, list[dict[str, object]]] = {}
    for audit in audits:
        by_ticket.setdefault(audit["ticket_id"], []).append(audit)
    told = 0
    for number, own in by_ticket.items():
        item = connector(stand_in(number, own), base=REAL).read(str(number))
        private = {str(e["id"]) for a in own for e in rows(a["events"]) if e.get("public") is False}
        assert all(part.author.id and part.public is (part.id not in private) for part in item.parts)
        changed = [e for a in own for e in rows(a["events"]) if e["type"] == "Change"]
        assert len(item.revisions) == len(changed)
        told += len(changed)
    assert told


def stand_in(number: int, audits: list[dict[str, object]]) -> httpx.MockTransport:
    """Recorded audits around a minimal ticket, as the audits' side-load brings it."""
    at = audits[-1]["created_at"]
    ticket = {"id": number, "status": "open", "created_at": at, "updated_at": at, "is_public": True}
    answers: dict[str, dict[str, object]] = {
        f"/api/v2/tickets/{number}/audits": {"audits": audits, "tickets": [ticket]},
        "/api/v2/ticket_fields": {"ticket_fields": []},
        "/api/v2/custom_statuses": {"custom_statuses": []},
        "/api/v2/users/show_many": {"users": []},
    }
    return httpx.MockTransport(lambda request: httpx.Response(200, json=answers[request.url.path]))


def test_a_real_create_is_understood() -> None:
    made = recorded("TestDeletedTickets.test_delete_and_restore.json")
    fields = Exchange("GET", httpx.URL(f"{REAL}/api/v2/ticket_fields"), "", 200, {}, '{"ticket_fields": []}')
    transport, asked = replay([fields, *made])
    done = connector(transport, base=REAL).create("ticket", {"subject": "test", "description": "test"}, "k")
    assert done.record == "4017"
    assert done.url == f"{REAL}/agent/tickets/4017"
    assert asked[-1].headers["Idempotency-Key"] == "k"


def test_a_real_404_is_missing() -> None:
    transport, _ = replay(
        recorded(
            "TestTicketCreateUpdateDelete.test_single_update_raises_recordnotfoundexception-recordnotfound-update.json"
        )
    )
    with pytest.raises(Missing):
        connector(transport, base=REAL).apply("9223372036854775807", SetFields({"subject": "x"}), "k")


def test_real_exports_lead_on_by_cursor() -> None:
    pages = [one for one in recorded("TicketsIncrementalTest.test_get_values.json") if "cursor" in one.url.path]
    assert pages
    for one in pages:
        page = connector(answering(one), base=REAL).changes("start_time=0", now=datetime.now(UTC))
        answer = json.loads(one.body)
        assert [row.record for row in page.rows] == [str(ticket["id"]) for ticket in answer["tickets"]]
        assert page.cursor == f"cursor={answer['after_cursor']}"
        assert page.more is not answer["end_of_stream"]


def answering(one: Exchange) -> httpx.MockTransport:
    """This answer to everything."""
    return httpx.MockTransport(lambda _: httpx.Response(one.status, headers=one.headers, content=one.body.encode()))


def test_every_recorded_ticket_field_and_status_is_read() -> None:
    fields = found = 0
    for one in everything():
        if one.method == "GET" and one.status == 200 and plain(one.url.path) == "/api/v2/ticket_fields":
            given = rows(json.loads(one.body).get("ticket_fields"))
            fields += len(custom_fields(given))
        if "custom_statuses" in one.url.path and one.status < 300 and one.body:
            answer = json.loads(one.body)
            listed = rows(answer.get("custom_statuses")) or rows([answer.get("custom_status")])
            found += len(statuses(listed))
    assert found


def test_a_real_refused_credential_is_nobody() -> None:
    for name in ("incorrect_token", "no_creds"):
        path = papers("recorded", "zendesk", "node-zendesk-nock", f"test__fixtures__authentication_test_{name}.json")
        (answer, *_) = json.loads(path.read_text())
        body = answer["response"]
        transport = httpx.MockTransport(lambda _, a=answer, b=body: httpx.Response(a["status"], json=b))
        with pytest.raises(TrackerFault):
            connector(transport).check()


def test_every_refused_value_parks() -> None:
    refused = [one for one in everything() if one.status in (400, 422)]
    assert refused
    for one in refused:
        with pytest.raises(Rejected):
            connector(answering(one), base=REAL).find("ticket", "k")
