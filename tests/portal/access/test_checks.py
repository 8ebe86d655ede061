"""Processes whose login could see past row-level security do not start."""

import subprocess
import sys

import pytest
from django.db import connection

from portal.access import checks, rls
from portal.core.errors import Misconfigured
from tests import logins


def test_the_owner_may_not_serve_requests(db: None) -> None:
    assert "owns the tables" in (checks.might(connection) or "")
    with logins.logged_in(rls.WEB) as other:
        other.settings_dict = connection.settings_dict
        with pytest.raises(Misconfigured, match="the owner's login is for migrate alone"):
            checks.refuse(None, other)


@pytest.mark.parametrize("role", [rls.WEB, rls.WORKER])
def test_the_web_and_the_worker_logins_may(db: None, role: str) -> None:
    with logins.logged_in(role) as own:
        assert checks.might(own) is None


def test_the_deployment_check_names_the_login(db: None) -> None:
    assert [message.id for message in checks.check_login(None)] == ["portal.E001"]


@pytest.mark.parametrize("module", ["portal.wsgi", "portal.celery"])
def test_a_process_with_the_owners_login_does_not_start(db: None, module: str) -> None:
    ran = start(module, {**logins.environment(rls.WEB), "CONCORD_DATABASE_URL": owner_url()})
    assert ran.returncode != 0
    assert "owns the tables" in ran.stderr


def test_a_web_process_with_its_own_login_starts(db: None) -> None:
    ran = start("portal.wsgi", logins.environment(rls.WEB))
    assert ran.returncode == 0, ran.stderr


def test_the_web_login_cannot_take_another_role(db: None) -> None:
    with logins.logged_in(rls.WEB) as own, own.cursor() as cursor:
        for role in (rls.OWNER, rls.WORKER):
            cursor.execute("SELECT pg_has_role(session_user, %s, 'MEMBER')", [role])
            assert cursor.fetchone() == (False,)


def owner_url() -> str:
    """The owner's own login in the database of this test."""
    have = connection.settings_dict
    return f"postgresql://{have['USER']}:{have['PASSWORD']}@{have['HOST']}:{have['PORT']}/{have['NAME']}"


def start(module: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Import a process's entry as gunicorn or Celery would."""
    code = f"import {module}\n"
    if module == "portal.celery":
        code += "import django; django.setup()\nfrom celery.signals import worker_init\n"
        code += "errors = [answer for _, answer in worker_init.send(None) if isinstance(answer, Exception)]\n"
        code += "raise SystemExit(str(errors[0])) if errors else SystemExit(0)\n"
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
