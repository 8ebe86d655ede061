"""The start-up check: a web or worker process whose login could see past row-level security does not run."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from portal.core.errors import Misconfigured

MIGHT = """
SELECT session_user, r.rolsuper, r.rolbypassrls, EXISTS (
    SELECT 1 FROM pg_class c
    WHERE c.relrowsecurity AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
FROM pg_roles r WHERE r.rolname = session_user
"""


def might(of: BaseDatabaseWrapper) -> str | None:
    """Why this connection's login may not serve, as a sentence; None when it may."""
    with of.cursor() as cursor:
        cursor.execute(MIGHT)
        login, superuser, bypasses, owns = cursor.fetchone()
    what = (superuser and "is a superuser") or (bypasses and "has BYPASSRLS") or (owns and "owns the tables")
    if not what:
        return None
    return (
        f"The database login {login} {what}, so row-level security would not hold. "
        "Give web processes concord_web and workers concord_worker in CONCORD_DATABASE_URL; "
        "the owner's login is for migrate alone."
    )


def check_login(app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:
    """`manage.py check --deploy`: the login of this environment may serve requests."""
    sentence = might(connection)
    return [Error(sentence, id="portal.E001")] if sentence else []


def refuse(sender: object, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Raises Misconfigured for a fresh connection whose login may not serve."""
    sentence = might(connection)
    if sentence:
        connection.close()
        raise Misconfigured(sentence)


def watch_logins() -> None:
    """Called once by each web and worker process: checks now if the database answers, and each connection.

    With CONCORD_DEBUG one login may do everything, so that a developer needs no second one.
    """
    if settings.DEBUG:
        return
    connection_created.connect(refuse, dispatch_uid="walls")
    with suppress(OperationalError):
        connection.ensure_connection()
    connection.close()
