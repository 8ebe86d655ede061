"""Users by user name and by sys_id, asked once and kept; other records that references name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import parseaddr

from portal.core.errors import Rejected
from sync.connectors.servicenow.answers import ID, text
from sync.connectors.wire import Json
from sync.engine.types import Actor

#: (table, encoded query, fields) -> all rows
Rows = Callable[[str, str, str], list[Json]]
FIELDS = "sys_id,user_name,name,email"
#: ids in one query; longer ones make the address too long
BATCH = 90
KEPT = 20_000
#: what records are called in tables that have no name
NUMBERED = frozenset({"task", "incident", "problem", "change_request", "sc_request", "sc_req_item", "sc_task"})


@dataclass(slots=True)
class People:
    """Who is who. Names are what rules and pages use; user names are what journals and audits tell."""

    rows: Rows
    names: dict[str, str] = field(default_factory=dict)
    user_names: dict[str, str] = field(default_factory=dict)

    def learn(self, found: Iterable[Json]) -> None:
        """Keep users that an answer told."""
        if len(self.names) > KEPT:
            self.names.clear()
            self.user_names.clear()
        for one in found:
            user_name, number = text(one.get("user_name")), text(one.get("sys_id"))
            name = text(one.get("name")) or user_name
            self.names[user_name] = self.names[number] = name
            self.user_names[number] = user_name

    def load(self, column: str, keys: Iterable[str]) -> None:
        """Ask for the users that are not known yet, by `user_name` or `sys_id`; a deleted one keeps its key."""
        unknown = sorted({one for one in keys if one and one not in self.names and safe(one)})
        for start in range(0, len(unknown), BATCH):
            some = unknown[start : start + BATCH]
            self.learn(self.rows("sys_user", f"{column}IN{','.join(some)}", FIELDS))
            for one in some:
                self.names.setdefault(one, one)

    def actor(self, user_name: str) -> Actor:
        """Who did it; the system itself has no row of its own."""
        return Actor(user_name, self.names.get(user_name, user_name) or "ServiceNow")

    def person(self, number: str) -> Actor | None:
        """A user by sys_id, None for nobody."""
        if not number:
            return None
        self.load("sys_id", (number,))
        return self.actor(self.user_names.get(number, number))

    def name(self, table: str, number: str) -> str:
        """What people call the record that a reference leads to; the sys_id where it is gone."""
        if table == "sys_user":
            self.load("sys_id", (number,))
        elif number not in self.names and ID.fullmatch(number):
            column = display(table)
            found = self.rows(table, f"sys_id={number}", f"sys_id,{column}")
            self.names[number] = text(found[0].get(column)) if found else number
        return self.names.get(number, number)

    def find(self, table: str, who: str, field_key: str) -> str:
        """The sys_id of the one record of this name; users also by e-mail address and user name. Raises Rejected."""
        wanted = parseaddr(who)[1] if "@" in who and table == "sys_user" else who.strip()
        if not safe(wanted):
            raise Rejected(
                "ServiceNow cannot be asked for a name with ^ in it. Map it in the rulebook.", field=field_key
            )
        if table == "sys_user":
            column = "email" if "@" in wanted else "name"
            found = self.rows(table, f"{column}={wanted}^active=true", FIELDS)
            found = [one for one in found if text(one.get(column)).casefold() == wanted.casefold()]
            self.learn(found)
        else:
            column = display(table)
            found = self.rows(table, f"{column}={wanted}", f"sys_id,{column}")
            found = [one for one in found if text(one.get(column)).casefold() == wanted.casefold()]
        ids = {text(one.get("sys_id")) for one in found}
        if len(ids) != 1:
            raise Rejected(
                f"ServiceNow has {'more than one' if ids else 'no'} {table} of this name. Map it in the rulebook.",
                field=field_key,
            )
        return ids.pop()


def display(table: str) -> str:
    """The column that names a record."""
    return "number" if table in NUMBERED else "name"


def safe(value: str) -> bool:
    """Whether a value may stand in an encoded query, which knows no quotes."""
    return "^" not in value and "," not in value and "javascript:" not in value.lower()
