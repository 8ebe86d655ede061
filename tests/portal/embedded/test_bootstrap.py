"""The first step on a fresh machine: what is missing is one sentence, what is there is not done again."""

import subprocess
import sys
from pathlib import Path

import pytest

from portal.embedded import bootstrap
from portal.embedded.place import ROOT


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment that looks complete but for its stamps."""
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "python")
    (tmp_path / "python").touch()
    return tmp_path


def test_it_needs_nothing_that_is_not_in_the_standard_library() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "portal/embedded/bootstrap.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "bootstrap.py demo|dev" in done.stderr


@pytest.mark.parametrize(("has", "asked"), [("demo", "demo"), ("dev", "dev"), ("dev", "demo")])
def test_what_is_stamped_is_not_installed_again(venv: Path, has: str, asked: str) -> None:
    bootstrap.stamp(has).write_text(bootstrap.digest(has))
    assert bootstrap.stamped(asked)


@pytest.mark.parametrize(("has", "asked"), [("demo", "dev")])
def test_a_lower_level_is_not_enough(venv: Path, has: str, asked: str) -> None:
    bootstrap.stamp(has).write_text(bootstrap.digest(has))
    assert not bootstrap.stamped(asked)


def test_a_changed_lock_is_installed(venv: Path) -> None:
    bootstrap.stamp("dev").write_text("digest of an older lock")
    assert not bootstrap.stamped("dev")


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(bootstrap.Unready, match=r"Python 3\.10; Concord needs 3\.11"):
        bootstrap.check()


def test_a_python_without_ensurepip_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(bootstrap.Unready, match=r"apt-get install python3\.\d+-venv"):
        bootstrap.check()


def test_too_little_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "LEAST_DISK_MB", 2**50)
    with pytest.raises(bootstrap.Unready, match=r"Only \d+ MB are free"):
        bootstrap.check()


@pytest.mark.parametrize("name", ["uv", "base", "demo", "dev"])
def test_a_lock_has_a_hash_for_every_package_and_names_no_host(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    packages = [line for line in text.splitlines() if line and line[0] not in "# "]
    assert "://" not in text
    assert packages
    assert [line for line in packages if not line.endswith("\\")] == []


def test_make_without_a_fitting_python_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    bare = tmp_path / "bin"
    bare.mkdir()
    (bare / "sh").symlink_to("/bin/sh")
    make = subprocess.run(["sh", "-c", "command -v make"], capture_output=True, text=True, check=True).stdout.strip()
    done = subprocess.run(
        [make, "demo"], cwd=tmp_path, env={"PATH": str(bare)}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "No Python 3.11 or newer was found" in done.stderr
