"""The embedded PostgreSQL of the demo and the tests: one folder, one port, scram from the first start."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from portal.core.errors import Misconfigured
from portal.embedded.binaries import PostgresBinaries, postgres_binaries
from portal.embedded.processes import Program, quiet_environment
from portal.embedded.unprivileged import Rank, hand_over, server_rank

SUPERUSER = "postgres"
#: small, for a machine that runs everything; jit costs more than it gives at this size
SMALL = (
    "shared_buffers=64MB",
    "max_connections=60",
    "jit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=256MB",
    "password_encryption=scram-sha-256",
    "unix_socket_directories=",
    "listen_addresses=127.0.0.1",
    "logging_collector=off",
)
#: for databases that nobody misses after a power cut
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A PostgreSQL kept in `home`, listening on 127.0.0.1:`port`; `password` is its superuser's."""

    home: Path
    port: int
    password: str
    log: Path
    durable: bool = True
    rank: Rank = field(default_factory=server_rank)
    binaries: PostgresBinaries = field(default_factory=postgres_binaries)

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "data"

    def url(self, *, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """The address for one login, as postgresql://…; the superuser's without arguments."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def program(self) -> Program:
        """What to run. SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one."""
        settings = [*SMALL, f"port={self.port}", *([] if self.durable else FORGETFUL)]
        if self.binaries.version >= 18:
            settings.append("io_method=sync")
        words = [word for setting in settings for word in ("-c", setting)]
        return Program(
            name="postgres",
            argv=(str(self.binaries.folder / "postgres"), "-D", str(self.data), *words),
            log=self.log,
            env=quiet_environment(),
            rank=self.rank,
            stop_signal=signal.SIGINT,
            kill_signal=signal.SIGQUIT,
            start_time=60,
            retries=10,
            prepare=self.prepare,
            ready=self.ready,
        )

    def prepare(self) -> None:
        """Make the data directory once; end what an earlier start left running; clear a stale pid file.

        Raises Misconfigured when the kept data is of another major version or cannot be made.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        if not self.data.exists():
            self.create()
        kept = (self.data / "PG_VERSION").read_text().strip()
        if kept != str(self.binaries.version):
            raise Misconfigured(
                f"The database kept in {self.data} is of PostgreSQL {kept}, this machine now runs "
                f"{self.binaries.version}. Start over with make demo-reset, or bring version {kept} back."
            )
        hand_over(self.home, self.rank)
        clear_pid_file(self.data)

    def create(self) -> None:
        """initdb beside the data directory, then one rename: a half-made one is never taken for whole."""
        new, secret = self.home / "new", self.home / "superuser"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        secret.touch(mode=0o600)
        secret.write_text(self.password + "\n")
        hand_over(self.home, self.rank)
        try:
            made = subprocess.run(
                [*self.rank.prefix, *self.initdb(new, secret)],
                user=self.rank.uid,
                group=self.rank.gid,
                extra_groups=None if self.rank.uid is None else [],
                cwd="/",
                env=quiet_environment(),
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            secret.unlink()
        if made.returncode != 0:
            words = " / ".join((made.stderr or made.stdout).split("\n")[-4:])
            raise Misconfigured(f"The database could not be made in {self.home}: {words}")
        new.rename(self.data)

    def initdb(self, folder: Path, secret: Path) -> list[str]:
        """The command that makes a data directory; collation by code point, the same on every machine."""
        locale = (
            ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            if self.binaries.version >= 17
            else ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]
        )
        return [
            str(self.binaries.folder / "initdb"),
            *("-D", str(folder), "-U", SUPERUSER, "-E", "UTF8", "-N"),
            *("--auth=scram-sha-256", f"--pwfile={secret}", *locale),
        ]

    def ready(self) -> bool:
        """Whether it takes a connection: the only proof (a pid may be a zombie's)."""
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def clear_pid_file(data: Path) -> None:
    """End the postmaster that `data` was left with; remove its pid file where the pid is now another's.

    A file with a dead pid stays: PostgreSQL checks by it that no orphan still holds the old memory.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    words = command_line(pid)
    if words is not None and str(data) in words:
        os.kill(pid, signal.SIGINT)
        wait_for_end(pid, seconds=15)
    elif words is not None:
        pid_file.unlink()


def command_line(pid: int) -> str | None:
    """The words a process was started with; empty for a zombie, None when there is no such process."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            return None
    answer = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else None


def wait_for_end(pid: int, *, seconds: float) -> None:
    """Wait until the process is gone or a zombie. Raises Misconfigured when it stays."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not command_line(pid):
            return
        time.sleep(0.05)
    raise Misconfigured(f"An earlier PostgreSQL (process {pid}) does not stop. End it and start again.")
