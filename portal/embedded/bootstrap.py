"""Makes .venv from the lock files; runs before anything is installed, so it uses the standard library alone.

    python3 -I portal/embedded/bootstrap.py demo|dev

1. Check Python, venv, disk and that the project's folder takes files; each failure is one sentence.
2. Make .venv where there is none or where its Python is gone.
3. Install uv by pip, hash-checked, and the packages by uv, hash-checked; by pip where uv does not run.
4. Leave a stamp with the lock's digest, so that the next call has nothing to do.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV, LOCKS = ROOT / ".venv", ROOT / "requirements"
PYTHON = VENV / "bin" / "python"
LEVELS = ("demo", "dev")
LEAST_DISK_MB = 1500


class Unready(Exception):
    """The machine lacks something; the message says what to do."""


def main(level: str) -> int:
    """Bring .venv up to `level`. Returns 0, or 1 after one sentence."""
    if stamped(level):
        return 0
    try:
        check()
        make_venv()
        install(level)
    except Unready as error:
        print(f"\n  {error}", file=sys.stderr)
        return 1
    return 0


def stamped(level: str) -> bool:
    """Whether .venv holds what the lock of `level`, or of a level above it, asks for."""
    enough = LEVELS[LEVELS.index(level) :]
    return PYTHON.exists() and any(
        stamp(each).exists() and stamp(each).read_text() == digest(each) for each in enough
    )


def stamp(level: str) -> Path:
    """Where the digest of the installed lock is kept."""
    return VENV / f".{level}.installed"


def digest(level: str) -> str:
    """The digest of a lock file."""
    return hashlib.sha256((LOCKS / f"{level}.lock").read_bytes()).hexdigest()


def check() -> None:
    """Python, its venv module, the folder and the disk."""
    version = ".".join(map(str, sys.version_info[:2]))
    if sys.version_info < (3, 11):  # noqa: UP036  (any Python may be asked to run this file)
        raise Unready(f"This is Python {version}; Concord needs 3.11 or newer. Name another: make PYTHON=python3.12")
    try:
        __import__("ensurepip")
        __import__("venv")
    except ImportError as error:
        raise Unready(
            f"Python {version} here cannot make environments. Install its venv package "
            f"(Debian, Ubuntu: apt-get install python{version}-venv) and start again."
        ) from error
    probe = ROOT / ".probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Unready(f"{ROOT} cannot be written ({error.strerror}). Make it this account's own.") from error
    free = shutil.disk_usage(ROOT).free // 2**20
    if free < LEAST_DISK_MB:
        raise Unready(f"Only {free} MB are free on the disk of {ROOT}. Free at least {LEAST_DISK_MB} MB first.")


def make_venv() -> None:
    """A new .venv, unless there is one that runs on a Python of the same version."""
    wanted = "{}.{}".format(*sys.version_info[:2])
    if quiet([PYTHON, "-c", f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{wanted}')"]):
        return
    say(f"Making .venv with Python {wanted}")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise Unready(f".venv could not be made: {(made.stdout or made.stderr).strip()[-400:]}")


def install(level: str) -> None:
    """The packages of a lock; a .venv that was of a higher level stays there."""
    chosen = next((each for each in reversed(LEVELS) if stamp(each).exists()), level)
    chosen = LEVELS[max(LEVELS.index(chosen), LEVELS.index(level))]
    lock = LOCKS / f"{chosen}.lock"
    say(f"Installing the packages of requirements/{chosen}.lock")
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
    ]
    uv: list[str | Path] = [PYTHON, "-m", "uv", "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON]
    homeless = not os.access(Path.home(), os.W_OK)
    uv += ["--no-cache", lock] if homeless else [lock]
    if not (quiet([*pip, LOCKS / "uv.lock"]) and quiet(uv)):
        say("uv does not run here; installing with pip, which takes about a minute")
        done = subprocess.run([*pip, lock], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            words = (done.stderr or done.stdout).strip()[-600:]
            raise Unready(f"The packages could not be installed. Is the package index reachable? pip says: {words}")
    for each in LEVELS:
        stamp(each).unlink(missing_ok=True)
    stamp(chosen).write_text(digest(chosen))


def quiet(command: list[str | Path]) -> bool:
    """Whether a command succeeds."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def say(sentence: str) -> None:
    """One line to the person."""
    print(f"  {sentence}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LEVELS:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
