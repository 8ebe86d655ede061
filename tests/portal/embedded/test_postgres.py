"""The embedded PostgreSQL starts, comes back after a kill, and keeps what it holds."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from portal.core.errors import Misconfigured
from portal.embedded.binaries import PostgresBinaries, postgres_binaries
from portal.embedded.checks import free_port
from portal.embedded.place import ROOT
from portal.embedded.postgres import Postgres
from portal.embedded.processes import Household, launch
from portal.embedded.unprivileged import nobody, server_rank

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change to nobody")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder outside pytest's own, which only its owner may enter, that nobody may reach."""
    folder = Path(tempfile.mkdtemp(prefix="concord-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def version(postgres: Postgres) -> str:
    """What the server says it is."""
    with psycopg.connect(postgres.url()) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else ""


def test_it_answers_once_it_is_started(postgres: Postgres, household: Household) -> None:
    household.start(postgres.program())
    assert version(postgres).startswith(str(postgres.binaries.version))


def test_a_wrong_password_is_refused(postgres: Postgres, household: Household) -> None:
    household.start(postgres.program())
    assert not replace(postgres, password="guessed").ready()


def test_the_file_with_the_password_is_gone_after_the_making(postgres: Postgres, household: Household) -> None:
    household.start(postgres.program())
    assert not (postgres.home / "superuser").exists()


def test_what_was_committed_is_there_after_a_kill(postgres: Postgres, household: Household) -> None:
    postgres = replace(postgres, durable=True)
    child = household.start(postgres.program())
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    child.process.kill()
    child.process.wait()
    household.start(postgres.program())
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (42,)
        connection.execute("DROP TABLE kept")


def test_a_zombie_of_its_old_self_does_not_stop_the_start(postgres: Postgres, household: Household) -> None:
    program = postgres.program()
    household.start(program).stop()
    zombie = launch(replace(program, argv=("sleep", "0"), rank=server_rank()))
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    write_pid_file(postgres, zombie.pid)
    household.start(program)
    assert version(postgres)
    zombie.wait()


def test_a_pid_that_is_now_another_programs_does_not_stop_the_start(postgres: Postgres, household: Household) -> None:
    program = postgres.program()
    household.start(program).stop()
    write_pid_file(postgres, os.getpid())
    household.start(program)
    assert version(postgres)


def test_one_left_running_on_the_same_data_is_ended_first(postgres: Postgres, household: Household) -> None:
    first = household.start(postgres.program())
    household.start(replace(postgres, port=free_port()).program())
    assert not first.alive()


def write_pid_file(postgres: Postgres, pid: int) -> None:
    """A pid file as a crash leaves it."""
    (postgres.data / "postmaster.pid").write_text(f"{pid}\n{postgres.data}\n1\n1\n\n127.0.0.1\n  1  1\n")


def test_data_of_another_major_version_is_refused_with_a_sentence(postgres: Postgres) -> None:
    postgres.prepare()
    newer = replace(postgres, binaries=PostgresBinaries(postgres.binaries.folder, 99))
    with pytest.raises(Misconfigured, match="make demo-reset"):
        newer.prepare()


def test_a_half_made_database_is_made_again(tmp_path: Path, postgres: Postgres, household: Household) -> None:
    fresh = replace(postgres, home=tmp_path / "half")
    (fresh.home / "new" / "base").mkdir(parents=True)
    household.start(fresh.program())
    assert version(fresh)


@ROOT_ONLY
def test_root_without_namespaces_runs_it_as_nobody(open_folder: Path, household: Household) -> None:
    if not reachable(postgres_binaries().folder / "postgres"):
        pytest.skip("nobody cannot reach the project's packages here")
    postgres = Postgres(
        home=open_folder / "pg", port=free_port(), password="p", log=open_folder / "log", rank=nobody()
    )
    child = household.start(postgres.program())
    assert Path(f"/proc/{child.pid}").stat().st_uid == nobody().uid


@ROOT_ONLY
def test_a_folder_that_nobody_may_not_enter_is_told_in_a_sentence(open_folder: Path) -> None:
    open_folder.chmod(0o700)
    postgres = Postgres(
        home=open_folder / "pg", port=free_port(), password="p", log=open_folder / "log", rank=nobody()
    )
    with pytest.raises(Misconfigured, match="as an ordinary user"):
        postgres.prepare()


AS_NOBODY = """
import json, sys
from pathlib import Path
from portal.embedded.place import Place
from portal.embedded.processes import Household
place, household = Place(Path(sys.argv[1])), Household()
household.start(place.postgres(port=int(sys.argv[2])).program())
household.start(place.broker(port=int(sys.argv[3])).program())
print(json.dumps(household.stop()))
"""


@ROOT_ONLY
def test_an_ordinary_user_starts_and_stops_both(open_folder: Path) -> None:
    python = python_for_nobody()
    if python is None:
        pytest.skip("no Python of this version that nobody may run, or nobody cannot read the project")
    os.chown(open_folder, nobody().uid or 0, nobody().gid or 0)
    packages = os.pathsep.join([str(ROOT), *(place for place in sys.path if place.endswith("site-packages"))])
    done = subprocess.run(
        [python, "-c", AS_NOBODY, open_folder, str(free_port()), str(free_port())],
        user=nobody().uid,
        group=nobody().gid,
        extra_groups=[],
        cwd="/",
        env={"PYTHONPATH": packages, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def python_for_nobody() -> str | None:
    """A Python of our version that nobody can run, with the project's packages in reach."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for python in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        if runs_as_nobody([python, "-c", "pass"]) and reachable(Path(psycopg.__file__)) and reachable(ROOT):
            return python
    return None


def reachable(path: Path) -> bool:
    """Whether nobody may read the path."""
    return runs_as_nobody(["test", "-r", str(path)])


def runs_as_nobody(command: list[str]) -> bool:
    """Whether a command succeeds for nobody."""
    rank = nobody()
    try:
        done = subprocess.run(
            command, user=rank.uid, group=rank.gid, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0
