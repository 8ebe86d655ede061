"""A second pair of trackers on the stage: Mercuri works in ServiceNow, Infinity in Jira."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from django.test import override_settings

from governance.register.models import Company, Connection, Integration, System
from governance.register.services.connections import End, accept_connection, propose_connection
from governance.register.services.systems import Secret, SystemDraft
from governance.rulebook.rules import Line, RuleSet
from governance.story import rulebooks, words
from governance.story import tell as story
from governance.story.access import grant_all, partner_of
from governance.story.acting import acting
from governance.story.duties import share_duties
from governance.story.vocabulary import agree_on_words
from portal.access import rls
from portal.embedded.processes import Household
from sync.flow import polling, probing
from sync.flow.models.cases import Item
from sync.flow.models.streams import Stream
from sync.sandbox.jira.seed import SYNC_EMAIL as BOARD_ACCOUNT
from sync.sandbox.servicenow.seed import SYNC_USER, VISITOR
from tests.sync.flow.hands import Board, Desk
from tests.sync.flow.practice import TOKEN, Practice, begun, practising
from tests.sync.flow.site import serving, threads
from tests.sync.flow.stage import EPOCH, ROUNDS, Stage, empty, forget

TABLE = "/api/now/table"
#: the story's dictionary knows Mercuri's system by this name, whatever product it is
OURS = "Mercuri Zendesk"
STATES = (("New", "new"), ("In Progress", "in progress"), ("On Hold", "waiting"), ("Resolved", "solved"))
#: what Mercuri sends and takes; ServiceNow computes priority from urgency and impact, so it is told and not taken
RULES = RuleSet(
    outgoing=(
        Line("title", "short_description"),
        Line("description", "description"),
        Line("status", "state", (*STATES, ("Closed", "closed")), "park"),
        Line(
            "priority",
            "priority",
            (
                ("1 - Critical", "P1"),
                ("2 - High", "P2"),
                ("3 - Moderate", "P3"),
                ("4 - Low", "P4"),
                ("5 - Planning", "P4"),
            ),
            "park",
        ),
        Line("customer-reference", "u_customer_reference", max_length=80),
    ),
    incoming=(
        Line("title", "short_description", max_length=160),
        Line("status", "state", (*rulebooks.back(STATES), ("closed", "Resolved")), "park"),
    ),
    offer=True,
)
SETTINGS = {
    "close_code": "Solution provided",
    "close_notes": "Done by the partner.",
    "hold_reason": "Awaiting Vendor",
}


@dataclass(slots=True)
class Designer:
    """An agent of Mercuri's in ServiceNow."""

    practice: Practice
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.practice.url, auth=(VISITOR, TOKEN), timeout=20, trust_env=False)

    def rows(self, table: str, query: str) -> list[dict[str, Any]]:
        """The rows that a query finds."""
        answer = self.http.get(f"{TABLE}/{table}", params={"sysparm_query": query})
        return list(answer.raise_for_status().json()["result"])

    def open(self, title: str, body: str, **fields: str) -> str:
        """A new incident; its sys_id."""
        given = {"short_description": title, "description": body, **fields}
        return str(self.http.post(f"{TABLE}/incident", json=given).raise_for_status().json()["result"]["sys_id"])

    def set(self, record: str, **fields: str) -> None:
        """Change an incident; `comments` and `work_notes` are entries."""
        self.http.patch(f"{TABLE}/incident/{record}", json=fields).raise_for_status()

    def attach(self, record: str, name: str, data: bytes) -> None:
        """A file."""
        asked = {"table_name": "incident", "table_sys_id": record, "file_name": name}
        headers = {"Content-Type": "application/octet-stream"}
        self.http.post("/api/now/attachment/file", params=asked, content=data, headers=headers).raise_for_status()

    def record(self, record: str) -> dict[str, Any]:
        """An incident by names."""
        params = {"sysparm_display_value": "true", "sysparm_exclude_reference_link": "true"}
        answer = self.http.get(f"{TABLE}/incident/{record}", params=params)
        return dict(answer.raise_for_status().json()["result"])

    def entries(self, record: str) -> list[dict[str, Any]]:
        """What both journals say."""
        return self.rows("sys_journal_field", f"element_id={record}^ORDERBYsys_created_on")

    def files(self, record: str) -> dict[str, bytes]:
        """Name and bytes of every file."""
        found = self.rows("sys_attachment", f"table_name=incident^table_sys_id={record}")
        return {one["file_name"]: self.http.get(one["download_link"]).content for one in found}


@dataclass(slots=True)
class Meeting:
    """Mercuri's incidents, Infinity's board, and the engine between them."""

    snow: Designer
    board: Board
    stage: Stage
    servicenow: int = 0
    jira: int = 0

    def poll(self) -> int:
        """Poll both at once; returns how many records were news."""
        found = 0
        for system in (self.servicenow, self.jira):
            Stream.objects.filter(pk=system).update(next_poll=EPOCH)
            found += self.stage.engine(polling.poll, system)
        return found

    def settle(self) -> None:
        """Let everything arrive, until nothing is due any more."""
        for _ in range(ROUNDS):
            for practice in (self.snow.practice, self.board.practice):
                practice.silence()
            if not self.stage.work() + self.poll():
                return
        raise AssertionError("The engine does not come to rest.")

    def twin(self, record: str) -> str:
        """The one issue of an incident's case."""
        case = Item.objects.get(system=self.servicenow, record=record).case_id
        (found,) = Item.objects.filter(case=case, system=self.jira).values_list("record", flat=True)
        return str(found)

    def pair(self, title: str, body: str = "Since noon.", **fields: str) -> tuple[str, str]:
        """An incident that has arrived, and its issue."""
        record = self.snow.open(title, body, **fields)
        self.settle()
        return record, self.twin(record)


@contextmanager
def meeting(folder: Path) -> Iterator[Meeting]:
    """The two trackers, the story told with them, and each listed once."""
    household = Household()
    with ExitStack() as stack:
        desk, board = stack.enter_context(practising(folder))
        stack.callback(household.stop)
        http = stack.enter_context(httpx.Client(timeout=20, trust_env=False))
        snow = begun(household, "servicenow", folder, http)
        site = stack.enter_context(serving())
        egress = ",".join(one.url.removeprefix("http://") for one in (snow, board))
        stack.enter_context(override_settings(EGRESS_ALLOW=egress, SITE_URL=site))
        forget()
        stack.callback(forget)
        stack.callback(empty)
        pool = stack.enter_context(threads(rls.WORKER))
        held = Meeting(Designer(snow), Board(board), Stage(Desk(desk), Board(board), pool, site))
        begin(held)
        yield held


def begin(held: Meeting) -> None:
    """The story with Mercuri in ServiceNow, as far as it needs no Zendesk."""
    board = held.board.practice
    told = story.Practice("", "", "", board.url, BOARD_ACCOUNT, TOKEN, "INF", {"": "open sesame 2026"})
    for house in words.HOUSES:
        story.settle(house, told)
    test = System.Environment.TEST
    ours = SystemDraft(OURS, held.snow.practice.url, test, SETTINGS)
    theirs = SystemDraft("Infinity Jira", board.url, test, {"project": "INF", "type": "Task"})
    story.enter_system(words.MERCURI, "servicenow", ours, Secret("password", SYNC_USER, TOKEN))
    story.enter_system(words.INFINITY, "jira", theirs, Secret("token", BOARD_ACCOUNT, TOKEN))
    story.start()
    share_duties(story.CARE)
    agree_on_words(story.CARE)
    grant_all(story.CARE)
    connect()
    story.put_rules_live(words.INFINITY, "b", rulebooks.BOARD)
    story.put_rules_live(words.MERCURI, "a", RULES)
    held.servicenow, held.jira = (System.objects.get(kind=kind).pk for kind in ("servicenow", "jira"))
    for system in (held.servicenow, held.jira):
        held.stage.engine(probing.answer_all, system)
    held.poll()


def connect() -> None:
    """Mercuri proposes, Infinity accepts."""
    with acting("asha@mercuri.example") as by:
        care = Integration.objects.get(name=story.CARE)
        propose_connection(
            by=by,
            integration=care,
            name="ServiceNow to Jira",
            end=End(System.objects.get(name=OURS), "incident"),
            partner=Company.objects.get(pk=partner_of(care, by)),
        )
    with acting("ines@infinity.example") as by:
        accept_connection(
            by=by,
            connection=Connection.objects.get(integration__name=story.CARE),
            end=End(System.objects.get(name="Infinity Jira"), "Task"),
        )
