"""/healthz and /readyz."""

import pytest
from django.test import Client

from portal.ui import health


def test_a_living_process_says_so_without_a_database() -> None:
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_readiness_names_what_is_not_well(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health._checks, "engine", lambda: "No worker. Start one.")
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["engine"] == "No worker. Start one."
    assert answer.json()["checks"]["database"] == "ok"


def test_readiness_needs_every_check(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_checks", {"engine": lambda: None})
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
