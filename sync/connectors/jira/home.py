"""One project of one Jira site: its wire, and what is asked once and kept (time zone, shapes, kinds)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.core.errors import Missing, Unauthorized
from sync.connectors.jira.answers import moment, record, records, text, whole
from sync.connectors.jira.fields import Shape, shape_of
from sync.connectors.wire import Json, Wire

API = "/rest/api/3/"
PAGE = 100
#: a project with more pages than this is answered in a loop
MAX_PAGES = 500


@dataclass(slots=True)
class Home:
    """Where a connector works. `site` is the address that people open, `project` a project's key."""

    wire: Wire
    site: str
    project: str
    settings: Mapping[str, str]
    _me: Json = field(default_factory=dict)
    _shapes: dict[str, Shape] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **params: str | int) -> Json:
        """GET an address of the API."""
        return self.wire.json("GET", API + path, params=params)

    def browse(self, label: str) -> str:
        """The page of an issue for people."""
        return f"{self.site.rstrip('/')}/browse/{label}"

    def me(self) -> Json:
        """Our own account, asked once."""
        if not self._me:
            self._me = self.get("myself")
        return self._me

    def clock(self) -> datetime | None:
        """Jira's own time, None where it does not tell."""
        said = self.get("serverInfo").get("serverTime")
        return moment(said) if said else None

    def zone(self) -> ZoneInfo:
        """The time zone in which Jira reads our dates: that of our account's profile."""
        try:
            return ZoneInfo(text(self.me().get("timeZone")) or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def shapes(self) -> Mapping[str, Shape]:
        """All fields of the site, asked once."""
        if not self._shapes:
            rows = records(self.get("field").get("values"))
            self._shapes = {text(row.get("id")): shape_of(text(row.get("id")), row.get("schema")) for row in rows}
        return self._shapes

    def kinds(self) -> Mapping[str, str]:
        """The project's kinds of issue, name to id, without sub-tasks. Raises Missing for no such project."""
        if not self._kinds:
            rows = self.pages(f"issue/createmeta/{self.project}/issuetypes", "issueTypes")
            self._kinds = {
                text(row.get("name")): text(row.get("id")) for row in rows if row.get("subtask") is not True
            }
        return self._kinds

    def kind_id(self, kind: str) -> str:
        """A kind's id. Raises Missing with the kinds there are."""
        known = self.kinds()
        if kind not in known:
            raise Missing(
                f"The project {self.project} has no issue type {kind}. It has {', '.join(known) or 'none'}."
            )
        return known[kind]

    def pages(self, path: str, rows: str, **params: str | int) -> list[Json]:
        """All rows of a list that pages by offset."""
        found: list[Json] = []
        for _ in range(MAX_PAGES):
            answer = self.get(path, **params, startAt=len(found), maxResults=PAGE)
            page = records(answer.get(rows))
            found += page
            if not page or answer.get("isLast") is True or len(found) >= whole(answer.get("total")):
                return found
        return found

    def search(self, body: Mapping[str, object]) -> Json:
        """One page of a JQL search. Raises Unauthorized where Jira answers as if nobody had asked."""
        wire = self.wire
        response = wire.send(
            "POST", API + "search/jql", content=wire.encoded(body), headers={"Content-Type": "application/json"}
        )
        if response.headers.get("x-seraph-loginreason", "").startswith("AUTHENTICATED_FAILED"):
            raise Unauthorized(f"{wire.name} refused the credential. Enter a new one on the system's page.")
        return record(wire.decoded(response, "POST"))
