"""From an event to people: who does, who signs, who is told, and to whom it escalates; pure."""

from dataclasses import dataclass

from governance.raci.events import EVENTS
from governance.raci.rules import Frozen, Holder, holding, present


@dataclass(frozen=True, slots=True)
class Step:
    """One person on a route. `instead` is who they stand in for, "" for nobody."""

    person: int
    name: str
    company: int
    letter: str
    why: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Where one event goes. `unrouted` says why nobody was found who does or signs."""

    activity: str
    label: str
    does: tuple[Step, ...] = ()
    signs: tuple[Step, ...] = ()
    told: tuple[Step, ...] = ()
    escalates: tuple[Step, ...] = ()
    unrouted: str = ""

    @property
    def everybody(self) -> tuple[Step, ...]:
        """All of them, each person once: who does it and answers for it too is told as the A."""
        found: dict[int, Step] = {}
        for step in (*self.signs, *self.does, *self.told):
            found.setdefault(step.person, step)
        return tuple(found.values())


def route(frozen: Frozen | None, event: str, *, company: int) -> Route:
    """The route of an event at `company` under the signed matrix.

    1. the event's class names an activity; 2. its R do it, its A signs, its C and I are told (each replaced by the
    stand-in when away); 3. it escalates to the A's stand-in, the party's accountable person and the integration's
    owner, in this order. Where the activity is each company's own, only holders of `company` count.
    """
    activity = EVENTS[event].activity
    if frozen is None:
        return Route(activity, activity, unrouted="The integration has no signed RACI.")
    row = next((one for one in frozen.rows if one.key == activity), None)
    if row is None:
        return Route(activity, activity, unrouted=f"RACI {frozen.no} has no row {activity}.")
    only = company if row.each else None
    does, signs, told = (steps(frozen, activity, letters, only, row.label) for letters in ("R", "A", "CIQ"))
    return Route(
        activity,
        row.label,
        does,
        signs,
        told,
        escalation(frozen, activity, company=company, only=only),
        ""
        if does or signs or elsewhere(frozen, activity, only)
        else f"Nobody who is here holds R or A for “{row.label}” in RACI {frozen.no}.",
    )


def elsewhere(frozen: Frozen, activity: str, company: int | None) -> bool:
    """Whether another company's role or team does or signs it, whose people are not to be seen from here."""
    return any(holder.hidden for _, holder in holding(frozen, activity, "RA", company=company))


def steps(frozen: Frozen, activity: str, letters: str, company: int | None, label: str) -> tuple[Step, ...]:
    """The people behind some letters of a row, each once."""
    found: dict[int, Step] = {}
    for letter, holder in holding(frozen, activity, letters, company=company):
        for step in behind(frozen, holder, letter, label):
            found.setdefault(step.person, step)
    return tuple(found.values())


def behind(frozen: Frozen, holder: Holder, letter: str, label: str) -> list[Step]:
    """Who is there for a holder: those of it who are here, or else a stand-in of somebody who is not."""
    here = [one for one in holder.people if (known := frozen.people.get(one)) is not None and known.here]
    pairs = [(one, one) for one in here]
    if not pairs:
        stand_ins = ((one, present(one, frozen.people)) for one in holder.people)
        pairs = [(one, other) for one, other in stand_ins if other is not None]
    found = []
    for meant, person in pairs:
        instead = frozen.people[meant].name if person != meant else ""
        why = f"{letter} for “{label}” in RACI {frozen.no}"
        someone = frozen.people[person]
        why += f", in place of {instead}" if instead else ""
        found.append(Step(person, someone.name, someone.company, letter, why, instead))
    return found


def escalation(frozen: Frozen, activity: str, *, company: int, only: int | None) -> tuple[Step, ...]:
    """The A's stand-in, the party's accountable person, the integration's owner; each once and only who is here."""
    chain: list[tuple[int | None, str]] = []
    for _, holder in holding(frozen, activity, "A", company=only):
        for person in holder.people:
            known = frozen.people.get(person)
            chain.append((known.stand_in if known else None, "stand-in of the A"))
    chain.append((frozen.accountable.get(company), "accountable for the party"))
    chain += [(one, "owner of the integration") for one in frozen.owner[:1]]
    found: dict[int, Step] = {}
    for wanted, why in chain:
        here = present(wanted, frozen.people)
        if here is not None:
            someone = frozen.people[here]
            found.setdefault(here, Step(here, someone.name, someone.company, "", why))
    return tuple(found.values())
