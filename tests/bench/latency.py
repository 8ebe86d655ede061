"""From a webhook's arrival to the begin of the other tracker's write, against commit, hop and the same reads."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from portal.core.errors import Misconfigured
from tests.bench.people import Pair
from tests.bench.replay import kinds
from tests.bench.rig import FOLDER, Rig, wait_until
from tests.bench.trace import Call, Trace

COMMIT = """
INSERT INTO sync_pulse (name, at, well, sentence) VALUES ('bench', clock_timestamp(), true, '')
ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""


@dataclass(slots=True)
class Delays:
    """Seconds of every edit: `chain` from webhook to write, `floor` of what cannot be avoided."""

    chain: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    reads: list[int] = field(default_factory=list)


def percentile(seconds: Sequence[float], percent: int) -> float:
    """The percentile of some seconds, in milliseconds."""
    return quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000


def measure(rig: Rig, pairs: Sequence[Pair], edits: int) -> Delays:
    """One edit at a time: the chain's delay, and right after it the same reads behind one commit and one hop."""
    found, deeds = Delays(), rig.people.deeds()
    rig.no_polls()
    for number in range(edits):
        rig.wait_settled()
        rig.requests.news()
        rig.arrivals.news()
        deed, pair = deeds[number % len(deeds)], pairs[number % len(pairs)]
        deed(pair)
        rig.wait_delivered()
        rig.wait_settled()
        calls = [Call.of(line) for line in rig.requests.news()]
        arrival = float(json.loads(rig.arrivals.news()[0])[0])
        source = "zendesk" if deed.__name__.startswith("desk") else "jira"
        names = kinds(rig.people.known)
        first = next((c for c in calls if c.writes and names[c.port] != source), None)
        if first is None:
            raise Misconfigured(f"The edit {deed.__name__} led to no write. The logs are in {FOLDER / 'log'}.")
        reads = [c for c in calls if c.at < first.at]
        found.chain.append(first.at - arrival)
        found.floor.append(floor(rig, reads, FOLDER / f"mark-{number}"))
        found.reads.append(len(reads))
    return found


def floor(rig: Rig, reads: list[Call], mark: object) -> float:
    """Seconds of one commit, one hop to the same worker and the same reads by a plain client."""
    trace = Trace(FOLDER / str(mark))
    began = time.time()
    rig.owner.execute(COMMIT)
    rig.send("bench.reads", [call.line() for call in reads], str(trace.path))
    lines: list[str] = []

    def done() -> bool:
        lines.extend(trace.news())
        return bool(lines)

    wait_until(done, "The worker did not take the bench's task", step=0.002)
    return float(lines[0]) - began
