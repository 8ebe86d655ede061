"""The eight invariants of docs/engine.md, judged from what the trackers hold and what the people did."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.engine.types import Value
from tests.simulation.people import is_file
from tests.simulation.rows import ChangeRow
from tests.simulation.scene import Scene
from tests.simulation.tracker import Record
from tests.simulation.treaty import LOSSY, ODD, STATUS, SUMMARY, TERM_STATUS


@dataclass(slots=True)
class Matter:
    """All records of one case, by system, the first being where it was born."""

    home: tuple[int, str]
    records: dict[int, list[Record]] = field(default_factory=dict)

    def whole(self) -> dict[int, Record] | None:
        """One living record in each system, or None when some are missing or deleted."""
        if any(len(found) != 1 or found[0].deleted for found in self.records.values()):
            return None
        return {system: found[0] for system, found in self.records.items()}


def matters(scene: Scene) -> list[Matter]:
    """The records of all trackers by the item they go back to."""
    origins = {(s, r.id): _home(scene, s, r) for s, t in scene.trackers.items() for r in t.records.values()}
    found: dict[tuple[int, str], Matter] = {}
    for system, tracker in scene.trackers.items():
        for record in tracker.records.values():
            home = origins[system, record.id]
            matter = found.setdefault(home, Matter(home))
            matter.records.setdefault(system, []).append(record)
    return list(found.values())


def _home(scene: Scene, system: int, record: Record) -> tuple[int, str]:
    while record.key is not None:
        origin = scene.marker.origins[record.key]
        system, record = origin.system, scene.trackers[origin.system].records[origin.record]
    return system, record.id


def judged(scene: Scene) -> list[str]:
    """Every breach of an invariant, as sentences; empty = all hold."""
    found = list(scene.errors)
    found.extend(scene.store.breaches)
    if scene.quiet_writes:
        found.append(f"quiet: {scene.quiet_writes} writes without a person's change")
    found.extend(walls(scene))
    found.extend(fences(scene))
    if not scene.errors:
        found.extend(f"disposition: change {c.id} of {c.field} has no end" for c in open_changes(scene))
        for matter in matters(scene):
            found.extend(twins(scene, matter))
            whole = matter.whole()
            if whole is not None and len(whole) == len(scene.trackers):
                found.extend(agreement(scene, whole))
                found.extend(parts(scene, whole))
                found.extend(ways(scene, whole))
                found.extend(silent(scene, whole))
    return found


def open_changes(scene: Scene) -> list[ChangeRow]:
    """Changes without a disposition."""
    return [change for change in scene.store.changes.values() if not change.disposition]


def twins(scene: Scene, matter: Matter) -> Iterator[str]:
    """One twin per system for what is in scope, none for what never was."""
    system, number = matter.home
    home = scene.trackers[system].records[number]
    ever = "yes" in scene.trackers[system].history[number, "shared"]
    for other in scene.trackers:
        count = len(matter.records.get(other, []))
        alive = [one for one in matter.records.get(other, []) if not one.deleted]
        if len(alive) > 1 or (count > 1 and len(alive) == count):
            yield f"twin: {number} has {count} records in system {other}"
        if count and not ever and other != system:
            yield f"twin: {number} is out of scope and has {count} records in system {other}"
        complete = not any(one.deleted for found in matter.records.values() for one in found)
        if not count and home.fields["shared"] == "yes" and complete:
            yield f"twin: {number} has none in system {other}"


def agreement(scene: Scene, whole: dict[int, Record]) -> Iterator[str]:
    """All two-way terms agree, up to the declared maps."""
    said = {s: " ".join(str(r.fields.get(SUMMARY[s])).split()) for s, r in whole.items()}
    if len(set(said.values())) > 1:
        yield f"agreement: summaries {said}"
    terms = {s: scene.treaty.to_term(s, "priority", r.fields.get("priority")) for s, r in whole.items()}
    native = whole[2].fields.get("priority") if 2 in whole else None
    if 2 in whole and any(LOSSY.get(str(term)) != native for system, term in terms.items() if system != 2):
        yield f"agreement: priorities {terms}, {native}"
    states = {s: scene.treaty.to_term(s, "status", r.fields.get("status")) for s, r in whole.items()}
    waits = any(park.state == "open" for rows in scene.store.parked.values() for park in rows.values())
    if len(set(states.values())) > 1 and not waits:
        yield f"agreement: statuses {states}"


def ways(scene: Scene, whole: dict[int, Record]) -> Iterator[str]:
    """Where people of one system alone moved the status, every value arrives everywhere, in order."""
    if any("no" in scene.trackers[s].history[r.id, "shared"] for s, r in whole.items()):
        return
    movers = set().union(*(scene.people.movers.get(record.id, set()) for record in whole.values()))
    if len(movers) != 1 or scene.treaty.refusing or whole[1].fields.get("status") == ODD:
        return
    told = {s: _way(scene, s, r) for s, r in whole.items()}
    expected = told[next(iter(movers))]
    for system, way in told.items():
        if way != expected:
            yield f"order: the way {expected} of system {next(iter(movers))} arrived in system {system} as {way}"


def _way(scene: Scene, system: int, record: Record) -> list[str]:
    names = dict(zip(STATUS[system], TERM_STATUS, strict=True))
    found: list[str] = []
    for value in scene.trackers[system].history[record.id, "status"]:
        if value != ODD and (not found or found[-1] != names[str(value)]):
            found.append(names[str(value)])
    return found


def parts(scene: Scene, whole: dict[int, Record]) -> Iterator[str]:
    """Every public part exactly once on each side, newest version, in its origin's order, with its bytes."""
    for system, record in whole.items():
        own = [t for t, (_, home, _) in scene.people.comments.items() if home == record.id]
        own = [token for token in own if token not in scene.people.withdrawn]
        for other, there in whole.items():
            if other != system:
                yield from _comments(scene, own, other, there)
                yield from _files(scene, record, other, there)


def _comments(scene: Scene, own: list[str], other: int, there: Record) -> Iterator[str]:
    bodies = [part.body for part in there.parts if not is_file(part)]
    places: list[int] = []
    for token in own:
        newest = f"{token}:v{scene.people.comments[token][2]}"
        first = [n for n, body in enumerate(bodies) if f"{token}:v" in body]
        if sum(body.endswith(newest) for body in bodies) != 1:
            yield f"parts: {newest} stands {sum(body.endswith(newest) for body in bodies)} times in {there.id}"
        if scene.treaty.habits[other].edit_comment and len(first) != 1:
            yield f"parts: {token} stands {len(first)} times in {there.id}"
        places.extend(first[:1])
    if places != sorted(places):
        yield f"order: comments {own} stand at {places} in {there.id}"


def _files(scene: Scene, record: Record, other: int, there: Record) -> Iterator[str]:
    here = [part for part in there.parts if is_file(part)]
    names = [part.name for part in here]
    own = [name for name, (_, home, _) in scene.people.files.items() if home == record.id]
    for name in own:
        if names.count(name) != 1:
            yield f"parts: file {name} stands {names.count(name)} times in {there.id}"
        elif scene.trackers[other].files[here[names.index(name)].id] != scene.people.files[name][2]:
            yield f"parts: file {name} has other bytes in {there.id}"
    if [name for name in names if name in own] != own:
        yield f"order: files {own} stand as {names} in {there.id}"


def silent(scene: Scene, whole: dict[int, Record]) -> Iterator[str]:
    """Each person's summary is final, or overwritten by somebody who could see it, or named as lost."""
    homes = {record.id for record in whole.values()}
    edits = [edit for edit in scene.people.edits if edit.record in homes]
    final: Value = whole[3].fields.get(SUMMARY[3])
    named = {row.value for row in scene.store.lost}
    for edit in edits:
        if edit.value not in (final, *named) and not any(edit.value in later.seen for later in edits):
            yield f"lost silently: {edit.value} of {edit.record}, final {final}"


def walls(scene: Scene) -> Iterator[str]:
    """No canary in what another company's tracker received, its envelopes, its triage or its changes' causes."""
    for system, tracker in scene.trackers.items():
        texts = [*tracker.received]
        texts += [row.body for row in scene.store.sealed if row.to_company == system]
        texts += [
            f"{park.sentence} {park.payload}"
            for rows in scene.store.parked.values()
            for park in rows.values()
            if park.company == system
        ]
        texts += [change.cause for change in scene.store.changes.values() if change.company == system]
        texts += [f"{row.value} {row.why}" for row in scene.store.lost if row.company == system]
        for text in texts:
            if "canary" not in text:
                continue
            for other in scene.trackers:
                shown = text.replace("canary-1-cost", "") if system == 3 else text
                if other != system and f"canary-{other}-" in shown:
                    yield f"wall: {text[:160]} reached company {system}"


def fences(scene: Scene) -> Iterator[str]:
    """The journal of a case is written under fences that never fall."""
    newest: dict[int, int] = {}
    for row in scene.store.journal:
        if row.fence < newest.get(row.case, 0):
            yield f"fence: case {row.case} was written under {row.fence} after {newest[row.case]}"
        newest[row.case] = max(row.fence, newest.get(row.case, 0))
