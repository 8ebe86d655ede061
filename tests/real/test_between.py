"""Redmine and Request Tracker, both real, with the engine between them: nothing lost, doubled or out of order.

CONCORD_REAL_ITEMS (20) items, half begun on each side, and CONCORD_REAL_EDITS (five for each) edits by people.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest
from django.test import override_settings

from portal.access import rls
from portal.core import clock
from sync.connectors.base import Connector
from sync.engine.types import Item, PartKind
from sync.flow import polling, working
from sync.flow.connecting import connector_of
from sync.flow.models.cases import Item as Row
from sync.flow.models.cases import Lane
from sync.flow.models.facts import Change
from sync.flow.models.streams import Stream
from sync.flow.models.writes import Intent
from sync.flow.store.lanes import due_shards
from sync.triage.models import Parked
from tests.real import redmine, requesttracker
from tests.real.agreed import REDMINE_STATUS, RT_STATUS, Agreed, agree
from tests.real.serving import Real
from tests.real.test_redmine import Developer
from tests.real.test_requesttracker import Agent
from tests.sync.connectors.stage import fetched
from tests.sync.flow.site import threads
from tests.sync.flow.stage import forget

ITEMS = int(os.environ.get("CONCORD_REAL_ITEMS", "20"))
EDITS = int(os.environ.get("CONCORD_REAL_EDITS", str(5 * ITEMS)))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CANARY = "canary-only-for-colleagues"
#: seconds until Redmine lists a second once more, because it is surely over
SURE = 3.2
STEPS = (("In Progress", "Feedback", "Resolved"), ("open", "stalled", "resolved"))


@dataclass(slots=True)
class Told:
    """What people did to one matter: `side` 0 began it in Redmine, 1 in RT."""

    side: int
    record: str
    title: str
    body: str
    said: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    files: tuple[dict[str, bytes], dict[str, bytes]] = field(default_factory=lambda: ({}, {}))
    steps: int = 0
    #: its item on each side, once it is there
    twins: list[str] = field(default_factory=lambda: ["", ""])


@dataclass(slots=True)
class Play:
    """Both trackers, their people, and the engine in threads that are logged in as workers."""

    agreed: Agreed
    hands: tuple[Developer, Agent]
    pool: ThreadPoolExecutor
    matters: list[Told] = field(default_factory=list)

    def engine(self, work: Callable[[], int]) -> int:
        """Something done as a worker would."""
        return self.pool.submit(work).result(600)

    def turn(self) -> int:
        """Poll both and run what is due; how much that was."""
        found = 0
        for system in (self.agreed.redmine.pk, self.agreed.rt.pk):
            Stream.objects.filter(pk=system).update(next_poll=EPOCH)
            found += self.engine(lambda system=system: polling.poll(system))  # type: ignore[misc]
        return found + self.engine(lambda: sum(working.work(shard) for shard in due_shards()))

    def settle(self) -> None:
        """Until nothing moves any more, and nothing did in the seconds that Redmine cannot tell apart."""
        end = time.monotonic() + 120 + 6 * len(self.matters)
        while time.monotonic() < end:
            if self.turn():
                continue
            time.sleep(SURE)
            if not self.turn():
                return
        raise AssertionError(f"The engine does not come to rest: {list(Lane.objects.filter(dirty=True))}")

    def begin(self, number: int) -> None:
        """Somebody opens a matter."""
        side = number % 2
        title, body = f"Matter {number} 😀", f"First *told* on side {side}.\n\nNumber {number}: Grüße 中文"
        self.matters.append(Told(side, self.hands[side].open(title, body), title, body))

    def edit(self, told: Told, side: int, kind: str, number: int) -> None:
        """Somebody works on a matter on one side."""
        hands, record = self.hands[side], told.twins[side]
        if kind == "comment":
            told.said[side].append(f"Word {number} from side {side}")
            hands.comment(record, told.said[side][-1], public=True)
        elif kind == "note":
            hands.comment(record, f"{CANARY} {number}", public=False)
        elif kind == "title":
            told.title = f"Matter retitled {number} 図"
            hands.retitle(record, told.title)
        elif kind == "file":
            name, data = f"Plan {number} – Ömer.bin", random.Random(number).randbytes(number * 37 % 9000)
            told.files[side][name] = data
            hands.attach(record, name, data, public=True)
            if side:
                # in RT a file comes with words
                told.said[side].append("See file")
        elif told.steps < len(STEPS[side]):
            move(hands, record, STEPS[side][told.steps])
            told.steps += 1


def move(hands: Developer | Agent, record: str, status: str) -> None:
    """Another status, as each tracker writes it."""
    if isinstance(hands, Agent):
        hands.put(record, Status=status)
        return
    known = hands.http.get("/issue_statuses.json").json()["issue_statuses"]
    hands.put(record, status_id=next(one["id"] for one in known if one["name"] == status))


@pytest.fixture(scope="module")
def trackers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Real, Real]]:
    """Both, fresh."""
    folder = tmp_path_factory.mktemp("real")
    with redmine.served(folder) as one, requesttracker.served(folder) as two:
        yield one, two


@pytest.fixture
def play(transactional_db: None, trackers: tuple[Real, Real]) -> Iterator[Play]:
    """The agreement, and where both lists stand."""
    one, two = trackers
    allowed = ",".join(there.url.removeprefix("http://") for there in trackers)
    keys = ({"X-Redmine-API-Key": one.facts["AGENT"]}, {"Authorization": f"token {two.facts['AGENT']}"})
    with (
        override_settings(EGRESS_ALLOW=allowed),
        threads(rls.WORKER) as pool,
        httpx.Client(base_url=one.url, headers=keys[0], timeout=60) as first,
        httpx.Client(base_url=two.url, headers=keys[1], timeout=60) as second,
    ):
        forget()
        made = Play(agree(one, two), (Developer(first), Agent(second)), pool)
        made.turn()
        # an item opened in the second of the first look would be older than the look
        time.sleep(1.1)
        yield made
        forget()


def test_nothing_is_lost_doubled_or_out_of_order(play: Play) -> None:
    """Everything that people say and do arrives once, in order; what is private stays."""
    begun = clock.now()
    for number in range(ITEMS):
        play.begin(number)
    play.settle()
    paired(play)
    chance = random.Random(7)
    kinds = ("comment", "title", "file", "note", "status")
    for number in range(EDITS):
        told = play.matters[number % ITEMS]
        turn = number // ITEMS
        play.edit(
            told, (told.side + turn) % 2, kinds[(turn + chance.randrange(2)) % 5] if turn else "comment", number
        )
        if number % ITEMS == ITEMS - 1:
            play.settle()
    play.settle()
    print(f"\n{ITEMS} items, {EDITS} edits: {(clock.now() - begun).total_seconds():.0f} s")  # noqa: T201
    assert not list(Parked.objects.values_list("sentence", flat=True))
    assert not Intent.objects.filter(state=Intent.State.OPEN).exists()
    assert not Change.objects.filter(disposition="").exists()
    judged(play)


def paired(play: Play) -> None:
    """Each matter has exactly one item on each side, and there are no others."""
    for told in play.matters:
        system = (play.agreed.redmine, play.agreed.rt)[told.side]
        case = Row.objects.get(system=system, record=told.record).case
        found = {row.system_id: row.record for row in Row.objects.filter(case=case)}
        told.twins = [found[play.agreed.redmine.pk], found[play.agreed.rt.pk]]
    issues = play.hands[0].http.get("/issues.json", params={"status_id": "*", "limit": 1}).json()["total_count"]
    listed = {told.twins[1] for told in play.matters}
    assert issues == ITEMS == len(listed) == len({told.twins[0] for told in play.matters})
    assert {row for page in range(1, ITEMS // 100 + 3) for row in tickets(play, page)} == listed


def tickets(play: Play, page: int) -> list[str]:
    """One page of all tickets of the queue, as a person's own search gives them."""
    asked: dict[str, str | int] = {"query": "Queue = 'Sync'", "per_page": 100, "page": page}
    answer = play.hands[1].http.get("/REST/2.0/tickets", params=asked).raise_for_status()
    return [str(row["id"]) for row in answer.json()["items"]]


def judged(play: Play) -> None:
    """Hold what both trackers say against what people did."""
    paired(play)
    trackers = connectors(play)
    for told in play.matters:
        one, two = (tracker.read(record) for tracker, record in zip(trackers, told.twins, strict=True))
        assert one.fields["subject"] == two.fields["subject"] == told.title
        assert dict(REDMINE_STATUS)[str(one.fields["status"])] == dict(RT_STATUS)[str(two.fields["status"])]
        assert plain(one.fields["description"]) == plain(two.fields["description"])
        for side, item in enumerate((one, two)):
            heard(told, side, item)
            kept(told, side, item, trackers[side])


def plain(value: object) -> str:
    """A text without regard to blanks and to how its markup is written."""
    return " ".join(str(value).replace("\\", "").split())


def heard(told: Told, side: int, item: Item) -> None:
    """Every word once and in its speaker's order, nothing private in what is copied."""
    spoken = [part for part in item.parts if part.kind is PartKind.COMMENT]
    assert CANARY not in repr([part for part in spoken if part.public])
    assert CANARY not in repr([part for part in spoken if part.key])
    for speaker in (0, 1):
        words = [
            part.body.splitlines()[-1]
            for part in spoken
            if part.public and (part.key is not None) == (speaker != side)
        ]
        assert words == told.said[speaker], (side, speaker, item.label)


def kept(told: Told, side: int, item: Item, tracker: Connector) -> None:
    """Every file once, byte for byte."""
    files = [part for part in item.parts if part.kind is PartKind.ATTACHMENT]
    wanted = {**told.files[0], **told.files[1]}
    assert sorted(part.name for part in files) == sorted(wanted)
    for part in files:
        assert fetched(tracker.attachment(item.record, part.id)) == wanted[part.name], part.name


def connectors(play: Play) -> tuple[Connector, Connector]:
    """The connectors as the engine makes them, in this thread."""
    return connector_of(play.agreed.redmine.pk), connector_of(play.agreed.rt.pk)
