"""The embedded broker of the demo and the tests: Valkey (or Redis) that keeps nothing on disk."""

import socket
from dataclasses import dataclass, field
from pathlib import Path

from portal.embedded.binaries import broker_binary
from portal.embedded.checks import HOST
from portal.embedded.processes import Program, quiet_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A broker on 127.0.0.1:`port`. Losing all it holds is harmless: PostgreSQL holds the truth."""

    port: int
    password: str
    log: Path
    binary: Path = field(default_factory=broker_binary)

    @property
    def url(self) -> str:
        """The address for Celery. The password is url-safe by construction."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def program(self) -> Program:
        """What to run; settings go in by standard input: no password shows among the processes."""
        return Program(
            name="broker",
            argv=(str(self.binary), "-"),
            given=self.settings().encode(),
            log=self.log,
            env=quiet_environment(),
            folder=self.log.parent,
            stop_time=5,
            ready=self.ready,
        )

    def settings(self) -> str:
        """The server's settings file."""
        return "\n".join(
            (
                "bind 127.0.0.1",
                f"port {self.port}",
                f"requirepass {self.password}",
                'save ""',
                "appendonly no",
                "maxmemory 64mb",
                "maxmemory-policy noeviction",
                "daemonize no",
                "",
            )
        )

    def ready(self) -> bool:
        """Whether it answers a ping with our password."""
        try:
            with socket.create_connection((HOST, self.port), timeout=2) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                return b"+PONG" in b"".join(iter(lambda: line.recv(1024), b""))
        except OSError:
            return False
