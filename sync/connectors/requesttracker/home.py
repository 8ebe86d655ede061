"""One queue of one Request Tracker: its wire, and what is asked once and kept (people, custom fields, texts)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from portal.core.errors import Missing, Rejected
from sync.connectors.answers import record, records, text, whole
from sync.connectors.base import Basic
from sync.connectors.wire import Json, Wire
from sync.engine.types import Actor

API = "REST/2.0/"
PAGE = 100
#: a list with more pages than this is answered in a loop
MAX_PAGES = 500
KIND = "ticket"
#: custom fields by id
CUSTOM = "cf_"
#: messages whose texts are remembered: they never change
MANY = 5_000
NOBODY = "Nobody"


@dataclass(frozen=True, slots=True)
class Person:
    """A user: `login` is what RT calls its name."""

    id: str
    login: str
    name: str


@dataclass(slots=True)
class Home:
    """Where a connector works."""

    wire: Wire
    site: str
    queue: str
    settings: Mapping[str, str]
    _people: dict[str, Person] = field(default_factory=dict)
    _shapes: dict[str, Json] = field(default_factory=dict)
    _number: str = ""
    #: attachment id → its text
    texts: dict[str, str] = field(default_factory=dict)
    #: transaction id → what hangs on it
    hung: dict[str, list[Json]] = field(default_factory=dict)

    def get(self, path: str, **params: str | int) -> Json:
        """GET an address of the API."""
        return self.wire.json("GET", API + path, params=params)

    def page(self, ticket: str) -> str:
        """The page of a ticket for people."""
        return f"{self.site.rstrip('/')}/Ticket/Display.html?id={ticket}"

    def me(self) -> Person:
        """Our own account: a token names its owner, a password comes with a login."""
        credential = self.wire.vault.credential()
        parts = credential.secret.split("-") if isinstance(credential, Basic) else []
        if isinstance(credential, Basic) and not credential.token:
            return self.person(credential.user)
        if len(parts) < 3 or not parts[1].isdigit():
            # asked all the same: the tracker's own refusal is the truth
            self.get("rt")
            raise Rejected("This is no token of Request Tracker. It begins with two numbers, such as 1-14-.")
        return self.person(parts[1])

    def person(self, key: str) -> Person:
        """Somebody by login or number; as RT names them where the account may not see more."""
        if key not in self._people:
            try:
                found = self.get(f"user/{quote(key, safe='')}")
            except (Missing, Rejected):
                found = {}
            number = next(
                (text(one.get("id")) for one in records(found.get("_hyperlinks")) if one.get("id")), ""
            ) or text(found.get("id"))
            login = text(found.get("Name")) or key
            self._people[key] = Person(number or key, login, text(found.get("RealName")) or login)
        return self._people[key]

    def actor(self, said: object) -> Actor:
        """A person out of an answer, whose `id` is a login on tickets and a number elsewhere."""
        row = record(said)
        if text(row.get("Name")):
            return Actor(text(row.get("id")), text(row.get("RealName")) or text(row.get("Name")))
        found = self.person(text(row.get("id")))
        return Actor(found.id, found.name)

    def login_of(self, name: str, field: str) -> str:
        """The login of somebody by name, login or address. Raises Rejected for nobody, or for two."""
        asked: list[Json] = [
            {"field": one, "operator": "=", "value": name} for one in ("RealName", "Name", "EmailAddress")
        ]
        logins: set[str] = set()
        for one in asked:
            answer = self.wire.json("POST", f"{API}users", params={"fields": "Name"}, body=[one])
            logins |= {text(row.get("Name")) for row in records(answer.get("items"))}
            if logins:
                break
        if len(logins) != 1:
            said = "knows nobody" if not logins else "knows several people"
            raise Rejected(f"Request Tracker {said} by the name {name}. Map the person in the rulebook.", field=field)
        return logins.pop()

    def queue_row(self) -> Json:
        """The queue. Raises Missing or Rejected where there is none of that name for us."""
        return self.get(f"queue/{quote(self.queue, safe='')}")

    def queue_number(self) -> str:
        """The queue's number, asked once."""
        if not self._number:
            self._number = text(self.queue_row().get("id"))
        return self._number

    def shapes(self) -> Mapping[str, Json]:
        """The queue's custom fields of tickets, id → what RT says of them; asked once."""
        if not self._shapes:
            rows = records(self.queue_row().get("TicketCustomFields"))
            found = {text(row.get("id")): text(row.get("name")) for row in rows}
            self._shapes = {number: self._shape(number, name) for number, name in found.items()}
        return self._shapes

    def forget(self) -> None:
        """Ask for custom fields anew: somebody may have added an option since."""
        self._shapes = {}

    def _shape(self, number: str, name: str) -> Json:
        try:
            return self.get(f"customfield/{number}")
        except (Missing, Rejected):
            return {"id": number, "Name": name}

    def marker(self) -> tuple[str, str]:
        """Number and name of the custom field that carries our mark. Raises Rejected where there is none."""
        wanted = self.settings.get("marker", "").strip()
        for number, shape in self.shapes().items():
            if wanted in (number, text(shape.get("Name"))):
                return number, text(shape.get("Name"))
        raise Rejected(
            f"The queue {self.queue} has no custom field {wanted} that the account sees. Make one for tickets: "
            "“Enter one value”, with the rights to see and modify it."
        )

    def pages(self, path: str, asked: Mapping[str, str | int], *, blanks: int = 1) -> list[Json]:
        """All rows of a list. Rows that the account may not see leave gaps, and then nobody tells the length: such
        a list ends after so many pages without a row."""
        found: list[Json] = []
        blank = 0
        for number in range(1, MAX_PAGES):
            answer = self.get(path, **asked, page=number, per_page=PAGE)
            rows = records(answer.get("items"))
            found += rows
            blank = 0 if rows else blank + 1
            if answer.get("pages") is not None and number >= whole(answer.get("pages")):
                break
            if blank >= blanks:
                break
        return found


def quoted(value: str) -> str:
    """A value as a string of RT's query language."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def ticket_path(ticket: str) -> str:
    """A ticket's address. Raises Missing for what is no number."""
    if not (ticket.isascii() and ticket.isdigit()):
        raise Missing("Request Tracker's tickets are numbers.")
    return f"ticket/{ticket}"
