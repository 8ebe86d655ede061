"""One run told line by line: what happened in the trackers, what was promised, agreed, lost and parked."""

from collections.abc import Iterator

from tests.simulation.scene import Scene


def told(scene: Scene) -> Iterator[str]:
    """Everything that helps to understand a broken seed."""
    owners = {(link.id, name): term.owner for link in scene.treaty.links for name, term in link.terms.items()}
    yield f"ring {scene.treaty.ring}, odd {scene.treaty.odd}, refusing {scene.treaty.refusing}, owners {owners}"
    lines = [(one[0], system, *one[1:]) for system, t in scene.trackers.items() for one in t.ledger]
    lines += [
        (
            round((row.at - scene.clock.start).total_seconds(), 3),
            row.promise.slot.system,
            f"case {row.case} promises {row.promise.op} {row.promise.subject} {row.promise.payload}: {row.state}",
        )
        for row in scene.store.intents.values()
    ]
    for line in sorted(lines, key=lambda one: float(str(one[0]))):
        yield f"{line[0]:>8} {line[1]} {' '.join(str(word) for word in line[2:])}"
    for case, bases in scene.store.bases.items():
        for (link, term), base in sorted(bases.items()):
            yield f"base {case} {link} {term} {base}"
    for row in (*scene.store.lost, *scene.store.items.values()):
        yield str(row)
    for rows in scene.store.parked.values():
        yield from (str(park) for park in rows.values())
    for change in sorted(scene.store.changes.values(), key=lambda one: (one.item, one.seq)):
        yield f"change {change.item} {change.seq} {change.field} {change.value!r} {change.disposition} {change.cause}"
