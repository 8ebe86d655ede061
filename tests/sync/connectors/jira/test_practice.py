"""Connector and practice Jira together: what only shows over real HTTP and time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from portal.core import clock
from portal.core.http import Egress, GuardedTransport, client
from sync.connectors.base import Account, Basic
from sync.connectors.jira.connector import JiraConnector
from sync.connectors.jira.subscription import EVENTS
from sync.engine.types import AddComment, Attach
from sync.sandbox.jira.seed import SYNC_EMAIL
from tests.sync.connectors.stage import content, fetched
from tests.sync.connectors.zendesk.desk import Drawer
from tests.sync.sandbox.jira.site import TOKEN, Site, standing
from tests.sync.sandbox.serving import receiving, until

FILE = Attach("a.txt", "text/plain", 5)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A fresh practice Jira."""
    with standing(tmp_path) as made:
        yield made


def connector(site: Site, http: httpx.Client | None = None) -> JiraConnector:
    port = site.address.rpartition(":")[2]
    guarded = http or client(Egress.parse(f"127.0.0.1:{port},localhost:{port}"), timeout=10)
    account = Account(site.address, Drawer(Basic(SYNC_EMAIL, TOKEN)), {"project": "INF", "type": "Task"})
    return JiraConnector(account, guarded)


def test_the_media_host_never_sees_our_credential(site: Site) -> None:
    site.switch("media", base=site.address.replace("127.0.0.1", "localhost"))
    record = str(site.create()["id"])
    seen: list[tuple[str, bool]] = []

    class Told(GuardedTransport):
        """Notes which host is asked, and whether our credential goes along."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            """Note it, send it."""
            seen.append((request.headers["Host"].partition(":")[0], "Authorization" in request.headers))
            return super().handle_request(request)

    egress = Egress.parse(f"{site.address[7:]},{site.address[7:].replace('127.0.0.1', 'localhost')}")
    jira = connector(site, client(egress, transport=Told(egress)))
    part = jira.apply(record, FILE, "k", content(b"hello")).part
    seen.clear()
    assert fetched(jira.attachment(record, str(part))) == b"hello"
    assert seen == [("127.0.0.1", True), ("localhost", False)]


def test_a_lost_create_is_found_once_the_index_shows_it(site: Site) -> None:
    jira = connector(site)
    site.switch("index", lag=2)
    made = jira.create("Task", {"summary": "x"}, "k-1")
    assert jira.find("Task", "k-1") == ()
    until(lambda: jira.find("Task", "k-1") == (made.record,), seconds=6)


def test_a_late_index_hides_no_change_for_good(site: Site) -> None:
    jira = connector(site)
    cursor = jira.changes("", now=clock.now()).cursor
    record = str(site.create()["id"])
    cursor = jira.changes(cursor, now=clock.now()).cursor
    site.switch("index", lag=2)
    site.say(record, "late")
    cursor = jira.changes(cursor, now=clock.now()).cursor
    version = jira.read(record).version
    until(lambda: version in {row.version for row in jira.changes(cursor, now=clock.now()).rows}, seconds=6)


@pytest.mark.parametrize("skew", [-600, 600])
def test_a_clock_that_is_ten_minutes_off_loses_nothing(site: Site, skew: int) -> None:
    site.switch("clock", skew=skew)
    jira = connector(site)
    cursor = jira.changes("", now=clock.now()).cursor
    record = str(site.create()["id"])
    assert record in {row.record for row in jira.changes(cursor, now=clock.now()).rows}
    assert abs(jira.check().skew - skew) < 5


def test_many_changes_come_page_by_page(site: Site) -> None:
    jira = connector(site)
    cursor = jira.changes("", now=clock.now()).cursor
    keys = {str(site.create(str(number))["id"]) for number in range(120)}
    seen, more = set(), True
    while more:
        page = jira.changes(cursor, now=clock.now() + timedelta(seconds=1))
        seen |= {row.record for row in page.rows}
        cursor, more = page.cursor, page.more
    assert seen == keys


def test_a_webhook_goes_from_practice_to_hint(site: Site) -> None:
    jira = connector(site)
    with receiving() as receiver:
        assert jira.subscribe(receiver.url, "s-1") == "s-1"
        assert jira.subscribe(receiver.url, "s-2") == "s-2"
        (hook,) = site.api.get("/rest/webhooks/1.0/webhook").json()
        assert set(hook["events"]) == set(EVENTS)
        record = str(site.create()["id"])
        site.ines.put(f"/rest/api/3/issue/{record}", json={"fields": {"summary": "by hand"}})
        site.api.delete(f"/rest/api/3/issue/{record}")
        until(lambda: len(receiver.got) == 3)
        hints = [
            hint
            for one in receiver.got
            for hint in jira.parse_webhook(dict(one.headers), one.body, ("s-1", "s-2"), now=clock.now())
        ]
    assert [hint.record for hint in hints] == [record] * 3
    assert len({hint.delivery for hint in hints}) == 3


def test_a_comment_that_we_may_not_see_is_not_there(site: Site) -> None:
    record = str(site.create()["id"])
    role = {"type": "role", "value": "Administrators"}
    assert site.say(record, "canary", by=site.ines, visibility=role).status_code == 201
    assert connector(site).read(record).parts == ()


def test_a_limit_on_one_issue_says_when_to_come_back(site: Site) -> None:
    jira, record = connector(site), str(site.create()["id"])
    site.switch("limits", per_issue=1)
    jira.apply(record, AddComment("one"), "k-1")
    answer = site.say(record, "two")
    assert (answer.status_code, answer.headers["RateLimit-Reason"]) == (429, "jira-per-issue-on-write")
