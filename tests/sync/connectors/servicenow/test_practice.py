"""Connector and practice ServiceNow together: what only shows over real HTTP."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core import clock
from portal.core.errors import RateLimited, Rejected, Unauthorized
from portal.core.http import Egress, client
from sync.connectors.base import Account, Basic, OAuth
from sync.connectors.servicenow.connector import ServiceNowConnector
from sync.connectors.servicenow.home import PAGE
from sync.engine.types import AddComment, Attach, Fields, Move, SetFields
from sync.sandbox.servicenow.seed import CLIENT_ID, SYNC_USER
from tests.sync.connectors.servicenow.test_contract import SETTINGS
from tests.sync.connectors.stage import content, fetched, files
from tests.sync.connectors.zendesk.desk import Drawer
from tests.sync.sandbox.servicenow.site import TOKEN, Site, standing
from tests.sync.sandbox.serving import receiving, until

BOT = Basic(SYNC_USER, TOKEN)
TITLE: Fields = {"short_description": "Printer on fire"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A fresh practice ServiceNow."""
    with standing(tmp_path) as made:
        yield made


def connector(site: Site, credential: Basic | OAuth = BOT, **more: str) -> ServiceNowConnector:
    guarded = client(Egress.parse(site.address.removeprefix("http://")), timeout=30)
    return ServiceNowConnector(Account(site.address, Drawer(credential), SETTINGS | more), guarded)


def test_a_file_of_25_mb_goes_up_and_comes_back(site: Site) -> None:
    data = hashlib.sha256(b"large").digest() * (25 * 32_768)
    one = connector(site)
    record = one.create("incident", TITLE, "k").record
    made = one.apply(record, Attach("large.bin", "application/octet-stream", len(data)), "k", content(data))
    (part,) = files(one.read(record))
    assert part.size == len(data) == 25 * 2**20
    assert hashlib.sha256(fetched(one.attachment(record, str(made.part)))).hexdigest() == made.sha256


def test_every_portable_field_survives_the_way_there_and_back(site: Site) -> None:
    one = connector(site)
    fields: Fields = {
        "short_description": "Umlaute ä 😀",
        "description": "Line one\\\nline *two*",
        "urgency": "1 - High",
        "impact": "2 - Medium",
        "category": "Network",
        "assigned_to": "Lena Fischer",
        "assignment_group": "Solution design",
        "due_date": "2026-02-01T10:00:00+00:00",
        "u_product": "Checkout",
        "u_customer_reference": "R-1",
    }
    record = one.create("incident", TITLE, "k").record
    one.apply(record, SetFields(fields), "k")
    item = one.read(record)
    wanted = fields | {"description": "Line one\\\nline two", "priority": "2 - High"}  # type: ignore[operator]
    assert {name: item.fields[name] for name in wanted} == wanted
    told = {one.field: one.new for one in item.revisions}
    assert {name: told[name] for name in wanted} == wanted
    assert item.fields["caller_id"] == "Tom Baker"
    assert item.reporter is not None
    assert item.reporter.id == "tom.baker"


def test_a_change_and_a_requested_item_live_in_their_own_tables(site: Site) -> None:
    one = connector(site, tables="incident,change_request,sc_request,sc_req_item", close_code="Successful")
    cursor = one.changes("", now=clock.now()).cursor
    made = {kind: one.create(kind, TITLE, f"k-{kind}").record for kind in one.check().kinds}
    page = one.changes(cursor, now=clock.now())
    assert {row.record for row in page.rows} == set(made.values())
    fresh = connector(site, tables="incident,change_request,sc_request,sc_req_item", close_code="Successful")
    assert {fresh.read(record).kind: record for record in made.values()} == made
    one.apply(made["change_request"], Move("state", "Closed"), "k")
    item = one.read(made["change_request"])
    assert item.fields["state"] == "Closed"
    assert [r.new for r in item.revisions if r.field == "state"] == [
        "Assess",
        "Authorize",
        "Scheduled",
        "Implement",
        "Review",
        "Closed",
    ]
    one.apply(made["sc_req_item"], Move("state", "Closed Complete"), "k")
    assert one.read(made["sc_req_item"]).fields["state"] == "Closed Complete"


def test_states_that_ask_for_something_get_it_and_a_closed_one_takes_comments_only(site: Site) -> None:
    one = connector(site)
    record = one.create("incident", TITLE, "k").record
    for state in ("On Hold", "Resolved", "Closed"):
        one.apply(record, Move("state", state), "k")
        assert one.read(record).fields["state"] == state
    assert one.read(record).fields["close_code"] == "Solution provided"
    with pytest.raises(Rejected, match="ACL Exception"):
        one.apply(record, SetFields({"short_description": "Late"}), "k")
    assert one.apply(record, AddComment("Thanks"), "k").part


def test_changes_of_many_records_in_one_second_are_all_listed(site: Site) -> None:
    one = connector(site)
    cursor = one.changes("", now=clock.now()).cursor
    made = {str(site.create(short_description=f"Mass {number}")["sys_id"]) for number in range(PAGE + 30)}
    seen: list[str] = []
    more = True
    while more:
        page = one.changes(cursor, now=clock.now())
        seen += [row.record for row in page.rows]
        cursor, more = page.cursor, page.more
    assert set(seen) >= made
    assert len(seen) == len(set(seen))


def test_a_record_that_only_got_a_file_is_listed_with_a_new_version(site: Site) -> None:
    one = connector(site)
    record = str(site.create()["sys_id"])
    cursor = one.changes("", now=clock.now()).cursor

    def versions() -> set[str]:
        return {row.version for row in one.changes(cursor, now=clock.now()).rows if row.record == record}

    before = versions()
    assert before == versions()
    site.upload(record, "late.txt", b"x")
    assert len(before | versions()) == 2


def test_a_filter_finds_what_servicenow_finds(site: Site) -> None:
    one = connector(site)
    high = str(site.create(urgency="1")["sys_id"])
    low = str(site.create(urgency="3")["sys_id"])
    items = [one.read(high), one.read(low)]
    assert one.trial("urgency=1").count == 1
    assert one.matching("urgency=1^NQstate=7", items, now=clock.now()).found == {high}
    assert one.matching("urgencyIN1,3^state=1", items, now=clock.now()).found == {high, low}


def test_an_hourly_limit_is_waited_for(site: Site) -> None:
    one = connector(site)
    one.check()
    site.switch("limits", hourly=1)
    with pytest.raises(RateLimited, match="Rate limit of 1 requests") as caught:
        one.check()
    assert caught.value.retry_at > clock.now()


def test_a_client_signs_in_without_a_person(site: Site) -> None:
    assert connector(site, OAuth("", "", CLIENT_ID, TOKEN, expires_at=clock.now())).check().account.id == SYNC_USER
    with pytest.raises(Unauthorized):
        connector(site, OAuth("", "", CLIENT_ID, "wrong", expires_at=clock.now())).check()


def test_the_message_of_a_business_rule_is_a_hint(site: Site) -> None:
    """Two programs that were written apart agree on the signature."""
    one = connector(site)
    with receiving() as receiver:
        site.switch("outbound", url=receiver.url, secret="whisper")
        record = str(site.create()["sys_id"])
        until(lambda: bool(receiver.got))
    got = receiver.got[0]
    (hint,) = one.parse_webhook(got.headers, got.body, ("whisper",), now=clock.now())
    assert hint.record == record
    with pytest.raises(Unauthorized):
        one.parse_webhook(got.headers, got.body + b" ", ("whisper",), now=clock.now())


def test_business_rules_are_made_once_and_tell_of_records_and_files(site: Site) -> None:
    one = connector(site)
    with receiving() as receiver:
        for secret in ("first", "second"):
            assert one.subscribe(receiver.url, secret) == secret
        assert sorted(row["collection"] for row in site.rows("sys_script")) == ["incident", "sys_attachment"]
        record = str(site.create()["sys_id"])
        site.upload(record, "a.txt", b"x")
        until(lambda: len(receiver.got) == 2)
    for got in receiver.got:
        (hint,) = one.parse_webhook(got.headers, got.body, ("second",), now=clock.now())
        assert hint.record == record
    with pytest.raises(Rejected):
        connector(site, Basic("lena.fischer", TOKEN)).subscribe("https://concord.example/x", "s")


def test_somebody_without_rights_is_told_what_is_missing(site: Site) -> None:
    found = connector(site, Basic("tom.baker", TOKEN)).check()
    assert found.kinds == ()
    assert any("sys_audit" in problem for problem in found.problems)
    assert any("time zone" in problem for problem in found.problems)


def test_the_zone_of_the_account_shifts_nothing(site: Site) -> None:
    lena = connector(site, Basic("lena.fischer", TOKEN))
    cursor = lena.changes("", now=clock.now()).cursor
    record = str(site.create()["sys_id"])
    assert record in {row.record for row in lena.changes(cursor, now=clock.now()).rows}
    revisions = lena.read(record).revisions
    site.api.patch(f"/api/now/table/incident/{record}", json={"urgency": "1"}).raise_for_status()
    item = lena.read(record, since=revisions[-1].id if revisions else None)
    assert "urgency" in {one.field for one in item.revisions}
