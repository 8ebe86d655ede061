"""The numbered points at which a process may die without harm."""

from enum import IntEnum


class Point(IntEnum):
    """The points of docs/engine.md at which a process may die."""

    CLAIMED = 1
    RESOLVED = 2
    READ = 3
    SEALED = 4
    INTENDED = 5
    SENDING = 6
    SENT = 7
    PART_DONE = 8
    FINISHED = 9
