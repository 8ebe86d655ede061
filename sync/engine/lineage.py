"""Lineage: whose changes a value already contains, so that none goes round in a ring and none is lost."""

#: (item, number of its newest change that is contained), sorted: a version vector with one entry per origin
Roots = tuple[tuple[str, int], ...]


def joined(*many: Roots) -> Roots:
    """Everything that any of them contains."""
    found: dict[str, int] = {}
    for roots in many:
        for name, number in roots:
            found[name] = max(number, found.get(name, 0))
    return tuple(sorted(found.items()))


def covers(one: Roots, other: Roots) -> bool:
    """Whether `one` contains every change that `other` contains."""
    have = dict(one)
    return all(have.get(name, 0) >= number for name, number in other)


def number(roots: Roots, name: str) -> int:
    """The newest contained change of one origin, 0 for none."""
    return dict(roots).get(name, 0)
