"""The reference scenario on a stage: both trackers, the site and the engine as real programs on a real database."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test import override_settings

from governance.register.models import System
from governance.story import tell as story
from portal.access import rls
from portal.access.models import User
from portal.access.standing import subject_of
from portal.access.subject import Subject
from sync.flow import agreements, connecting, polling, probing, working
from sync.flow.models.cases import Case, Hold, Item, Lane
from sync.flow.models.streams import Stream
from sync.flow.models.writes import Intent
from sync.flow.store.lanes import due_shards
from sync.sandbox.jira.seed import SYNC_EMAIL as BOARD_ACCOUNT
from sync.sandbox.zendesk.seed import SYNC_EMAIL as DESK_ACCOUNT
from tests.sync.flow.hands import Board, Desk
from tests.sync.flow.practice import TOKEN, Practice, practising
from tests.sync.flow.site import serving, threads

P = ParamSpec("P")
T = TypeVar("T")
ASHA, INES, DAN = "asha@mercuri.example", "ines@infinity.example", "dan@dune.example"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: rounds until everything is quiet; an engine that never settles fails the test
ROUNDS = 40


@dataclass(slots=True)
class Stage:
    """Mercuri's desk, Infinity's board, and the engine between them."""

    desk: Desk
    board: Board
    pool: ThreadPoolExecutor
    site: str
    zendesk: int = 0
    jira: int = 0

    @property
    def practices(self) -> tuple[Practice, Practice]:
        """Both practice systems."""
        return self.desk.practice, self.board.practice

    def engine(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something as a worker would, in a thread that is logged in as one."""
        return self.pool.submit(work, *args, **kwargs).result(120)

    def poll(self, *systems: int) -> int:
        """Poll these systems (both unless told) at once; returns how many records were news."""
        found = 0
        for system in systems or (self.zendesk, self.jira):
            Stream.objects.filter(pk=system).update(next_poll=EPOCH)
            found += self.engine(polling.poll, system)
        return found

    def work(self) -> int:
        """Run every lane that is due; returns how many turns that were."""
        return self.engine(lambda: sum(working.work(shard) for shard in due_shards()))

    def settle(self) -> None:
        """Let everything arrive: webhooks, polls and turns, until nothing is due any more."""
        for _ in range(ROUNDS):
            for practice in self.practices:
                practice.silence()
            if not self.work() + self.poll():
                return
        raise AssertionError("The engine does not come to rest.")

    def listed(self) -> None:
        """Wait until the desk's export shows what was just done: it tells of whole seconds only."""
        time.sleep(1.05 - time.time() % 1)

    def later(self) -> None:
        """The waits are over: half an hour passes for holds, retries, leases and promised writes."""
        half = timedelta(minutes=30)
        Hold.objects.update(until=F("until") - half)
        Lane.objects.update(not_before=EPOCH, lease_until=EPOCH)
        Stream.objects.update(retry_at=None, lease_until=EPOCH)
        Intent.objects.filter(state=Intent.State.OPEN).update(lease_until=F("lease_until") - half)

    def case(self, ticket: str) -> Case:
        """The case of a ticket."""
        return Case.objects.get(items__system=self.zendesk, items__record=ticket)

    def twins(self, ticket: str) -> list[str]:
        """The issues of a ticket's case."""
        rows = Item.objects.filter(case=self.case(ticket), system=self.jira)
        return list(rows.values_list("record", flat=True))

    def twin(self, ticket: str) -> str:
        """The one issue of a ticket's case."""
        (found,) = self.twins(ticket)
        return found

    def pair(self, subject: str, body: str = "Since noon.", **ticket: object) -> tuple[str, str]:
        """A ticket that has arrived, and its issue."""
        number = self.desk.open(subject, body, **ticket)
        self.settle()
        return number, self.twin(number)

    @contextmanager
    def allowing(self, more: str = "", *, only: str | None = None) -> Iterator[None]:
        """The installation lets requests go to one more host:port, or only to these."""
        egress = f"{settings.EGRESS_ALLOW},{more}" if only is None else only
        with override_settings(EGRESS_ALLOW=egress):
            forget()
            yield
        forget()

    def person(self, email: str) -> Subject:
        """Somebody of the story."""
        return subject_of(User.objects.get(email=email))

    def heal(self) -> None:
        """Both trackers are well, and what went wrong in the test before is over."""
        for practice in self.practices:
            practice.heal()
        Stream.objects.update(state=Stream.State.OK, reason="", failures=0, retry_at=None)
        self.later()
        self.settle()


@contextmanager
def playing(folder: Path, **chosen: object) -> Iterator[Stage]:
    """The stage with the story loaded, webhooks subscribed and both trackers listed once."""
    with ExitStack() as stack:
        desk, board = stack.enter_context(practising(folder))
        site = stack.enter_context(serving())
        egress = ",".join(one.url.removeprefix("http://") for one in (desk, board))
        stack.enter_context(override_settings(EGRESS_ALLOW=egress, SITE_URL=site, **chosen))
        forget()
        stack.callback(forget)
        stack.callback(empty)
        pool = stack.enter_context(threads(rls.WORKER))
        stage = Stage(Desk(desk), Board(board), pool, site)
        begin(stage)
        yield stage


def begin(stage: Stage) -> None:
    """Load the story, answer what it asks of the trackers, and find where their lists stand."""
    desk, board = stage.practices
    story.tell(
        story.Practice(
            zendesk_url=desk.url,
            zendesk_email=DESK_ACCOUNT,
            zendesk_token=TOKEN,
            jira_url=board.url,
            jira_email=BOARD_ACCOUNT,
            jira_token=TOKEN,
            jira_project="INF",
            passwords={"": "open sesame 2026"},
        )
    )
    stage.zendesk = System.objects.get(kind="zendesk").pk
    stage.jira = System.objects.get(kind="jira").pk
    for system in (stage.zendesk, stage.jira):
        stage.engine(probing.answer_all, system)
    stage.poll()


def forget() -> None:
    """What this process keeps of systems and agreements."""
    connecting._kept.clear()
    connecting._clients.clear()
    agreements._cache.clear()


def empty() -> None:
    """An empty database for whoever comes next; what `migrate` fills stays."""
    rls.leave()
    tables = sorted(set(connection.introspection.table_names()) - rls.MIGRATED)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}")
