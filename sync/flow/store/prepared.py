"""Statements of the engine, prepared on the server: planned once for a connection and not with every turn."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.types.json import Json

Given = Sequence[object] | Mapping[str, object]


def asked(query: str, given: Given) -> list[tuple[Any, ...]]:
    """The rows that a statement returns.

    In the caller's transaction, or else one of its own. Most of what PostgreSQL does for a turn is planning: a
    prepared statement is planned a few times and then no more.
    """
    with connection.wrap_database_errors:
        return _sent(query, given).fetchall()


def done(query: str, given: Given) -> None:
    """A statement whose answer nobody waits for: inside `piped`, its failure comes with the next answer."""
    with connection.wrap_database_errors:
        _sent(query, given)


def _sent(query: str, given: Given) -> psycopg.Cursor[tuple[Any, ...]]:
    _connect()
    return psycopg.Cursor(connection.connection).execute(query.encode(), given, prepare=True)


@contextmanager
def piped() -> Iterator[None]:
    """Statements are sent one behind the other, and waited for only where somebody needs an answer."""
    _connect()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def _connect() -> None:
    """As Django's own cursors do: a kept connection that broke since the last task is made anew."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()


def rows_of(rows: Sequence[Mapping[str, object]]) -> Json:
    """Rows for `json_to_recordset`: any number of them in one statement of one shape."""
    return Json(rows)
