"""Changes a second through the whole chain with one worker, against the bare loop of the same requests."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from portal.core.errors import Misconfigured
from tests.bench.memory import cpu
from tests.bench.people import Pair
from tests.bench.replay import copies, kinds, replay
from tests.bench.rig import FOLDER, Rig
from tests.bench.trace import Call

Deed = Callable[[Pair], None]
#: people's changes that ended as applied
APPLIED = "SELECT count(*) FROM sync_change WHERE disposition = 'applied' AND field <> 'created' AND id > %s"
LAST = "SELECT coalesce(max(id), 0) FROM sync_change"
ROUNDS = 4


@dataclass(slots=True)
class Measured:
    """What the rounds of one load came to; seconds are summed."""

    changes: int = 0
    requests: int = 0
    chain: float = 0.0
    bare: float = 0.0
    #: seconds of the chain's time in which it waited for a tracker's answer
    waited: float = 0.0
    #: processor seconds of the worker, and of the bare loop's own process
    cpu: float = 0.0
    bare_cpu: float = 0.0
    other: int = 0
    ratios: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Chain against bare loop, both in changes a second."""
        return self.bare / self.chain


def single(rig: Rig, pairs: Sequence[Pair]) -> Iterator[list[tuple[Deed, Pair]]]:
    """One change on each ticket a round: every change needs a turn of its own."""
    deeds = rig.people.deeds()
    for number in range(ROUNDS):
        yield [(deeds[(place + number) % len(deeds)], pair) for place, pair in enumerate(pairs)]


def backlog(rig: Rig, pairs: Sequence[Pair]) -> Iterator[list[tuple[Deed, Pair]]]:
    """Four changes on each ticket at once, as after an outage: a turn takes them together."""
    people = rig.people
    four = (people.desk_comment, people.board_status, people.desk_priority, people.board_comment)
    yield [(deed, pair) for pair in pairs for deed in four]


def measure(rig: Rig, rounds: Iterator[list[tuple[Deed, Pair]]]) -> Measured:
    """Each round: people change things while the worker is held, it is let go and timed until all is quiet (the
    echoes of its own writes too), and then its requests are sent again by the bare loop to copies of the trackers."""
    total = Measured()
    for work in rounds:
        one(rig, work, total)
    return total


def one(rig: Rig, work: list[tuple[Deed, Pair]], total: Measured) -> None:
    """One round."""
    copy = FOLDER / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    rig.freeze()
    before = rig.count(LAST)
    for deed, pair in work:
        deed(pair)
    rig.wait_delivered()
    rig.snapshot(copy)
    rig.requests.news()
    worker = rig.demo.household.children["worker"].pid
    began, worked = time.perf_counter(), cpu(worker)
    rig.thaw()
    rig.wait_settled()
    chain, worked = time.perf_counter() - began, cpu(worker) - worked
    calls = [Call.of(line) for line in rig.requests.news()]
    arrived = rig.count(APPLIED, before)
    if arrived != len(work):
        raise Misconfigured(f"{arrived} of {len(work)} changes arrived. The logs are in {FOLDER / 'log'}.")
    with copies(rig.demo.place, copy, kinds(rig.people.known)) as moved:
        bare = replay(calls, moved)
    total.changes, total.requests = total.changes + len(work), total.requests + len(calls)
    total.chain, total.bare = total.chain + chain, total.bare + bare.seconds
    total.waited, total.other = total.waited + sum(call.took for call in calls), total.other + bare.other
    total.cpu, total.bare_cpu = total.cpu + worked, total.bare_cpu + bare.cpu
    total.ratios.append(bare.seconds / chain)
