"""The programs of the demo: what runs, in the order in which it starts."""

import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal.embedded.checks import HOST
from portal.embedded.place import ROOT, Environments, Place
from portal.embedded.processes import Program, quiet_environment

#: kind -> the port its practice system listens on, unless ZENDESK_PORT or JIRA_PORT says another
PRACTICE = {"zendesk": 8101, "jira": 8102}
CELERY = ("-m", "celery", "-A", "portal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Makes the programs of one demo; `development` serves pages by Django's own reloading server."""

    place: Place
    environments: Environments
    port: int
    practice_ports: Mapping[str, int]
    development: bool = False

    def practice(self, kind: str) -> Program:
        """A practice system; it gets no key and no database of ours."""
        port = self.practice_ports[kind]
        data = self.place.var / "practice" / kind
        back = f"http://{HOST}:{self.port}/register/systems/signed-in/"
        token = self.place.secrets.read()[f"{kind}-token"]
        return Program(
            name=kind,
            argv=(sys.executable, "-m", "sync.sandbox", kind, "--port", str(port), "--data", str(data)),
            env={**quiet_environment(), "PRACTICE_TOKEN": token, "PRACTICE_RETURN": back, "PYTHONUNBUFFERED": "1"},
            log=self.place.log(kind),
            folder=ROOT,
            stop_time=5,
            ready=answers(f"http://{HOST}:{port}/"),
        )

    def web(self) -> Program:
        """gunicorn with one process and eight threads: live pages hold a thread each only while they load."""
        bind = f"{HOST}:{self.port}"
        gunicorn = ("-m", "gunicorn", "portal.wsgi:application", "--bind", bind, "--no-control-socket")
        small = ("--workers", "1", "--threads", "8", "--worker-class", "gthread", "--graceful-timeout", "3")
        patient = ("--keep-alive", "30")
        reloading = ("manage.py", "runserver", bind)
        debug = {"CONCORD_DEBUG": "1"} if self.development else {}
        return Program(
            name="web",
            argv=(sys.executable, *(reloading if self.development else gunicorn + small + patient)),
            env={**self.environments.web(), **debug},
            log=self.place.log("web"),
            folder=ROOT,
            stop_time=10,
            start_time=60,
            ready=answers(f"http://{HOST}:{self.port}/healthz"),
        )

    def beat(self) -> Program:
        """Celery's clock: it ticks the sweep."""
        schedule = str(self.place.var / "run" / "beat")
        words = ("beat", "--schedule", schedule, "--pidfile=", "--loglevel", "WARNING")
        return Program(
            name="beat",
            argv=(sys.executable, *CELERY, *words),
            env=self.environments.worker(),
            log=self.place.log("beat"),
            folder=ROOT,
        )

    def worker(self) -> Program:
        """One worker with eight threads: a turn mostly waits, for trackers and for the disk."""
        pool = ("--pool", "threads", "--concurrency", "8", "--prefetch-multiplier", "4")
        calm = ("--without-gossip", "--without-mingle", "--loglevel", "INFO")
        return Program(
            name="worker",
            argv=(sys.executable, *CELERY, "worker", *pool, *calm),
            env=self.environments.worker(),
            log=self.place.log("worker"),
            folder=ROOT,
        )


def answers(url: str) -> Callable[[], bool]:
    """A readiness test: the address answers, with whatever status below 500."""

    def ready() -> bool:
        status = get(url)[0]
        return 0 < status < 500

    return ready


def get(url: str) -> tuple[int, str]:
    """Status and body of a page on this machine; 0 and the reason when nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return answer.status, answer.read(4096).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(4096).decode("utf-8", "replace")
    except OSError as error:
        return 0, str(error)
