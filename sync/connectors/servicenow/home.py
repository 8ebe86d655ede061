"""One ServiceNow instance: its wire, the tables that take part, and what is asked once and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.core.errors import Missing, Rejected, Unavailable
from sync.connectors.answers import record, records
from sync.connectors.servicenow.answers import sys_id, text
from sync.connectors.servicenow.catalogue import Catalogue
from sync.connectors.servicenow.errors import explain
from sync.connectors.servicenow.people import People
from sync.connectors.wire import Json, Wire

API = "/api/now/v2/table/"
PAGE = 200
#: a list with more pages than this is answered in a loop
MAX_PAGES = 500
#: records whose table is remembered
KEPT = 20_000
ME = "sys_id,user_name,name,time_zone,active"


@dataclass(frozen=True, slots=True)
class Batch:
    """One page of rows; `more` when the instance has a next one, however few rows we may see of this."""

    rows: list[Json]
    more: bool
    total: int


@dataclass(slots=True)
class Home:
    """Where a connector works. `tables` are those whose records take part, the first one the usual."""

    wire: Wire
    tables: tuple[str, ...]
    settings: Mapping[str, str]
    people: People = field(init=False)
    catalogue: Catalogue = field(init=False)
    _me: Json = field(default_factory=dict)
    _zone: ZoneInfo | None = None
    _places: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.people = People(self.rows)
        self.catalogue = Catalogue(self.rows)

    def ask(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, body: object = None
    ) -> Json:
        """One request to the API, its object. Raises the fault of a refusal, also of one that says 200."""
        return self._result(self.wire.json(method, path, params=params, body=body), method)

    def _result(self, answer: Json, method: str) -> Json:
        if "error" in answer and "result" not in answer:
            said = explain(answer).sentence.rstrip(".")
            raise Unavailable(f"ServiceNow broke off {method}: {said}.", sent=True)
        return answer

    def page(self, table: str, query: str, fields: str, *, limit: int = PAGE, offset: int = 0) -> Batch:
        """One page of a table's rows in stored values. Rights are applied after the limit: a page can be short."""
        params: dict[str, str | int] = {
            "sysparm_query": query,
            "sysparm_fields": fields,
            "sysparm_limit": limit,
            "sysparm_offset": offset,
            "sysparm_exclude_reference_link": "true",
        }
        response = self.wire.send("GET", API + table, params=params, headers={"Accept": "application/json"})
        answer = self._result(record(self.wire.decoded(response, "GET")), "GET")
        rows, total = records(answer.get("result")), response.headers.get("x-total-count", "")
        if total.isdigit():
            return Batch(rows, offset + limit < int(total), int(total))
        return Batch(rows, len(rows) >= limit, offset + len(rows))

    def rows(self, table: str, query: str, fields: str) -> list[Json]:
        """All rows of a table that a query finds."""
        found: list[Json] = []
        for number in range(MAX_PAGES):
            batch = self.page(table, query, fields, offset=number * PAGE)
            found += batch.rows
            if not batch.more:
                break
        return found

    def me(self) -> Json:
        """Our own user, asked once. Raises Rejected where the account may not read it."""
        if not self._me:
            self.clock()
        return self._me

    def clock(self) -> datetime | None:
        """ServiceNow's own time, whole seconds, None where it does not tell; asks who we are at the same time."""
        params: dict[str, str | int] = {
            "sysparm_query": "user_name=javascript:gs.getUserName()",
            "sysparm_fields": ME,
            "sysparm_limit": 2,
            "sysparm_exclude_reference_link": "true",
        }
        response = self.wire.send("GET", API + "sys_user", params=params, headers={"Accept": "application/json"})
        rows = records(record(self.wire.decoded(response, "GET")).get("result"))
        if len(rows) != 1:
            raise Rejected("ServiceNow does not tell the account who it is. Let it read its own row of sys_user.")
        self._me = rows[0]
        try:
            at = parsedate_to_datetime(response.headers.get("date", ""))
        except ValueError:
            return None
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def user_name(self) -> str:
        """The account's user name, under which its changes stand."""
        return text(self.me().get("user_name"))

    def zone(self) -> ZoneInfo:
        """The time zone in which ServiceNow reads the dates of our queries: that of our user."""
        if self._zone is None:
            try:
                self._zone = ZoneInfo(text(self.me().get("time_zone")) or "UTC")
            except (ZoneInfoNotFoundError, ValueError):
                self._zone = ZoneInfo("UTC")
        return self._zone

    def literal(self, at: datetime) -> str:
        """A time as a query takes it."""
        return at.astimezone(self.zone()).strftime("%Y-%m-%d %H:%M:%S")

    def known(self, kind: str) -> str:
        """A table that takes part. Raises Missing for another."""
        if kind not in self.tables:
            raise Missing(f"This system has no kind {kind}. Its kinds are {', '.join(self.tables)}.")
        return kind

    def learn(self, number: str, table: str) -> None:
        """Remember where a record is."""
        if len(self._places) >= KEPT:
            self._places.clear()
        self._places[number] = table

    def table_of(self, number: str) -> str:
        """The table of a record. Raises Missing for one that is gone, hidden, or of a table that takes no part."""
        sys_id(number)
        if len(self.tables) == 1:
            return self.tables[0]
        if number not in self._places:
            answer = self.ask("GET", f"{API}task/{number}", params={"sysparm_fields": "sys_class_name"})
            table = text(record(answer.get("result")).get("sys_class_name"))
            if table not in self.tables:
                raise Missing(f"The record is in the table {table}, which takes no part in this system.")
            self.learn(number, table)
        return self._places[number]

    def address(self, table: str, number: str) -> str:
        """The page of a record for people."""
        return f"{self.wire.base_url.rstrip('/')}/nav_to.do?uri={table}.do?sys_id={number}"
