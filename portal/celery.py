"""The Celery application: it wakes, PostgreSQL holds the truth."""

import sys

from celery import Celery
from celery.signals import task_prerun, worker_init
from django.conf import settings
from django.db import close_old_connections

from portal.access.checks import watch_logins
from portal.start import begin

begin()

app = Celery("concord")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    #: a hint is tried once: a broker that is down or frozen must not hold up a request or a sweep
    broker_connection_timeout=2,
    broker_transport_options={
        "visibility_timeout": 600,
        "max_retries": 0,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
    },
    task_default_queue=settings.QUEUE,
    task_publish_retry=False,
    #: Celery would sign in to the database anew for each task; `keep_connection` looks after it instead
    CELERY_DB_REUSE_MAX=sys.maxsize,
)
app.autodiscover_tasks(["sync.flow"])
#: the only schedule there is: rows with a due time and this sweep do the rest
app.conf.beat_schedule = {
    "sweep": {"task": "sync.sweep", "schedule": float(settings.SWEEP_SECONDS), "options": {"expires": 10}}
}


@worker_init.connect
def refuse_mighty_login(**_: object) -> None:
    """No task runs with a login that sees past row-level security."""
    watch_logins()


@task_prerun.connect
def keep_connection(**_: object) -> None:
    """Before each task, the database connection is renewed if it broke or is too old, as between two requests."""
    close_old_connections()
