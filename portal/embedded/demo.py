"""`make demo`: the reference scenario, live, on an embedded PostgreSQL and broker."""

import argparse
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from portal.core.errors import Misconfigured
from portal.embedded.checks import (
    HOST,
    check_disk,
    check_port,
    check_python,
    check_writable,
    free_port,
    hold,
    port_number,
)
from portal.embedded.crew import PRACTICE, Crew
from portal.embedded.place import ROOT, Environments, Place
from portal.embedded.roles import DATABASE
from portal.embedded.running import Demo, wish_file
from portal.embedded.screen import facts, screen, write_demo_env

DEMO_STATE = ("postgres", "practice", "secrets", "run", "log", "static", "demo.env")


def main(argv: list[str]) -> int:
    """Run the demo until Ctrl-C. Returns 0 when it was stopped, 1 with a sentence when it cannot run."""
    chosen = arguments(argv)
    place = Place(chosen.var.resolve())
    try:
        check_python()
        check_writable(place.var)
        for word, kind in (("stop", chosen.stop), ("start", chosen.start)):
            if kind:
                return ask(place, kind, word)
        lock = hold(place.var / "demo.lock")
        if lock is None:
            raise Misconfigured("The demo already runs in this folder. Stop it there with Ctrl-C first.")
        with lock:
            if chosen.reset:
                return reset(place)
            return run(place, development=chosen.serve)
    except Misconfigured as error:
        print(f"\n  {error}", file=sys.stderr)
        return 1


def arguments(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m portal.embedded.demo", description=__doc__)
    parser.add_argument("--var", type=Path, default=ROOT / "var", help="the folder that keeps everything")
    parser.add_argument("--reset", action="store_true", help="forget everything the demo kept")
    parser.add_argument("--serve", action="store_true", help="for development: Django's own server")
    parser.add_argument("--stop", choices=sorted(PRACTICE), help="stop a practice system of the running demo")
    parser.add_argument("--start", choices=sorted(PRACTICE), help="start it again")
    return parser.parse_args(argv)


def run(place: Place, *, development: bool) -> int:
    """Check, start, show the screen, watch; on a signal or a failure stop everything in order."""
    demo = prepare(place, port_number(os.environ.get("PORT", "8000"), name="PORT"), development=development)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        demo.start()
        write_demo_env(place, demo.known)
        print(screen(demo.known), flush=True)
        demo.watch()
    except KeyboardInterrupt:
        print()
    finally:
        demo.stop()
    return 0


def prepare(place: Place, port: int, *, development: bool) -> Demo:
    """Check the machine and lay out the run. Raises Misconfigured with the first thing that is wrong."""
    check_disk(place.var)
    check_port(port, what="the site", remedy=f"Stop that program, or take another port: make demo PORT={port + 1}.")
    ports = {kind: practice_port(kind) for kind in PRACTICE}
    for kind, taken in ports.items():
        check_port(taken, what=f"the practice {kind.capitalize()}", remedy="Stop it and start again.")
    for folder in ("log", "run", "practice"):
        (place.var / folder).mkdir(exist_ok=True)
    known = facts(place, port=port, practice_ports=ports)
    postgres, broker = place.postgres(port=free_port()), place.broker(port=free_port())
    environments = Environments(
        place=place,
        database_url=postgres.url(database=DATABASE),
        broker_url=broker.url,
        site_url=known["SITE_URL"],
        egress=",".join(f"{HOST}:{each}" for each in ports.values()),
    )
    crew = Crew(
        place=place,
        environments=environments,
        port=port,
        practice_ports=ports,
        development=development,
    )
    return Demo(place=place, postgres=postgres, broker=broker, crew=crew, known=known)


def practice_port(kind: str) -> int:
    """The port of a practice system: its own, or what ZENDESK_PORT or JIRA_PORT says."""
    name = f"{kind.upper()}_PORT"
    return port_number(os.environ.get(name, str(PRACTICE[kind])), name=name)


def reset(place: Place) -> int:
    """Remove all that the demo kept; the tests' own state stays."""
    for name in DEMO_STATE:
        path = place.var / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    print("  The demo's data is gone. make demo starts it afresh.")
    return 0


def ask(place: Place, kind: str, word: str) -> int:
    """Leave a wish for the demo that runs in this folder, and wait until it took it."""
    idle = hold(place.var / "demo.lock")
    if idle is not None:
        idle.close()
        raise Misconfigured("No demo runs in this folder. make demo starts it.")
    wish = wish_file(place, kind)
    wish.write_text(word)
    end = time.monotonic() + 15
    while wish.exists() and time.monotonic() < end:
        time.sleep(0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
