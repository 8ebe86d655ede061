"""How many SQL queries each page and endpoint takes, pinned in query_counts.json.

CONCORD_REFRESH_QUERY_COUNTS=1 writes the file anew; a growing number is looked at in review. The house bar is not
in the file: a page takes eight queries at most, its frame included, and a list of the API five.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

PINNED = Path(__file__).with_name("query_counts.json")
REFRESH = os.environ.get("CONCORD_REFRESH_QUERY_COUNTS") == "1"
#: statements that frame a transaction or tell row-level security who asks; the same for every request
FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "SELECT set_config", "SET ")
PAGE, LIST = 8, 5


def bar(name: str) -> int:
    """How many queries the page or list of this name may take."""
    return LIST if name.startswith("GET /api/") else PAGE


@contextmanager
def counting() -> Iterator[list[str]]:
    """The SQL of the block's queries, without what frames a transaction; filled when the block ends."""
    queries: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield queries
    queries += [row["sql"] for row in captured.captured_queries if not row["sql"].startswith(FRAME)]


def over(name: str, queries: list[str], most: int) -> str:
    """What to say of a page that takes too many."""
    listing = "\n".join(sql[:300] for sql in queries)
    return f"{name} takes {len(queries)} queries; {most} is the most. Ask for more in one statement:\n{listing}"


class QueryCounts:
    """Compares counted queries with the committed file."""

    @contextmanager
    def pinned(self, name: str) -> Iterator[None]:
        """Count the queries of the block; they must be those pinned for `name`, and within the house bar."""
        with counting() as queries:
            yield
        assert len(queries) <= bar(name), over(name, queries, bar(name))
        if REFRESH:
            write(name, len(queries))
        listing = "\n".join(sql[:300] for sql in queries)
        known = json.loads(PINNED.read_text()).get(name) if PINNED.exists() else None
        assert known == len(queries), (
            f"{name}: {len(queries)} queries, {known} pinned in {PINNED.name}. "
            f"If that is right, run with CONCORD_REFRESH_QUERY_COUNTS=1.\n{listing}"
        )


def write(name: str, count: int) -> None:
    """Put one number into the file; several test processes may do so at once."""
    with PINNED.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        counts = json.loads(file.read() or "{}")
        counts[name] = count
        file.seek(0)
        file.truncate()
        file.write(json.dumps(counts, indent=2, sort_keys=True) + "\n")
