"""What must be true of the machine before the demo starts; each failure is one sentence with its remedy."""

import errno
import fcntl
import os
import shutil
import socket
import sys
from pathlib import Path
from typing import IO

from portal.core.errors import Misconfigured

HOST = "127.0.0.1"
LEAST_DISK = 500 * 1024 * 1024


def check_python() -> None:
    """At least Python 3.11."""
    if sys.version_info < (3, 11):  # noqa: UP036  (the person may have called another Python than ours)
        raise Misconfigured(f"This is Python {sys.version.split()[0]}; Concord needs 3.11 or newer.")


def check_writable(folder: Path) -> None:
    """`folder` exists or can be made, and takes a file."""
    probe = folder / ".probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"probe")
        probe.unlink()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Misconfigured(f"The disk of {folder} is full. Free {mebi(LEAST_DISK)} first.") from error
        raise Misconfigured(
            f"{folder} cannot be written ({error.strerror}). Make it this account's own, with chown or chmod."
        ) from error


def check_disk(folder: Path, *, least: int = LEAST_DISK) -> None:
    """At least `least` bytes are free where `folder` is."""
    free = shutil.disk_usage(folder).free
    if free < least:
        raise Misconfigured(f"Only {mebi(free)} are free on the disk of {folder}. Free at least {mebi(least)} first.")


def check_port(port: int, *, what: str, remedy: str) -> None:
    """Nobody listens on 127.0.0.1:`port` and we may. `remedy` says what to do when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Misconfigured(
                f"Port {port} ({what}) is for root only. Choose one from 1024 up: {remedy}"
            ) from error
        except OSError as error:
            raise Misconfigured(f"Port {port} ({what}) is in use by another program. {remedy}") from error


def port_number(text: str, *, name: str) -> int:
    """A port from the environment variable `name`."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Misconfigured(f"{name} is {text!r}; give a port number from 1 to 65535, such as {name}=8000.")
    return int(text)


def free_port() -> int:
    """A port on 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def hold(lock: Path) -> IO[str] | None:
    """Hold `lock` until the file is closed or we die; None when another process holds it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    file = lock.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def mebi(size: int) -> str:
    """Bytes as whole MB, for a sentence."""
    return f"{size // (1024 * 1024)} MB"
