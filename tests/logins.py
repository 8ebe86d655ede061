"""Real connections with the logins of the web and the worker, for tests that must not be the owner."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.access import rls
from portal.embedded.testing import WEB_URL, WORKER_URL

VARIABLES = {rls.WEB: WEB_URL, rls.WORKER: WORKER_URL}


def environment(role: str) -> dict[str, str]:
    """The environment of a process that logs in as `role` to the database of this test."""
    url = urlsplit(os.environ[VARIABLES[role]])._replace(path="/" + str(connection.settings_dict["NAME"]))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return {**kept, "CONCORD_DATABASE_URL": url.geturl(), "CONCORD_DEBUG": "0"}


@contextmanager
def logged_in(role: str) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, logged in as `role` to the database of this test."""
    parts = urlsplit(os.environ[VARIABLES[role]])
    own = connections.create_connection("default")
    own.settings_dict = {
        **connection.settings_dict,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
    }
    try:
        yield own
    finally:
        own.close()
