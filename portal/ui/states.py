"""The words of state and what they look like: colour, icon and word always go together."""

from dataclasses import dataclass

OK, WAITING, WARNING, FAILED, WITHHELD, PAUSED = "ok", "waiting", "warning", "failed", "withheld", "paused"
KINDS = (OK, WAITING, WARNING, FAILED, WITHHELD, PAUSED)


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: one of the six kinds, and its word."""

    kind: str
    word: str


#: stored value of any floor → look; a value that is not here shows its own word, without colour
LOOKS: dict[str, Look] = {
    "ok": Look(OK, "Reachable"),
    "live": Look(OK, "Live"),
    "agreed": Look(OK, "Agreed"),
    "signed": Look(OK, "Signed"),
    "proposed": Look(WAITING, "Proposed"),
    "accepted": Look(OK, "Accepted"),
    "applied": Look(OK, "Applied"),
    "done": Look(OK, "Done"),
    "solved": Look(OK, "Solved"),
    "quiet": Look(OK, "In step"),
    "active": Look(OK, "Active"),
    "new": Look(WAITING, "Not checked"),
    "pending": Look(WAITING, "Pending"),
    "draft": Look(WAITING, "Draft"),
    "withdrawn": Look(PAUSED, "Taken back"),
    "waiting": Look(WAITING, "Waiting"),
    "moving": Look(WAITING, "Moving"),
    "open": Look(WAITING, "Open"),
    "retry": Look(WAITING, "Retrying"),
    "throttled": Look(WARNING, "Asked to wait"),
    "held": Look(WARNING, "Waits for a system"),
    "planned": Look(WAITING, "Planned"),
    "changed": Look(WAITING, "Changed"),
    "refused": Look(FAILED, "Refused"),
    "ended": Look(PAUSED, "Withdrawn"),
    "same": Look(PAUSED, "Same"),
    "discarded": Look(PAUSED, "Thrown away"),
    "parked": Look(WARNING, "Parked"),
    "conflict-lost": Look(WARNING, "Lost to the other side"),
    "warning": Look(WARNING, "Needs attention"),
    "unreachable": Look(FAILED, "Not reachable"),
    "needs-auth": Look(FAILED, "Credential refused"),
    "failed": Look(FAILED, "Failed"),
    "withheld": Look(WITHHELD, "Withheld"),
    "private": Look(WITHHELD, "Private"),
    "paused": Look(PAUSED, "Paused"),
    "retired": Look(PAUSED, "Retired"),
    "suspended": Look(PAUSED, "Suspended"),
    "left": Look(PAUSED, "Left"),
    "skipped": Look(PAUSED, "Skipped"),
    "echo": Look(PAUSED, "Our own write"),
    "superseded": Look(PAUSED, "Superseded"),
    "filtered": Look(PAUSED, "Stays here"),
    "alone": Look(PAUSED, "Not mirrored"),
    "unlinked": Look(PAUSED, "Unlinked"),
    "absent": Look(PAUSED, "Not written"),
}


def look(value: str, word: str = "") -> Look:
    """How a stored value is shown; `word` replaces its word."""
    known = LOOKS.get(value, Look(PAUSED, value.replace("-", " ").capitalize()))
    return Look(known.kind, word or known.word)
