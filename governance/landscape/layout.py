"""Where everything in the picture stands; pure, in whole pixels, the same for the same input.

Companies stand in up to three columns: one's own in the middle, partners to the left and right. Wires run between
systems; each begins with a straight run beside the system of the outer column, and on that run lies its label.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LABEL_W, LABEL_H = 136, 36
#: pixels between two wires at the same face of a system; more than a label is high
PITCH = 44
SYSTEM_W, SYSTEM_H = 200, 56
PAD, GAP = 12, 10
COMPANY_W = SYSTEM_W + 2 * PAD
#: around the picture, beside a label, the width in which wires bend, and that in which they turn back
MARGIN, RUN, BEND, LOOP = 16, 8, 72, 32
ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Heights:
    """Of a company's head, foot, and least system, and between two companies of one column."""

    head: int = 36
    foot: int = PAD
    system: int = SYSTEM_H
    between: int = 24


#: for companies that are one box each
FLAT = Heights(4, 4, PITCH, 8)


@dataclass(frozen=True, slots=True)
class Group:
    """A company with its systems, by key; `own` ones stand in the middle."""

    key: int
    systems: tuple[int, ...]
    own: bool = False


@dataclass(frozen=True, slots=True)
class Wire:
    """What runs between two systems, by key; they may be the same."""

    key: int
    a: int
    b: int


@dataclass(frozen=True, slots=True)
class Rect:
    """A box."""

    x: int
    y: int
    w: int
    h: int

    @property
    def middle(self) -> int:
        """The y of its middle."""
        return self.y + self.h // 2

    def overlaps(self, other: "Rect") -> bool:
        """Whether the two share a pixel."""
        across = self.x < other.x + other.w and other.x < self.x + self.w
        return across and self.y < other.y + other.h and other.y < self.y + self.h


@dataclass(frozen=True, slots=True)
class Route:
    """A wire's way: straight from each end to its `*_turn`, bent between; `*_face` is +1 right, -1 left.

    `a_first`: side a is left of side b, or above it when both stand in one column (`upright`).
    """

    a: tuple[int, int]
    a_face: int
    a_turn: int
    b: tuple[int, int]
    b_face: int
    b_turn: int
    label: Rect
    a_first: bool
    upright: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything placed, by key."""

    width: int
    height: int
    groups: Mapping[int, Rect]
    systems: Mapping[int, Rect]
    wires: Mapping[int, Route]


#: companies of each column from the top, each with its systems from the top
Columns = list[list[tuple[int, list[int]]]]


@dataclass(frozen=True, slots=True)
class Ports:
    """Which column a system stands in, and the wires that end at each of its faces as (wire key, is end b)."""

    column: Mapping[int, int]
    faces: Mapping[tuple[int, int], list[tuple[int, bool]]]


def arranged(groups: Sequence[Group], wires: Sequence[Wire], heights: Heights = Heights()) -> Layout:
    """The layout of these companies and wires. A wire whose system no group has is a KeyError.

    1. deal companies to columns; 2. order them so that few wires cross; 3. say at which face each wire ends;
    4. give systems the height that their wires need, those of the middle what is left, and stack; 5. spread the
    wires over the faces; 6. route.
    """
    wires = sorted(wires, key=lambda wire: wire.key)
    columns = ordered(dealt(groups, wires), wires)
    ports = ported(columns, wires)
    loops = {ports.column[wire.a] for wire in wires if ports.column[wire.a] == ports.column[wire.b]}
    lefts, width = across(len(columns), loops)
    boxes, systems, height = stacked(columns, ports, lefts, heights)
    places = spread(ports, systems, wires)
    routes = {wire.key: routed(wire, ports, places, loops, len(columns)) for wire in wires}
    return Layout(width, height, boxes, systems, routes)


def dealt(groups: Sequence[Group], wires: Sequence[Wire]) -> Columns:
    """Own companies in the middle (else the one with most wires); the others to the lighter side, left first."""
    degree = {system: 0 for group in groups for system in group.systems}
    for wire in wires:
        degree[wire.a] += 1
        degree[wire.b] += 1
    ranked = sorted(groups, key=lambda group: group.key)
    middle = [group for group in ranked if group.own]
    if not middle and ranked:
        middle = [max(ranked, key=lambda group: (sum(degree[one] for one in group.systems), -group.key))]
    sides: tuple[list[Group], list[Group]] = ([], [])
    weights = [0, 0]
    for group in (one for one in ranked if one not in middle):
        side = 0 if weights[0] <= weights[1] else 1
        sides[side].append(group)
        weights[side] += PITCH + sum(max(SYSTEM_H, PITCH * degree[one]) for one in group.systems)
    wanted = [sides[0], middle, sides[1]] if sides[1] else [middle, sides[0]]
    return [[(group.key, sorted(group.systems)) for group in column] for column in wanted if column]


def ordered(columns: Columns, wires: Sequence[Wire]) -> Columns:
    """The columns in the order with the fewest crossings that ROUNDS sweeps of barycentres find."""
    best, fewest = columns, crossings(columns, wires)
    for turn in range(ROUNDS):
        if not fewest:
            break
        for at in range(len(columns)) if turn % 2 else reversed(range(len(columns))):
            columns = [swept(column, columns, wires) if n == at else column for n, column in enumerate(columns)]
        count = crossings(columns, wires)
        if count < fewest:
            best, fewest = columns, count
    return best


def swept(
    column: list[tuple[int, list[int]]], columns: Columns, wires: Sequence[Wire]
) -> list[tuple[int, list[int]]]:
    """One column by the mean place of what its systems, then its companies, are wired to; a tie stays as it was."""
    place = places_of(columns)
    own = {system for _, systems in column for system in systems}
    pulls: dict[int, list[float]] = {system: [] for system in own}
    for wire in wires:
        for here, there in ((wire.a, wire.b), (wire.b, wire.a)):
            if here in own and there not in own:
                pulls[here].append(place[there])

    def mean(values: list[float], otherwise: float) -> float:
        return sum(values) / len(values) if values else otherwise

    found = []
    for key, systems in column:
        inner = sorted(systems, key=lambda one: mean(pulls[one], place[one]))
        everything = [value for one in systems for value in pulls[one]]
        found.append((mean(everything, place[systems[0]] if systems else 0.0), key, inner))
    return [(key, inner) for _, key, inner in sorted(found, key=lambda row: row[0])]


def places_of(columns: Columns) -> dict[int, float]:
    """System → how far down its column it stands, from 0 to 1."""
    found: dict[int, float] = {}
    for column in columns:
        flat = [system for _, systems in column for system in systems]
        found |= {system: (n + 0.5) / len(flat) for n, system in enumerate(flat)}
    return found


def crossings(columns: Columns, wires: Sequence[Wire]) -> int:
    """How many pairs of wires between the same two columns cross."""
    column = {system: n for n, groups in enumerate(columns) for _, systems in groups for system in systems}
    place = places_of(columns)
    between: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for wire in wires:
        left, right = sorted((wire.a, wire.b), key=lambda one: column[one])
        if column[left] != column[right]:
            between.setdefault((column[left], column[right]), []).append((place[left], place[right]))
    total = 0
    for pairs in between.values():
        # Sorted by the left end, every earlier right end that lies lower is one crossing.
        seen: list[float] = []
        for _, right_end in sorted(pairs):
            total += len(seen) - bisect_left(seen, right_end + 1e-9)
            insort(seen, right_end)
    return total


def ported(columns: Columns, wires: Sequence[Wire]) -> Ports:
    """The faces that look at one another; within one column the outer face, in the middle the right one."""
    column = {system: n for n, groups in enumerate(columns) for _, systems in groups for system in systems}
    outer = -1 if len(columns) == 3 else 1
    faces: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    for wire in wires:
        a, b = column[wire.a], column[wire.b]
        same = outer if a == 0 else 1
        for system, step, is_b in ((wire.a, b - a, False), (wire.b, a - b, True)):
            face = same if step == 0 else (1 if step > 0 else -1)
            faces.setdefault((system, face), []).append((wire.key, is_b))
    return Ports(column, faces)


def across(count: int, loops: set[int]) -> tuple[list[int], int]:
    """The left edge of each column and the picture's width; wires within a column take room on its outer face."""
    loop, label = LABEL_W + 2 * RUN + LOOP, LABEL_W + 2 * RUN
    x = MARGIN + (loop if count == 3 and 0 in loops else 0)
    lefts = []
    for n in range(count):
        lefts.append(x)
        x += COMPANY_W
        right = n in loops and not (count == 3 and n == 0)
        x += loop if right else 0
        x += label + BEND if n < count - 1 else 0
    return lefts, x + MARGIN


def stacked(
    columns: Columns, ports: Ports, lefts: Sequence[int], heights: Heights
) -> tuple[dict[int, Rect], dict[int, Rect], int]:
    """Companies and systems as boxes, and the picture's height; each column is centred on the tallest."""
    busy = {system: max(len(ports.faces.get((system, face), ())) for face in (-1, 1)) for system in ports.column}
    tall = {system: max(heights.system, PITCH * count) for system, count in busy.items()}
    totals = [total(column, tall, heights) for column in columns]
    tallest = max(totals, default=0)
    if columns:
        stretch(columns[hub_of(len(columns))], tall, busy, tallest - totals[hub_of(len(columns))])
    boxes: dict[int, Rect] = {}
    systems_at: dict[int, Rect] = {}
    for column, x in zip(columns, lefts, strict=True):
        y = MARGIN + (tallest - total(column, tall, heights)) // 2
        for key, systems in column:
            boxes[key] = Rect(x, y, COMPANY_W, high(systems, tall, heights))
            inside = y + heights.head
            for system in systems:
                systems_at[system] = Rect(x + PAD, inside, SYSTEM_W, tall[system])
                inside += tall[system] + GAP
            y += boxes[key].h + heights.between
    return boxes, systems_at, tallest + 2 * MARGIN


def high(systems: Sequence[int], tall: Mapping[int, int], heights: Heights) -> int:
    """A company's height."""
    gaps = GAP * max(0, len(systems) - 1)
    return heights.head + sum(tall[one] for one in systems) + gaps + heights.foot


def total(column: Sequence[tuple[int, Sequence[int]]], tall: Mapping[int, int], heights: Heights) -> int:
    """A column's height."""
    between = heights.between * max(0, len(column) - 1)
    return sum(high(systems, tall, heights) for _, systems in column) + between


def stretch(
    column: Sequence[tuple[int, Sequence[int]]], tall: dict[int, int], busy: Mapping[int, int], spare: int
) -> None:
    """Share out a column's spare height by the number of wires, so that many wires run straight."""
    wires = sum(busy[system] for _, systems in column for system in systems)
    for _, systems in column:
        for system in systems:
            tall[system] += spare * busy[system] // wires if wires else 0


def spread(ports: Ports, systems: Mapping[int, Rect], wires: Sequence[Wire]) -> dict[tuple[int, bool], Rect]:
    """(wire, is end b) → its end at a face, as a box without size; sorted by where the other end stands."""
    other = {(wire.key, is_b): wire.a if is_b else wire.b for wire in wires for is_b in (False, True)}
    found: dict[tuple[int, bool], Rect] = {}
    for (system, face), ends in ports.faces.items():
        box = systems[system]
        ranked = sorted(ends, key=lambda end: (systems[other[end]].middle, end))
        step = box.h // len(ranked)
        first = box.middle - step * (len(ranked) - 1) // 2
        for n, end in enumerate(ranked):
            found[end] = Rect(box.x + (box.w if face > 0 else 0), first + n * step, face, 0)
    return found


def routed(wire: Wire, ports: Ports, places: Mapping[tuple[int, bool], Rect], loops: set[int], count: int) -> Route:
    """One wire's way. The label lies on the run of the end in the outer column; within a column, on side a's."""
    a, b = places[wire.key, False], places[wire.key, True]
    a_column, b_column = ports.column[wire.a], ports.column[wire.b]
    upright = a_column == b_column
    on_b = not upright and rank(b_column, count) > rank(a_column, count)

    def run(end: Rect, column: int, labelled: bool) -> int:
        # A face that also has wires within its column keeps its straight run as long as theirs.
        beside = column in loops and not upright and end.w > 0 and not (count == 3 and column == 0)
        length = LABEL_W + 2 * RUN if labelled or upright else RUN
        length += LABEL_W + 2 * RUN + LOOP - (0 if labelled else RUN) if beside else 0
        return end.x + end.w * (PAD + length)

    at = b if on_b else a
    near = at.x + at.w * (PAD + RUN)
    label = Rect(near if at.w > 0 else near - LABEL_W, at.y - LABEL_H // 2, LABEL_W, LABEL_H)
    return Route(
        a=(a.x, a.y),
        a_face=a.w,
        a_turn=run(a, a_column, not on_b),
        b=(b.x, b.y),
        b_face=b.w,
        b_turn=run(b, b_column, on_b),
        label=label,
        a_first=(a.y <= b.y) if upright else a_column < b_column,
        upright=upright,
    )


def rank(column: int, count: int) -> int:
    """How far out a column is."""
    return abs(column - hub_of(count))


def hub_of(count: int) -> int:
    """The column that the others look at: the middle one of three, the left one of two."""
    return 1 if count == 3 else 0
