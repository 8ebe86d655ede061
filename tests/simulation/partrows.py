"""Parts and their copies in the in-memory store."""

from collections.abc import Callable

from sync.engine.parts import Copy, KnownPart, version_of
from sync.flow.ports import KnownIntent, Landed, Observation, State
from tests.simulation.rows import PartRow

Parts = dict[int, PartRow]


def observe_parts(rows: Parts, number: Callable[[], int], case: int, observation: Observation, state: State) -> None:
    """New parts, recognised copies, and versions of an item's own parts."""
    bound = observation.bound
    system = bound.slot.system
    for part in observation.new_parts:
        stored = next((row for row in rows.values() if (row.system, row.remote_id) == (system, part.id)), None)
        if stored is None:
            stored = PartRow(number(), case, part.kind, system, bound.company, part.id, part.at, part.public)
            stored.copies[system] = (part.id, version_of(part))
            rows[stored.id] = stored
        known = KnownPart(stored.id, stored.kind, system, bound.company, part.id, part.at, stored.public)
        known.copies = {one: Copy(*copy) for one, copy in stored.copies.items()}
        state.parts[stored.id] = known
    for one, remote_id in observation.copies:
        rows[one].copies[system] = (remote_id, "")
        state.parts[one].copies[system] = Copy(remote_id)
    for one, version in observation.versions:
        rows[one].copies[system] = (rows[one].copies[system][0], version)
        state.parts[one].copies[system].shown = version


def keep_copy(rows: Parts, intent: KnownIntent, landed: Landed, state: State) -> None:
    """The copy that a write left behind."""
    system, part = intent.slot.system, rows[intent.part or 0]
    remote_id = landed.remote_part or part.copies.get(system, ("", ""))[0]
    part.copies[system] = (remote_id, intent.shown)
    known = state.parts.get(part.id)
    if known is not None:
        known.copies[system] = Copy(remote_id, intent.shown)
