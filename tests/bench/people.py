"""People of both companies at work in the practice systems: what the bench changes, one thing at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from portal.core.text import adf

#: the two values that each toggles between, by (tracker, field)
DESK_STATUS, BOARD_STATUS = ("open", "pending"), ("In Progress", "In Review")
DESK_PRIORITY, BOARD_PRIORITY = ("high", "low"), ("High", "Low")


@dataclass(slots=True)
class Pair:
    """A ticket and its issue, by their ids."""

    ticket: str
    issue: str


@dataclass(slots=True)
class People:
    """An agent at the desk and an architect at the board, as `var/demo.env` knows them."""

    known: Mapping[str, str]
    desk: httpx.Client = field(init=False)
    board: httpx.Client = field(init=False)
    said: int = 0

    def __post_init__(self) -> None:
        known = self.known
        self.desk = httpx.Client(
            base_url=known["ZENDESK_URL"] + "/api/v2/",
            auth=(known["ZENDESK_EMAIL"] + "/token", known["ZENDESK_TOKEN"]),
            trust_env=False,
        )
        self.board = httpx.Client(
            base_url=known["JIRA_URL"] + "/rest/api/3/",
            auth=(known["JIRA_EMAIL"], known["JIRA_TOKEN"]),
            trust_env=False,
        )

    def ask(self, client: httpx.Client, method: str, path: str, body: object = None) -> dict[str, Any]:
        """One request that must succeed."""
        answer = client.request(method, path, json=body)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}

    def open(self, number: int) -> str:
        """A new ticket; its id."""
        ticket = {
            "subject": f"Payment {number} fails",
            "comment": {"body": "Since this morning every third payment fails. The customer waits for an answer."},
            "priority": DESK_PRIORITY[number % 2],
        }
        return str(self.ask(self.desk, "POST", "tickets", {"ticket": ticket})["ticket"]["id"])

    def next_words(self) -> str:
        """Something new to say."""
        self.said += 1
        return f"Look at **step {self.said}** of the checklist, please."

    def desk_comment(self, pair: Pair) -> None:
        """The agent writes to the customer."""
        self._ticket(pair, comment={"body": self.next_words(), "public": True})

    def desk_status(self, pair: Pair) -> None:
        """The agent moves the ticket."""
        self._ticket(pair, status=other(self.ticket(pair)["status"], DESK_STATUS))

    def desk_priority(self, pair: Pair) -> None:
        """The agent weighs the ticket anew."""
        self._ticket(pair, priority=other(self.ticket(pair)["priority"], DESK_PRIORITY))

    def board_comment(self, pair: Pair) -> None:
        """The architect answers."""
        self.ask(self.board, "POST", f"issue/{pair.issue}/comment", {"body": adf.from_markdown(self.next_words())})

    def board_status(self, pair: Pair) -> None:
        """The architect moves the issue."""
        wanted = other(self.issue(pair)["status"]["name"], BOARD_STATUS)
        offered = self.ask(self.board, "GET", f"issue/{pair.issue}/transitions")["transitions"]
        arrow = next(one["id"] for one in offered if one["to"]["name"] == wanted)
        self.ask(self.board, "POST", f"issue/{pair.issue}/transitions", {"transition": {"id": arrow}})

    def board_priority(self, pair: Pair) -> None:
        """The architect weighs the issue anew."""
        wanted = other(self.issue(pair)["priority"]["name"], BOARD_PRIORITY)
        self.ask(self.board, "PUT", f"issue/{pair.issue}", {"fields": {"priority": {"name": wanted}}})

    def ticket(self, pair: Pair) -> dict[str, Any]:
        """A ticket as it stands."""
        return dict(self.ask(self.desk, "GET", f"tickets/{pair.ticket}")["ticket"])

    def issue(self, pair: Pair) -> dict[str, Any]:
        """An issue as it stands."""
        return dict(self.ask(self.board, "GET", f"issue/{pair.issue}")["fields"])

    def _ticket(self, pair: Pair, **fields: object) -> None:
        self.ask(self.desk, "PUT", f"tickets/{pair.ticket}", {"ticket": fields})

    def deeds(self) -> tuple[Callable[[Pair], None], ...]:
        """All six kinds of change, the two directions in turn."""
        return (
            self.desk_comment,
            self.board_status,
            self.desk_priority,
            self.board_comment,
            self.desk_status,
            self.board_priority,
        )


def other(value: str, pair: tuple[str, str]) -> str:
    """The value of a pair that is not this one."""
    return pair[1] if value == pair[0] else pair[0]
