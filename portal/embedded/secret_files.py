"""Keys and passwords that are made once and kept in files only their owner can read."""

import json
import os
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

#: what a shell, systemd and Python all read as itself
PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./_-"


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A JSON file of names and secret texts, mode 600 in a folder of mode 700."""

    path: Path

    def get(self, name: str, make: Callable[[], str]) -> str:
        """The secret of that name; made and kept when it is not there yet."""
        known = self.read()
        if name not in known:
            known[name] = make()
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(self.path, json.dumps(known, indent=1) + "\n")
        return known[name]

    def read(self) -> dict[str, str]:
        """All that is kept."""
        try:
            kept = json.loads(self.path.read_text())
        except FileNotFoundError:
            return {}
        return {str(name): str(value) for name, value in kept.items()}


def new_password() -> str:
    """A password of 24 letters and digits, 142 bits: safe in a shell, an address or a command line."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(24))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)


def env_file(values: Mapping[str, str]) -> str:
    """KEY=VALUE lines. Values hold no line break; a shell reads them after `set -a; . file`."""
    return "".join(f"{name}={quoted(value)}\n" for name, value in values.items())


def quoted(value: str) -> str:
    """The value as it is, which our alphabets allow; anything a shell would read differently is refused."""
    if not value or set(value) - set(PLAIN):
        raise ValueError(f"{value!r} would not survive KEY=VALUE")
    return value
