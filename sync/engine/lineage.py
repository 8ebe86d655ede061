"""Lineage: whose changes a value already contains, so that none goes round and none is lost."""

#: (item, number of its newest change that is contained), sorted: a version vector with one entry per origin
Roots = tuple[tuple[str, int], ...]
#: marks of names that are no item: its birth, its place on a way, an unseen change, a decision on a link
BIRTH, PLACE, UNSEEN, DECISION = "*", "#", "?", "!"


def joined(*many: Roots) -> Roots:
    """Everything that any of them contains."""
    found: dict[str, int] = {}
    for roots in many:
        for name, count in roots:
            found[name] = max(count, found.get(name, 0))
    return tuple(sorted(found.items()))


def covers(one: Roots, other: Roots) -> bool:
    """Whether `one` contains every change that `other` contains; a place on an item's way is part of its changes."""
    have = dict(one)
    return all(max(have.get(name, 0), have.get(name.rstrip(PLACE), 0)) >= count for name, count in other)


def number(roots: Roots, name: str) -> int:
    """The newest contained change of one origin, 0 for none."""
    return dict(roots).get(name, 0)


def born(key: str) -> Roots:
    """The birth of an item: weaker than any change, because whoever changes a twin has seen what it was born with."""
    return ((f"{key}{BIRTH}", 1),)


def undecided(roots: Roots) -> Roots:
    """A lineage without decisions: what it contains for sure when its write is found long after it was sent."""
    return tuple(one for one in roots if not one[0].startswith(DECISION))


def lived(roots: Roots) -> Roots:
    """A lineage without births."""
    return tuple(one for one in roots if not one[0].endswith(BIRTH))


def changes(roots: Roots) -> Roots:
    """A lineage without births and without places on a way that is not gone to its end: people's changes."""
    return tuple(one for one in roots if not one[0].endswith((BIRTH, PLACE)))
