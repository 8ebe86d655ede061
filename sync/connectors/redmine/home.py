"""One project of one Redmine: its wire, and what is asked once and kept (names, people, custom fields)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from portal.core.errors import Missing, Rejected, Unauthorized
from sync.connectors.answers import record, records, text, whole
from sync.connectors.redmine.bodies import READ, TEXTILE
from sync.connectors.wire import Json, Wire
from sync.engine.types import Actor

PAGE = 100
#: a list with more pages than this is answered in a loop
MAX_PAGES = 500
#: custom fields by id
CUSTOM = "cf_"


@dataclass(slots=True)
class Home:
    """Where a connector works. `site` is the address that people open, `project` an identifier."""

    wire: Wire
    site: str
    project: str
    settings: Mapping[str, str]
    _kept: dict[str, dict[str, str]] = field(default_factory=dict)
    _me: Json = field(default_factory=dict)
    _shapes: dict[str, Json] = field(default_factory=dict)
    _marker: str = ""
    #: whether Redmine told us all custom fields, which it does for administrators only
    told: bool = True
    #: the own key of items whose author we are, "-" for all others; it never changes
    births: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **params: str | int) -> Json:
        """GET an address of the API."""
        return self.wire.json("GET", path, params=params)

    def page(self, issue: str) -> str:
        """The page of an issue for people."""
        return f"{self.site.rstrip('/')}/issues/{issue}"

    @property
    def language(self) -> str:
        """How this Redmine formats its texts; Textile unless the settings say otherwise."""
        chosen = self.settings.get("format", "").strip().lower()
        return chosen if chosen in READ else TEXTILE

    def signed_in(self) -> Json:
        """Our own account, asked anew: elsewhere Redmine answers nobody too. Raises Unauthorized."""
        self._me = record(self.get("users/current.json").get("user"))
        if not self._me.get("id"):
            raise Unauthorized("Redmine does not say who we are. Enter a new API key on the system's page.")
        return self._me

    def me(self) -> Json:
        """Our own account, asked once."""
        return self._me or self.signed_in()

    def rights(self) -> set[str] | None:
        """What our roles in the project allow; None for an administrator, who may everything."""
        answer = record(self.get("users/current.json", include="memberships").get("user"))
        if answer.get("admin") is True:
            return None
        project = self.project_id()
        mine = [
            one for one in records(answer.get("memberships")) if text(record(one.get("project")).get("id")) == project
        ]
        roles = {text(role.get("id")) for one in mine for role in records(one.get("roles"))}
        held: set[str] = set()
        for role in sorted(roles):
            said = record(self.get(f"roles/{role}.json").get("role")).get("permissions")
            held |= {text(one) for one in said} if isinstance(said, list) else set()
        return held

    def forget(self) -> None:
        """Ask for names anew: somebody may have added one since."""
        self._kept.clear()
        self._shapes = {}

    def _names(self, what: str, path: str, rows: str) -> dict[str, str]:
        if what not in self._kept:
            answer = self.get(path)
            self._kept[what] = {text(row.get("id")): text(row.get("name")) for row in records(answer.get(rows))}
        return self._kept[what]

    def statuses(self) -> Mapping[str, str]:
        """Id → name of every status."""
        return self._names("statuses", "issue_statuses.json", "issue_statuses")

    def priorities(self) -> Mapping[str, str]:
        """Id → name of every priority."""
        return self._names("priorities", "enumerations/issue_priorities.json", "issue_priorities")

    def categories(self) -> Mapping[str, str]:
        """Id → name of the project's categories."""
        return self._names("categories", f"projects/{self.project}/issue_categories.json", "issue_categories")

    def versions(self) -> Mapping[str, str]:
        """Id → name of the versions that the project uses."""
        return self._names("versions", f"projects/{self.project}/versions.json", "versions")

    def project_row(self) -> Json:
        """The project. Raises Missing where there is none of that name for us."""
        return record(self.get(f"projects/{quote(self.project, safe='')}.json", include="trackers").get("project"))

    def project_id(self) -> str:
        """The project's number."""
        return self._project()[0]

    def trackers(self) -> Mapping[str, str]:
        """Id → name of the project's trackers: its kinds of issue."""
        return self._project()[1]

    def _project(self) -> tuple[str, dict[str, str]]:
        if "project" not in self._kept:
            row = self.project_row()
            self._kept["project"] = {"id": text(row.get("id"))}
            self._kept["trackers"] = {
                text(one.get("id")): text(one.get("name")) for one in records(row.get("trackers"))
            }
        return self._kept["project"]["id"], self._kept["trackers"]

    def tracker_id(self, kind: str) -> str:
        """A kind's id. Raises Missing with the kinds there are."""
        known = {name: key for key, name in self.trackers().items()}
        if kind not in known:
            raise Missing(f"The project {self.project} has no tracker {kind}. It has {', '.join(known) or 'none'}.")
        return known[kind]

    def members(self) -> Mapping[str, str]:
        """Id → name of those who are in the project, groups among them."""
        if "members" not in self._kept:
            rows = self.pages(f"projects/{self.project}/memberships.json", "memberships")
            both = (record(row.get("user")) or record(row.get("group")) for row in rows)
            self._kept["members"] = {text(one.get("id")): text(one.get("name")) for one in both if one}
        return self._kept["members"]

    def person(self, key: str) -> str:
        """Somebody's name by number; "#7" where the account may not see them."""
        if key in self.members():
            return self.members()[key]
        others = self._kept.setdefault("others", {})
        if key not in others:
            try:
                found = record(self.get(f"users/{quote(key, safe='')}.json").get("user"))
                others[key] = f"{text(found.get('firstname'))} {text(found.get('lastname'))}".strip()
            except (Missing, Rejected):
                others[key] = f"#{key}"
        return others[key]

    def shapes(self) -> Mapping[str, Json]:
        """Custom fields of issues, id → what Redmine says of them; a bare name where only administrators may ask."""
        if not self._shapes:
            try:
                rows = records(self.get("custom_fields.json").get("custom_fields"))
                rows = [row for row in rows if row.get("customized_type") == "issue"]
            except Rejected:
                rows, self.told = self._seen_fields(), False
            self._shapes = {text(row.get("id")): row for row in rows}
        return self._shapes

    def _seen_fields(self) -> list[Json]:
        """The custom fields that the project's newest issues show."""
        listed = self.get("issues.json", project_id=self.project, status_id="*", sort="id:desc", limit=25)
        shown = [one for row in records(listed.get("issues")) for one in records(row.get("custom_fields"))]
        return [{"id": one.get("id"), "name": one.get("name")} for one in shown]

    def marker(self) -> str:
        """The id of the custom field that carries our marks. Raises Rejected where nobody can tell it."""
        if not self._marker:
            wanted = self.settings.get("marker", "").strip()
            named = [key for key, row in self.shapes().items() if wanted in (key, text(row.get("name")))]
            if not named and not wanted.isdecimal():
                raise Rejected(
                    f"Redmine has no custom field {wanted}, or shows it to administrators only. Give the number "
                    "of the field, or make one for issues: format Text, used as a filter, for all trackers."
                )
            self._marker = named[0] if named else wanted
        return self._marker

    def pages(self, path: str, rows: str, **params: str | int) -> list[Json]:
        """All rows of a list that pages by offset."""
        found: list[Json] = []
        for _ in range(MAX_PAGES):
            answer = self.get(path, **params, offset=len(found), limit=PAGE)
            page = records(answer.get(rows))
            found += page
            if not page or len(found) >= whole(answer.get("total_count")):
                break
        return found


def actor(said: object) -> Actor:
    """A person out of an answer."""
    row = record(said)
    return Actor(text(row.get("id")), text(row.get("name")) or "Anonymous")


def issue_path(issue: str) -> str:
    """An issue's address. Raises Missing for what is no number."""
    if not (issue.isascii() and issue.isdigit()):
        raise Missing("Redmine's issues are numbers.")
    return f"issues/{issue}.json"
