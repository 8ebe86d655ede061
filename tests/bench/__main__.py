"""`python -m tests.bench`: speed and memory as ratios measured in the same run (docs/bench.md)."""

import argparse
import os
import sys
import time

import httpx

from portal.core import clock
from portal.core.errors import Misconfigured
from portal.embedded.place import Place
from tests.bench import latency, memory, throughput
from tests.bench.people import People
from tests.bench.rig import Rig, fresh_place, rigged, unlimited, wait_until
from tests.bench.throughput import Measured


def say(text: str) -> None:
    """One line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def row(what: str, value: str, goal: str = "") -> None:
    """One line of the table."""
    say(f"  {what:<46}{value:<26}{goal}")


def remember(place: Place, tickets: int) -> None:
    """Memory of the demo as `make demo` runs it: at rest, and after tickets came over and pages were read."""
    with memory.running(place) as pid:
        known = memory.facts(place)
        rest = memory.whole(pid)["all"]
        people = People(known)
        with httpx.Client(trust_env=False) as http:
            unlimited(known["ZENDESK_URL"], http)
        for number in range(tickets):
            people.open(number)
        pages = memory.visit(known)
        wait_until(lambda: issues(people) >= tickets, "The tickets did not become issues", step=0.5)
        sums = memory.whole(pid)
    row("memory at rest (PSS)", f"{rest:.0f} MiB", "< 1024")
    row(f"memory after {tickets} tickets, {pages} pages", f"{sums['all']:.0f} MiB", "< 1024")
    parts = sorted(((name, size) for name, size in sums.items() if name != "all"), key=lambda one: -one[1])
    row("", ", ".join(f"{name} {size:.0f}" for name, size in parts))


def issues(people: People) -> int:
    """How many issues came from tickets of ours."""
    body = {"jql": "project = INF AND summary ~ Payment", "fields": ["summary"], "maxResults": 500}
    return len(people.ask(people.board, "POST", "search/jql", body)["issues"])


def speed(rig: Rig, edits: int) -> None:
    """Throughput and latency."""
    rig.wait_settled()
    pairs = rig.pairs()
    throughput.measure(rig, throughput.single(rig, pairs[:12]))
    for name, load in (("one change a ticket", throughput.single), ("four changes a ticket", throughput.backlog)):
        tell(name, throughput.measure(rig, load(rig, pairs)))
    found = latency.measure(rig, pairs, edits)
    for percent in (50, 95):
        chain, floor = latency.percentile(found.chain, percent), latency.percentile(found.floor, percent)
        row(f"webhook to write, p{percent}", f"{chain:.0f} ms / {floor:.0f} ms", f"ratio {chain / floor:.2f}")


def tell(name: str, found: Measured) -> None:
    """The lines of one load."""
    chain, bare = found.changes / found.chain, found.changes / found.bare
    row(
        f"{name}: {found.changes} changes",
        f"{chain:.1f} /s, bare {bare:.1f} /s",
        f"ratio {found.ratio:.2f}, goal 0.4",
    )
    row(
        "", f"{found.requests / found.changes:.1f} requests a change", f"{found.waited / found.chain:.0%} at trackers"
    )
    each = 1000 / found.changes
    row("", f"CPU {found.cpu * each:.0f} ms, bare {found.bare_cpu * each:.0f} ms", f"rounds {spread(found.ratios)}")
    if found.other:
        row("", f"{found.other} answers of the bare loop had another status")


def spread(ratios: list[float]) -> str:
    """The lowest and the highest of some ratios."""
    return f"{min(ratios):.2f} to {max(ratios):.2f}"


def main(argv: list[str]) -> int:
    """Run it all. Returns 0, or 1 with a sentence when something does not run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--tickets", type=int, default=50)
    parser.add_argument("--edits", type=int, default=60)
    chosen = parser.parse_args(argv)
    began = time.monotonic()
    load = os.getloadavg()[0]
    say(f"\n  Bench of {clock.now():%Y-%m-%d}, {os.cpu_count()} cores, load {load:.1f} before the start")
    try:
        place = fresh_place()
        remember(place, chosen.tickets)
        with rigged(place) as rig:
            speed(rig, chosen.edits)
    except Misconfigured as error:
        say(f"\n  {error}")
        return 1
    say(f"  {time.monotonic() - began:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
