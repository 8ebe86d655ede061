"""What a queue is: who we are there, its fields and limits."""

from portal.core import clock
from portal.core.errors import Missing, Rejected
from sync.connectors.answers import records, text
from sync.connectors.requesttracker import listing
from sync.connectors.requesttracker.fields import infos
from sync.connectors.requesttracker.home import KIND, Home
from sync.engine.types import Actor, Check, Schema


def check(home: Home) -> Check:
    """Who we are and what is missing. Raises Unauthorized, Unavailable."""
    asked = clock.now()
    there = listing.clock(home)
    version = text(home.get("rt").get("Version"))
    me = home.me()
    problems: list[str] = []
    try:
        row = home.queue_row()
        if not any(one.get("ref") == "create" for one in records(row.get("_hyperlinks"))):
            problems.append(f"The account lacks the right “Create tickets” in the queue {home.queue}.")
        home.marker()
    except Missing:
        problems.append(f"There is no queue {home.queue}, or the account may not see it.")
    except Rejected as fault:
        problems.append(fault.sentence)
    return Check(
        account=Actor(me.id, me.name),
        product="Request Tracker",
        version=version,
        skew=(there - asked).total_seconds() if there else 0.0,
        kinds=(KIND,),
        problems=tuple(problems),
        notes=("Request Tracker tells nobody's rights: comments that the account may not see are not there for us.",),
    )


def describe(home: Home, kind: str) -> Schema:
    """Fields and options of the queue's tickets. Raises Missing for another kind.

    RT tells its lifecycle for single tickets only, so `moves` is empty: unknown.
    """
    if kind != KIND:
        raise Missing(f"Request Tracker has no kind {kind}. Its only kind is {KIND}.")
    return Schema(kind=KIND, fields=infos(home))
