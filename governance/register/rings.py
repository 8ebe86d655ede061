"""Stand-ins follow one another and never come back to where they began; pure."""

from collections.abc import Mapping


def ring(start: int, follows: Mapping[int, int | None]) -> list[int]:
    """The ring that `start` is part of when everybody hands on to `follows`: [a, b, a]; empty when there is none.

    Walks from `start` on until somebody has no stand-in, or comes up again; at most one step for each person.
    """
    walked = [start]
    at = follows.get(start)
    while at is not None and at not in walked:
        walked.append(at)
        at = follows.get(at)
    return [*walked, start] if at == start else []
