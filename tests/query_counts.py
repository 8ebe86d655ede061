"""How many SQL queries each page and endpoint takes, pinned in query_counts.json.

CONCORD_REFRESH_QUERY_COUNTS=1 writes the file anew; a growing number is looked at in review.
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


class QueryCounts:
    """Compares counted queries with the committed file."""

    @contextmanager
    def pinned(self, name: str, *, most: int | None = None) -> Iterator[None]:
        """Count the queries of the block; they must be those pinned for `name`, and at most `most`."""
        with CaptureQueriesContext(connection) as captured:
            yield
        queries = [row["sql"] for row in captured.captured_queries if not row["sql"].startswith(FRAME)]
        if REFRESH:
            write(name, len(queries))
        listing = "\n".join(sql[:300] for sql in queries)
        assert most is None or len(queries) <= most, f"{name}: {len(queries)} queries, at most {most}:\n{listing}"
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
