"""How a server that refuses to run as root is started by root: in a user namespace, else as nobody."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.core.errors import Misconfigured

#: no account is made and no permission changed: inside the namespace root is called nobody
NAMESPACE = ("unshare", "-U", "--map-user=65534", "--map-group=65534")


@dataclass(frozen=True, slots=True)
class Rank:
    """Who the server runs as: a command to put before its own, and an account to change to."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None


ORDINARY = Rank()


@cache
def server_rank() -> Rank:
    """The rank for this process: itself when not root; a namespace or nobody when root."""
    if os.geteuid() != 0:
        return ORDINARY
    if shutil.which("unshare") and quiet([*NAMESPACE, "true"]) == 0:
        return Rank(prefix=NAMESPACE)
    return nobody()


def nobody() -> Rank:
    """The account nobody; containers often refuse user namespaces."""
    entry = pwd.getpwnam("nobody")
    return Rank(uid=entry.pw_uid, gid=entry.pw_gid)


def hand_over(folder: Path, rank: Rank) -> None:
    """Give `folder` and all in it to the rank's account; nothing to do where the rank has none.

    Raises Misconfigured where that account cannot reach the folder, as below /root.
    """
    if rank.uid is None or rank.gid is None:
        return
    for path in everything(folder):
        os.chown(path, rank.uid, rank.gid, follow_symlinks=False)
    reached = subprocess.run(
        ["test", "-w", folder], user=rank.uid, group=rank.gid, extra_groups=[], cwd="/", check=False
    )
    if reached.returncode != 0:
        raise Misconfigured(
            f"PostgreSQL does not run as root, and nobody may not enter {folder}. "
            "Move the project to a folder that all may enter (such as /srv/concord), "
            "or start as an ordinary user."
        )


def everything(folder: Path) -> Iterator[Path]:
    """The folder and all below it."""
    yield folder
    yield from folder.rglob("*")


def quiet(argv: list[str]) -> int:
    """The exit code of a command whose words nobody needs."""
    return subprocess.run(argv, capture_output=True, check=False).returncode
