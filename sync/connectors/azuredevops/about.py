"""What a project is: who we are there, what we may, its kinds, fields, states and limits."""

from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime

from portal.core import clock
from portal.core.errors import Missing, Rejected, Unauthorized
from sync.connectors.azuredevops import bodies, writing
from sync.connectors.azuredevops.answers import record, records, text
from sync.connectors.azuredevops.fields import STATE, info
from sync.connectors.azuredevops.gate import REFUSED
from sync.connectors.azuredevops.home import Home
from sync.connectors.wire import Json
from sync.engine.types import Actor, Check, FieldInfo, FieldType, Option, Schema

#: how an id begins that means nobody
ANONYMOUS = "aaaaaaaa-aaaa-"
UNSIGNED = "Web hooks of Azure DevOps are not signed; each carries a secret, so its address must be HTTPS."


def check(home: Home) -> Check:
    """Who we are and what is missing. Raises Unauthorized, also where nobody is answered like somebody."""
    home.forget()
    asked = clock.now()
    response = home.wire.send("GET", "_apis/connectionData", params={"api-version": "7.1-preview"})
    answer = record(home.wire.decoded(response, "GET"))
    account = _account(record(answer.get("authenticatedUser")))
    kinds: tuple[str, ...] = ()
    try:
        kinds = tuple(home.kinds())
    except Missing:
        problems = [f"There is no project {home.project}, or the account may not see it."]
    else:
        problems = [*_creates(home, kinds), *_places(home)]
    return Check(
        account=account,
        product="Azure DevOps"
        if text(answer.get("deploymentType")).casefold() != "onpremises"
        else "Azure DevOps Server",
        version=text(answer.get("deploymentId"))[:8],
        skew=_skew(response.headers.get("date", ""), asked.timestamp()),
        kinds=kinds,
        problems=tuple(problems),
        notes=(UNSIGNED,),
    )


def _account(said: Json) -> Actor:
    number = text(said.get("id"))
    if not number or number.startswith(ANONYMOUS):
        raise Unauthorized(REFUSED, status=401)
    shown = text(said.get("customDisplayName")) or text(said.get("providerDisplayName"))
    return Actor(id=number, name=shown or number)


def _skew(date: str, asked: float) -> float:
    """The service's clock minus ours, in seconds; its head tells whole seconds, so half of one is added."""
    try:
        return parsedate_to_datetime(date).astimezone(UTC).timestamp() + 0.5 - asked
    except ValueError:
        return 0.0


def _creates(home: Home, kinds: tuple[str, ...]) -> list[str]:
    """Whether an item may be created as we create it; the service tries it and saves nothing."""
    kind = home.settings.get("type", "") or next(iter(kinds), "")
    if kind not in kinds:
        return [f"The project {home.project} has no work item type {kind}. It has {', '.join(kinds)}."]
    if home.marker_field and home.marker_field not in _named(home, kind):
        return [
            f"The type {kind} has no field {home.marker_field}. Add it to the process, or leave the setting empty."
        ]
    try:
        writing.rehearse(home, kind)
    except Rejected as fault:
        # a field that a rulebook will fill is no missing right
        return [fault.sentence] if fault.field is None else []
    return []


def _named(home: Home, kind: str) -> set[str]:
    return {text(one.get("referenceName")) for one in records(home.kind(kind).get("fieldInstances"))}


def _places(home: Home) -> list[str]:
    """The area and iteration of new items, where the settings name them."""
    found = home.paths()
    named = (("area", "System.AreaPath"), ("iteration", "System.IterationPath"))
    return [
        f"The project {home.project} has no {name} {home.settings[name]}. Write it as Project\\Part."
        for name, key in named
        if home.settings.get(name) and found.get(key) and home.settings[name] not in found[key]
    ]


def describe(home: Home, kind: str) -> Schema:
    """The fields of a kind, its states and allowed moves. Raises Missing for no such kind."""
    home.forget()
    home.kind(kind)
    shapes, paths = home.shapes(kind), home.paths()
    states = tuple(Option(value=text(one.get("name"))) for one in _states(home, kind))
    fields = []
    for one in shapes.values():
        if one.key == STATE:
            fields.append(FieldInfo(STATE, one.name, FieldType.STATUS, options=states))
        else:
            fields.append(info(replace(one, options=paths[one.key]) if one.key in paths else one))
    return Schema(
        kind=kind,
        fields=tuple(fields),
        moves=tuple((start, end) for start, end in home.transitions(kind) if start),
        comment_max_length=bodies.MAX_COMMENT,
        attachment_max_bytes=writing.FILE_MAX_BYTES,
    )


def _states(home: Home, kind: str) -> list[Json]:
    """The states of a kind in the order of its board; the kind's own record has them too."""
    return records(home.kind(kind).get("states"))
