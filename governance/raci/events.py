"""The classes of events that are routed through the RACI, and the activity that each belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One class of events. `live`: home shows what is behind it anyway, so that the notice only adds the why."""

    key: str
    label: str
    activity: str
    live: bool = False
    #: what home's button says
    act: str = "Look at it"


EVENTS = {
    event.key: event
    for event in (
        Event("rules-proposed", "Rules wait for approval", "approve-rules", act="Read and sign"),
        Event("dictionary-proposed", "A dictionary waits for approval", "approve-dictionary", act="Read and agree"),
        Event("matrix-proposed", "An access matrix waits for approval", "approve-matrix", act="Read and sign"),
        Event("raci-proposed", "A RACI waits for signatures", "sign-raci", act="Read and sign"),
        Event("change-requested", "A change is asked for", "change-request"),
        Event("credential-refused", "A system refuses the credential", "restore-connection", live=True),
        Event("system-unreachable", "A system does not answer", "reach-system", live=True),
        Event("value-without-map", "A value has no entry in the map", "extend-map", live=True),
        Event("refused-by-tracker", "A tracker refused values", "solve-parked", live=True),
        Event("work-parked", "Work is parked", "solve-parked", live=True),
        Event("conflict-lost", "A change lost a conflict", "settle-conflict"),
        Event("term-withheld", "A term is withheld", "withheld-terms"),
        Event("target-warning", "A service target is near", "meet-targets"),
        Event("target-missed", "A service target is missed", "meet-targets"),
        Event("review-due", "A review is due", "review-health"),
        Event("access-requested", "Access is asked for", "grant-access", act="Decide"),
        Event("incident-reported", "An incident waits for triage", "triage-incident"),
    )
}
LIVE = frozenset(key for key, event in EVENTS.items() if event.live)
