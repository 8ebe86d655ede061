"""A client library that others use every day works against the practice Zendesk, over real HTTP."""

import io
import time
from pathlib import Path
from typing import Any

import pytest
import zenpy
from zenpy.lib.api_objects import Comment, Ticket, User
from zenpy.lib.exception import APIException, RecordNotFoundException

from tests.sync.sandbox.zendesk.desk import TOKEN, Desk


@pytest.fixture
def zen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """zenpy as the sync account; it speaks https to zendesk.com unless its environment says otherwise."""
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", "http")
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", desk.address.removeprefix("http://"))
    return zenpy.Zenpy(subdomain="mercuri", email="concord@mercuri.example", token=TOKEN, disable_cache=True)


def opened(zen: Any, **given: Any) -> Any:
    """A ticket made with the library."""
    customer = User(name="Jane Roe", email="jane.roe@customer.example")
    ticket = Ticket(subject="Printer on fire", comment=Comment(body="Since noon"), requester=customer, **given)
    return zen.tickets.create(ticket).ticket


def test_it_knows_who_it_is(zen: Any) -> None:
    assert zen.users.me().email == "concord@mercuri.example"


def test_it_opens_a_ticket_and_comments_on_it(zen: Any) -> None:
    ticket = opened(zen, priority="high")
    ticket.comment = Comment(body="An internal note", public=False)
    ticket.status = "pending"
    zen.tickets.update(ticket)
    again = zen.tickets(id=ticket.id)
    assert (again.status, again.priority) == ("pending", "high")
    assert [(c.body, c.public) for c in zen.tickets.comments(ticket=ticket.id)] == [
        ("Since noon", True),
        ("An internal note", False),
    ]


def test_it_reads_audits(zen: Any) -> None:
    ticket = opened(zen)
    ticket.status = "open"
    zen.tickets.update(ticket)
    audits = list(zen.tickets.audits(ticket=ticket.id))
    changes = [e for e in audits[1].events if e["type"] == "Change" and e["field_name"] == "status"]
    assert [(e["previous_value"], e["value"]) for e in changes] == [("new", "open")]


def test_it_uploads_and_downloads_an_attachment(zen: Any, tmp_path: Path) -> None:
    upload = zen.attachments.upload(io.BytesIO(b"bytes \x00 here"), target_name="log.bin")
    ticket = opened(zen)
    ticket.comment = Comment(body="The log", uploads=[upload.token])
    zen.tickets.update(ticket)
    attachment = list(zen.tickets.comments(ticket=ticket.id))[-1].attachments[0]
    zen.attachments.download(attachment.id, str(tmp_path / "log.bin"))
    assert (tmp_path / "log.bin").read_bytes() == b"bytes \x00 here"


def test_it_follows_the_incremental_cursor(zen: Any) -> None:
    numbers = {opened(zen).id for _ in range(3)}
    time.sleep(1.1)
    export = zen.tickets.incremental(start_time=1, paginate_by_time=False, per_page=2)
    assert {ticket.id for ticket in export} == numbers


def test_it_pages_through_all_tickets(zen: Any) -> None:
    numbers = [opened(zen).id for _ in range(5)]
    assert [ticket.id for ticket in zen.tickets(page_size=2)] == numbers


def test_it_searches(zen: Any) -> None:
    ticket = opened(zen, priority="urgent")
    opened(zen, priority="low")
    assert [found.id for found in zen.search(type="ticket", priority="urgent")] == [ticket.id]


def test_it_makes_jobs(zen: Any) -> None:
    job = zen.tickets.create([Ticket(subject=str(n), description="x") for n in range(3)])
    done = zen.job_status(id=job.id)
    assert (done.status, len(done.results)) == ("completed", 3)


def test_it_deletes_and_restores(zen: Any) -> None:
    ticket = opened(zen)
    zen.tickets.delete(ticket)
    with pytest.raises(RecordNotFoundException):
        zen.tickets(id=ticket.id)
    zen.tickets.restore(ticket)
    assert zen.tickets(id=ticket.id).status == "new"


def test_it_is_told_what_is_wrong(zen: Any) -> None:
    with pytest.raises(APIException, match="RecordInvalid"):
        opened(zen, priority="extreme")


def test_it_reads_what_describes_the_desk(zen: Any) -> None:
    assert "Product" in {field.title for field in zen.ticket_fields()}
    assert {status.status_category for status in zen.custom_statuses()} >= {"new", "open", "solved"}
    assert [group.name for group in zen.groups()] == ["Customer service"]
    assert [user.name for user in zen.users.search(query="email:asha@mercuri.example")] == ["Asha Rao"]
