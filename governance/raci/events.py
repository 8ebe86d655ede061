"""The classes of events that are routed through the RACI, the activity of each, and how long each waits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One class of events.

    `live`: home shows what is behind it anyway, so that the notice only adds the why. `deed`: it happened rather than
    is so; whoever was told says that it is done, and is told again only when it happens anew. `approval`: a party
    signs it, so that its accountable person is told where the RACI names nobody.
    """

    key: str
    label: str
    activity: str
    #: an R or A who has not looked for so long is passed over
    hours: int = 4
    live: bool = False
    deed: bool = False
    approval: bool = False
    #: what home's button says
    act: str = "Look at it"


EVENTS = {
    event.key: event
    for event in (
        Event("rules-proposed", "Rules wait for approval", "approve-rules", 48, approval=True, act="Read and sign"),
        Event("rules-refused", "Proposed rules were refused", "approve-rules", 48, deed=True),
        Event("rules-held", "Agreed rules are not live", "approve-rules", 8),
        Event(
            "dictionary-proposed",
            "A dictionary waits for approval",
            "approve-dictionary",
            48,
            approval=True,
            act="Read and agree",
        ),
        Event(
            "matrix-proposed",
            "An access matrix waits for approval",
            "approve-matrix",
            48,
            approval=True,
            act="Read and sign",
        ),
        Event("raci-proposed", "A RACI waits for signatures", "sign-raci", 48, approval=True, act="Read and sign"),
        Event(
            "connection-proposed",
            "A connection waits to be accepted",
            "accept-connection",
            48,
            approval=True,
            act="Accept it",
        ),
        Event("access-requested", "Access is asked for", "grant-access", 8, approval=True, act="Decide"),
        Event("connection-paused", "A connection is paused", "restore-connection", 24),
        Event("credential-refused", "A system refuses the credential", "restore-connection", 1, live=True),
        Event("system-unreachable", "A system does not answer", "reach-system", 1, live=True),
        Event("downtime-begun", "An announced downtime has begun", "downtimes", 8),
        Event("downtime-ended", "An announced downtime is over", "downtimes", 24, deed=True),
        Event("value-without-map", "A value has no entry in the map", "extend-map", live=True),
        Event("refused-by-tracker", "A tracker refused values", "solve-parked", live=True),
        Event("item-gone", "An item is gone or hidden", "solve-parked", live=True),
        Event("work-parked", "Work is parked", "solve-parked", live=True),
        Event("conflict-lost", "A change lost a conflict", "settle-conflict", 24, deed=True),
        Event("term-withheld", "A term is withheld", "withheld-terms", 24, deed=True),
        Event("vacancy", "Nobody is there for a part in the RACI", "people", 24),
        Event("review-due", "A review is due", "review-health", 72),
    )
}
LIVE = frozenset(key for key, event in EVENTS.items() if event.live)
DEEDS = frozenset(key for key, event in EVENTS.items() if event.deed)


def patience(event: str) -> int:
    """Hours that an R or A may leave a notice unread; also for a class that is no longer."""
    return EVENTS[event].hours if event in EVENTS else 4
