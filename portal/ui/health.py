"""Whether the process lives (/healthz) and whether the story can run (/readyz), as JSON."""

from collections.abc import Callable
from functools import cache

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError

from portal.access import rls
from portal.celery import app

#: seconds after which a heartbeat counts as stopped
STALE = 60
#: answers None when all is well, else a sentence that says what to do
Check = Callable[[], str | None]
_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """An upper floor tells here what else has to stand; the check runs as the web role without a company."""
    _checks[name] = check


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 only when every check is well; otherwise 503, with a sentence for each that is not."""
    found = results()
    ready = all(sentence is None for sentence in found.values())
    body = {
        "status": "ready" if ready else "not ready",
        "checks": {name: sentence or "ok" for name, sentence in found.items()},
    }
    return JsonResponse(body, status=200 if ready else 503)


def results() -> dict[str, str | None]:
    """Every check by name; the floors' own are asked only while the database answers."""
    found: dict[str, str | None] = {"broker": broker()}
    try:
        with transaction.atomic():
            rls.enter((), role=rls.WEB)
            found["database"] = None
            found["migrations"] = migrations()
            if found["migrations"] is None:
                found.update({name: check() for name, check in _checks.items()})
    except DatabaseError:
        found["database"] = "PostgreSQL does not answer. Start it, or look at CONCORD_DATABASE_URL."
    return found


def migrations() -> str | None:
    """Whether the tables are those this code expects."""
    if is_migrated():
        return None
    is_migrated.cache_clear()
    return "Migrations are not applied. Run manage.py migrate as the owner."


@cache
def is_migrated() -> bool:
    """Whether no migration is left to apply; a yes holds as long as the process."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def broker() -> str | None:
    """Whether Celery's broker takes a connection within two seconds."""
    try:
        with app.connection_for_write(connect_timeout=2) as line:
            line.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except (OperationalError, OSError):
        return "The broker does not answer. Start it, or look at CONCORD_BROKER_URL."
    return None
