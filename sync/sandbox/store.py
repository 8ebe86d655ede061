"""A practice system's memory: JSON documents and blobs, written through to one SQLite file."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: a stored document: JSON as the tracker would keep it. Read-only by type; change a `copy` and `put` it back.
Doc = Mapping[str, Any]
#: a JSON object under construction
Json = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS doc (
    collection TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (collection, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blob (id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""

Undo = tuple[str, str, Doc | None]


class Store:
    """Documents by (collection, id), kept in memory and in `path` (a SQLite file, or ":memory:").

    1. Reads come from memory. 2. Every write belongs to a `transaction()`; one outside makes its own.
    3. A transaction that raises leaves memory and file as they were. 4. `lock` serialises everything; a
    document belongs to a tree by its collection's name, for example `store.all("comments/4711")`.
    """

    def __init__(self, path: Path | str) -> None:
        self.lock = threading.RLock()
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(SCHEMA)
        self.docs: dict[str, dict[str, Doc]] = {}
        rows = self.db.execute("SELECT collection, id, body FROM doc ORDER BY position")
        for collection, key, body in rows:
            self.docs.setdefault(collection, {})[key] = json.loads(body)
        self.counters: dict[str, int] = dict(self.db.execute("SELECT name, value FROM counter"))
        self.position = self.db.execute("SELECT coalesce(max(position), 0) FROM doc").fetchone()[0]
        self.depth = 0
        self.undo: list[Undo] = []

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self.lock:
            self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are one; nested ones join the outermost. Holds the lock: keep it short."""
        with self.lock:
            if self.depth:
                yield
                return
            self.db.execute("BEGIN")
            self.depth, self.undo = 1, []
            counters = dict(self.counters)
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                self.db.execute("ROLLBACK")
                self._restore(counters)
                raise
            finally:
                self.depth, self.undo = 0, []

    def _restore(self, counters: dict[str, int]) -> None:
        """Bring memory back to what it was before the transaction, newest change first."""
        self.counters = counters
        for collection, key, before in reversed(self.undo):
            if before is None:
                self.docs[collection].pop(key, None)
            else:
                self.docs.setdefault(collection, {})[key] = before

    def get(self, collection: str, key: object) -> Doc | None:
        """The document, or None."""
        with self.lock:
            return self.docs.get(collection, {}).get(str(key))

    def copy(self, collection: str, key: object) -> Json | None:
        """A deep copy to change and `put` back, or None."""
        found = self.get(collection, key)
        return None if found is None else json.loads(json.dumps(found))

    def all(self, collection: str) -> list[Doc]:
        """All documents of a collection in the order in which they were first put."""
        with self.lock:
            return list(self.docs.get(collection, {}).values())

    def put(self, collection: str, key: object, doc: Doc) -> None:
        """Store a document, new or instead of the old one (which keeps its place)."""
        name = str(key)
        body = json.dumps(doc, ensure_ascii=False)
        with self.transaction():
            self.undo.append((collection, name, self.get(collection, name)))
            self.position += 1
            self.db.execute(
                "INSERT INTO doc VALUES (?, ?, ?, ?) ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body",
                (collection, name, body, self.position),
            )
            self.docs.setdefault(collection, {})[name] = json.loads(body)

    def delete(self, collection: str, key: object) -> None:
        """Forget a document; one that is not there is no error."""
        name = str(key)
        with self.transaction():
            before = self.get(collection, name)
            if before is None:
                return
            self.undo.append((collection, name, before))
            self.db.execute("DELETE FROM doc WHERE collection = ? AND id = ?", (collection, name))
            del self.docs[collection][name]

    def next_id(self, counter: str, *, start: int = 1) -> int:
        """The next number of a named counter, beginning with `start`; never given twice."""
        with self.transaction():
            value = max(self.counters.get(counter, 0) + 1, start)
            self.counters[counter] = value
            self.db.execute("INSERT OR REPLACE INTO counter VALUES (?, ?)", (counter, value))
            return value

    def put_blob(self, key: str, body: bytes) -> None:
        """Store bytes (kept in the file only)."""
        with self.transaction():
            self.db.execute("INSERT OR REPLACE INTO blob VALUES (?, ?)", (key, body))

    def blob(self, key: str) -> bytes | None:
        """The bytes stored under `key`, or None."""
        with self.lock:
            row = self.db.execute("SELECT body FROM blob WHERE id = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def delete_blob(self, key: str) -> None:
        """Forget bytes; unknown keys are no error."""
        with self.transaction():
            self.db.execute("DELETE FROM blob WHERE id = ?", (key,))
