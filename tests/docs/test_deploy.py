"""docs/deploy.md and its files are true: every variable is told, every unit is one that systemd takes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.embedded.place import ROOT

DEPLOY = ROOT / "docs" / "deploy.md"
UNITS = sorted((ROOT / "docs" / "systemd").glob("*.service"))


def test_every_variable_of_the_settings_is_told_and_no_other() -> None:
    read = set(re.findall(r'"(CONCORD_[A-Z_]+)"', (ROOT / "portal" / "settings.py").read_text()))
    told = set(re.findall(r"^\| (CONCORD_[A-Z_]+) \|", DEPLOY.read_text(), flags=re.MULTILINE))
    assert told == read


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze on this machine")
    here = tmp_path / unit.name.replace("@", "@1")
    here.write_text(unit.read_text().replace("/opt/concord", str(ROOT)))
    done = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True, check=False)
    # the machine's other units may have findings of their own
    ours = [line for line in done.stderr.splitlines() if here.name in line or not line.startswith("/")]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", [unit for unit in UNITS if "web" in unit.name or "migrate" in unit.name])
def test_only_the_worker_and_its_clock_get_the_private_keys(unit: Path) -> None:
    assert "worker.env" not in unit.read_text()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_told_in_the_text(unit: Path) -> None:
    assert unit.stem.rstrip("@") in DEPLOY.read_text()
