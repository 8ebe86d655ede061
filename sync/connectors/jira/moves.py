"""Moves in Jira's workflow: the transition is looked up just before, chosen by the status it leads to."""

from urllib.parse import quote

from portal.core.errors import Rejected
from sync.connectors.jira.answers import record, records, text
from sync.connectors.jira.home import Home
from sync.connectors.jira.writing import deed, natives, path, set_fields
from sync.connectors.wire import Json
from sync.engine.types import Fields, Written


def update(home: Home, issue_id: str, fields: Fields, key: str) -> Written:
    """Write fields; a status among them goes as a transition that takes the others along."""
    status = fields.get("status")
    rest = {name: value for name, value in fields.items() if name != "status"}
    if isinstance(status, str):
        return move(home, issue_id, status, rest, key)
    return set_fields(home, issue_id, rest, key)


def move(home: Home, issue_id: str, status: str, fields: Fields, key: str) -> Written:
    """Bring an issue to `status` by one transition, with `fields` on its screen.

    1. the transitions there are now for us; 2. one that leads to `status`, by name; 3. none: done when the
    issue is there already, else Rejected with the statuses that can be reached; 4. fields that its screen
    requires and that are neither given nor filled: Rejected, naming the first; 5. fields that the screen
    lacks go as an update before; 6. the transition.
    """
    answer = home.get(f"issue/{quote(issue_id, safe='')}/transitions", expand="transitions.fields")
    offered = [one for one in records(answer.get("transitions")) if one.get("isAvailable") is not False]
    chosen = _choice(offered, status, fields)
    if chosen is None:
        _there_or_refused(home, issue_id, status, offered)
        if fields:
            set_fields(home, issue_id, fields, key)
        return Written(record=issue_id)
    screen = record(chosen.get("fields"))
    _refuse_missing(home, issue_id, chosen, fields)
    screen.pop("labels", None)
    off_screen = {name: value for name, value in fields.items() if name not in screen}
    if off_screen:
        set_fields(home, issue_id, off_screen, key)
    on_screen = natives(home, {name: value for name, value in fields.items() if name in screen})
    body: Json = {"transition": {"id": text(chosen.get("id"))}, **deed(key)}
    if on_screen:
        body["fields"] = on_screen
    home.wire.json("POST", path(issue_id, "/transitions"), body=body)
    return Written(record=issue_id)


def target(transition: Json) -> str:
    """The status that a transition leads to."""
    return text(record(transition.get("to")).get("name"))


def _choice(offered: list[Json], status: str, fields: Fields) -> Json | None:
    """The transition to `status` that asks for the least beyond `fields`."""
    fitting = [one for one in offered if target(one) == status and one.get("looped") is not True]
    return min(fitting, key=lambda one: len(_required(one, fields)), default=None)


def _required(transition: Json, fields: Fields) -> list[str]:
    """Fields that a transition's screen requires, has no default for, and that are not given."""
    return [
        name
        for name, meta in record(transition.get("fields")).items()
        if record(meta).get("required") is True
        and record(meta).get("hasDefaultValue") is not True
        and fields.get(name) is None
    ]


def _there_or_refused(home: Home, issue_id: str, status: str, offered: list[Json]) -> None:
    issue = home.get(f"issue/{quote(issue_id, safe='')}", fields="status")
    present = text(record(record(issue.get("fields")).get("status")).get("name"))
    if present == status:
        return
    reachable = ", ".join(dict.fromkeys(name for name in map(target, offered) if name)) or "none"
    raise Rejected(
        f"Jira has no transition from {present} to {status}. From there it can go to: {reachable}.",
        field="status",
    )


def _refuse_missing(home: Home, issue_id: str, chosen: Json, fields: Fields) -> None:
    """Raise Rejected for a required field of the screen that is neither given nor filled on the issue."""
    missing = _required(chosen, fields)
    if not missing:
        return
    issue = home.get(f"issue/{quote(issue_id, safe='')}", fields=",".join(missing))
    filled = record(issue.get("fields"))
    for name in missing:
        if not filled.get(name):
            label = text(record(record(chosen.get("fields")).get(name)).get("name")) or name
            raise Rejected(
                f"Jira's transition to {target(chosen)} asks for {label}. Send it together with the status.",
                field=name,
            )
