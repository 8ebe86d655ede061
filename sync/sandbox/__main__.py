"""Starts one practice system: `python -m sync.sandbox zendesk --port 8101 --data DIR`."""

import argparse
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from sync.sandbox.app import Practice
from sync.sandbox.azuredevops import tracker as azuredevops
from sync.sandbox.crm import tracker as crm
from sync.sandbox.jira import tracker as jira
from sync.sandbox.server import PortTaken, serve
from sync.sandbox.servicenow import tracker as servicenow
from sync.sandbox.store import Store
from sync.sandbox.zendesk import tracker as zendesk

#: kind -> (default port, what makes it from its store and the API token of its sync account)
KINDS: dict[str, tuple[int, Callable[[Store, str], Practice]]] = {
    "crm": (8105, crm.make),
    "azuredevops": (8104, azuredevops.make),
    "jira": (8102, jira.make),
    "servicenow": (8103, servicenow.make),
    "zendesk": (8101, zendesk.make),
}


def arguments(argv: list[str]) -> argparse.Namespace:
    """The command line; the token may come from PRACTICE_TOKEN, so that no process list shows it."""
    parser = argparse.ArgumentParser(prog="python -m sync.sandbox", description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--port", type=int, default=0, help="default: the kind's own")
    parser.add_argument("--data", type=Path, required=True, help="directory that keeps the tickets")
    parser.add_argument("--token", default="", help="API token of the sync account (or PRACTICE_TOKEN)")
    parser.add_argument("--log", action="store_true", help="one line a request on standard error")
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    """Serve until stopped. Returns the exit code: 0 = stopped, 1 = could not start (a sentence says why)."""
    chosen = arguments(argv)
    logging.basicConfig(level=logging.INFO if chosen.log else logging.WARNING, format="%(message)s")
    port, make = KINDS[chosen.kind]
    token = chosen.token or os.environ.get("PRACTICE_TOKEN", "") or f"practice-{chosen.kind}-token"
    try:
        chosen.data.mkdir(parents=True, exist_ok=True)
        practice = make(Store(chosen.data / f"{chosen.kind}.sqlite3"), token)
        if address := os.environ.get("PRACTICE_RETURN", ""):
            practice.welcome(address)
        serve(practice, chosen.port or port)
    except PortTaken as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"The practice {chosen.kind} cannot keep its data in {chosen.data}: {error}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
