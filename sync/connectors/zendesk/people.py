"""Users and groups of one account by id and by name, asked once and kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr

from portal.core.errors import Rejected
from sync.connectors.wire import Json, Wire
from sync.connectors.zendesk.paging import pages
from sync.connectors.zendesk.shapes import row, rows, text
from sync.engine.types import Actor

API = "/api/v2"
#: ids in one show_many
BATCH = 100
#: names kept for one account; beyond it the memory starts over
KEPT = 20_000
STAFF = ("agent", "admin")
SYSTEM = Actor("-1", "Zendesk")


@dataclass(slots=True)
class People:
    """Who is who. Names are what rules and pages use, ids never leave the connector except in `Actor.id`."""

    wire: Wire
    users: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    def learn(self, answer: Mapping[str, object]) -> None:
        """Keep the users and groups that came with an answer."""
        if len(self.users) > KEPT:
            self.users.clear()
        for key, known in (("users", self.users), ("groups", self.groups)):
            for one in rows(answer.get(key)):
                known[text(one.get("id"))] = text(one.get("name"))

    def load(self, ids: Iterable[str]) -> None:
        """Ask for the users that are not known yet, 100 at a time; a deleted one keeps the id as name."""
        asked = sorted({one for one in ids if one.isdigit() and one not in self.users})
        for start in range(0, len(asked), BATCH):
            some = asked[start : start + BATCH]
            self.learn(self.wire.json("GET", f"{API}/users/show_many", params={"ids": ",".join(some)}))
            for one in some:
                self.users.setdefault(one, f"user {one}")

    def load_group(self, number: str) -> None:
        """Ask for the groups if this one is not known."""
        if number and number not in self.groups:
            self.load_groups()
            self.groups.setdefault(number, f"group {number}")

    def load_groups(self) -> None:
        """Ask for all groups."""
        for answer in pages(self.wire, f"{API}/groups", {}):
            self.learn(answer)

    def actor(self, number: object) -> Actor:
        """Who did it; -1 and nobody are Zendesk itself (automations, the system)."""
        name = text(number)
        if name in ("", "-1"):
            return SYSTEM
        return Actor(name, self.users.get(name, f"user {name}"))

    def group_id(self, name: str) -> int:
        """A group's id by its name. Raises Rejected."""
        for _ in range(2):
            found = [number for number, known in self.groups.items() if known == name]
            if found:
                return int(found[0])
            self.load_groups()
        raise Rejected("Zendesk has no group of this name. Map it in the rulebook.", field="group")

    def staff_id(self, who: str) -> int:
        """An agent's id by e-mail address or exact name. Raises Rejected for nobody and for more than one."""
        found = [one for one in self._found(who) if one.get("role") in STAFF and not one.get("suspended")]
        return self._only(found, "assignee", "agent")

    def requester(self, who: str) -> Json:
        """The keys of a new ticket for "Jane Roe <jane@example.org>", an address, or a known name."""
        name, address = parseaddr(who)
        if "@" in address:
            return {"requester": {"name": name or address.split("@")[0], "email": address}}
        return {"requester_id": self.user_id(who)}

    def user_id(self, who: str) -> int:
        """A user's id by e-mail address or exact name. Raises Rejected."""
        return self._only(self._found(who), "requester", "user")

    def _found(self, who: str) -> list[Json]:
        address = parseaddr(who)[1]
        if "@" in address:
            answer = self.wire.json("GET", f"{API}/users/search", params={"query": f"email:{address}"})
            return [one for one in rows(answer.get("users")) if text(one.get("email")).lower() == address.lower()]
        answer = self.wire.json("GET", f"{API}/users/autocomplete", params={"name": who.strip()})
        return [one for one in rows(answer.get("users")) if text(one.get("name")) == who.strip()]

    def _only(self, found: list[Json], field_key: str, what: str) -> int:
        ids = {text(one.get("id")) for one in found} - {""}
        if len(ids) == 1:
            self.learn({"users": [row(one) for one in found]})
            return int(ids.pop())
        many = "more than one" if ids else "no"
        raise Rejected(
            f"Zendesk has {many} {what} of this name. Map the person to an e-mail address in the rulebook.",
            field=field_key,
        )
