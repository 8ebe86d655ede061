"""`python -m tests.simulation`: many seeded runs, with or without one guard, and a table of what broke."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from sync.flow.ports import FenceLost
from tests.simulation.directed import SCHEDULES
from tests.simulation.judge import judged
from tests.simulation.mutants import BY_NAME, MUTANTS, Mutant
from tests.simulation.scene import Scene
from tests.simulation.telling import told

#: seeds that one process takes at a time
BATCH = 50
#: runs of each mutant by volume, beside its directed schedule
TRIES = 400


@dataclass(slots=True)
class Tally:
    """What a number of runs came to."""

    seeds: int = 0
    writes: int = 0
    deeds: int = 0
    points: int = 0
    broken: dict[int, list[str]] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Count another batch in."""
        self.seeds, self.writes = self.seeds + other.seeds, self.writes + other.writes
        self.deeds, self.points = self.deeds + other.deeds, self.points + other.points
        self.broken.update(other.broken)

    def kinds(self) -> str:
        """Which invariants broke, the most frequent first."""
        found = Counter(sentence.split(":", 1)[0] for why in self.broken.values() for sentence in set(why))
        return ", ".join(f"{name} {count}" for name, count in found.most_common(4))


def run(seed: int, mutant: Mutant | None = None) -> tuple[Scene, list[str]]:
    """One run; without a guard the engine may also fall over its own feet, which counts as broken."""
    scene = Scene(seed)
    if mutant is None:
        return scene.play(), judged(scene)
    if mutant.prepare is not None:
        mutant.prepare(scene)
    with mutant.off():
        try:
            scene.play()
        except (KeyError, AttributeError, ValueError, IndexError, RuntimeError, FenceLost) as error:
            scene.errors.append(f"crash: {error!r}")
    return scene, judged(scene)


def batch(first: int, last: int, name: str) -> Tally:
    """The runs of some seeds."""
    tally = Tally()
    for seed in range(first, last):
        scene, broken = run(seed, BY_NAME.get(name))
        tally.seeds, tally.writes = tally.seeds + 1, tally.writes + scene.writes()
        tally.deeds, tally.points = tally.deeds + scene.people.deeds, tally.points + scene.points
        if broken:
            tally.broken[seed] = broken
    return tally


def many(first: int, seeds: int, jobs: int, name: str = "") -> Tally:
    """All runs, over some processes."""
    starts = range(first, first + seeds, BATCH)
    spans = [(start, min(start + BATCH, first + seeds), name) for start in starts]
    tally = Tally()
    for part in _parts(spans, jobs):
        tally.add(part)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{tally.seeds} runs, {len(tally.broken)} broken ")
    return tally


def _parts(spans: list[tuple[int, int, str]], jobs: int) -> Iterable[Tally]:
    if jobs == 1:
        yield from (batch(*span) for span in spans)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(batch, *zip(*spans, strict=True))


def row(name: str, tally: Tally, seconds: float) -> str:
    """One line of the table."""
    per_deed = tally.writes / max(tally.deeds, 1)
    speed = tally.seeds / max(seconds, 0.001)
    return f"{name:34} {tally.seeds:7,} {len(tally.broken):7,} {per_deed:10.2f} {speed:8.1f}   {tally.kinds()}"


HEAD = f"{'variant':34} {'seeds':>7} {'broken':>7} {'writes/chg':>10} {'runs/s':>8}   what broke"


def say(*lines: str) -> None:
    """Print lines at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def volume(args: argparse.Namespace) -> int:
    """Many seeds of one variant; fails when the engine as it is breaks, or when a mutant does not."""
    began = time.monotonic()
    tally = many(args.first, args.seeds, args.jobs, args.mutant)
    name = BY_NAME[args.mutant].words if args.mutant else "the engine"
    say(HEAD, row(name, tally, time.monotonic() - began))
    for seed, why in sorted(tally.broken.items())[:5]:
        say(f"  seed {seed}: {'; '.join(why[:3])}")
    return int(bool(tally.broken) is not bool(args.mutant))


def all_mutants(args: argparse.Namespace) -> int:
    """Every mutant: its directed schedule must break it, and volume is counted beside."""
    say(HEAD)
    survived = []
    for mutant in MUTANTS:
        began = time.monotonic()
        directed = SCHEDULES[mutant.name]
        caught = bool(directed(mutant)) and not directed(None)
        tally = many(args.first, args.tries, args.jobs, mutant.name)
        say(row(mutant.words, tally, time.monotonic() - began) + ("" if caught else "  NOT CAUGHT by its schedule"))
        if not caught:
            survived.append(mutant.name)
    say("every guard is held by its schedule" if not survived else f"survived: {', '.join(survived)}")
    return int(bool(survived))


def one(args: argparse.Namespace) -> int:
    """One seed, told in full with -v."""
    scene, broken = run(args.seed, BY_NAME.get(args.mutant))
    if args.verbose:
        say(*told(scene))
    say(f"seed {args.seed}: {len(broken)} breaches; {scene.digest()[:16]}")
    for sentence in broken:
        say(f"  {sentence}")
    return int(bool(broken))


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many runs")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--mutant", choices=sorted(BY_NAME), default="", help="switch one guard off")
    parser.add_argument("--mutants", action="store_true", help="switch each guard off in turn")
    parser.add_argument("--tries", type=int, default=TRIES, help="runs of each mutant with --mutants")
    parser.add_argument("--seed", type=int, default=None, help="one run")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell that run in full")
    args = parser.parse_args()
    if args.seed is not None:
        return one(args)
    return all_mutants(args) if args.mutants else volume(args)


if __name__ == "__main__":
    sys.exit(main())
