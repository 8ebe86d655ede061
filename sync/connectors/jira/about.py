"""What a Jira project is: who we are there, what we may, its kinds, fields, statuses and limits."""

from portal.core import clock
from portal.core.errors import Missing, Rejected
from sync.connectors.jira import bodies
from sync.connectors.jira.answers import moment, record, records, text, whole
from sync.connectors.jira.fields import info, options
from sync.connectors.jira.history import actor
from sync.connectors.jira.home import Home
from sync.connectors.wire import Json
from sync.engine.types import Check, FieldInfo, FieldType, Schema

#: what the account must be allowed to do in the project, and what people call it
RIGHTS = {
    "BROWSE_PROJECTS": "Browse projects",
    "CREATE_ISSUES": "Create issues",
    "EDIT_ISSUES": "Edit issues",
    "TRANSITION_ISSUES": "Transition issues",
    "ADD_COMMENTS": "Add comments",
    "EDIT_OWN_COMMENTS": "Edit own comments",
    "CREATE_ATTACHMENTS": "Create attachments",
}


def check(home: Home) -> Check:
    """Who we are and what is missing. `/myself` is the sign-in test: other paths answer nobody too."""
    asked = clock.now()
    server = home.get("serverInfo")
    skew = (moment(server.get("serverTime")) - asked).total_seconds() if server.get("serverTime") else 0.0
    account = actor(home.me())
    cloud = text(server.get("deploymentType")) == "Cloud"
    problems = [] if cloud else ["This is not Jira Cloud. Give the address of a Jira Cloud site."]
    try:
        kinds = tuple(home.kinds())
    except Missing:
        kinds = ()
        problems.append(f"There is no project {home.project}, or the account may not see it.")
    if kinds:
        problems += _rights(home) + _create_screen(home, kinds)
    return Check(
        account=account,
        product="Jira Cloud" if cloud else "Jira",
        version=text(server.get("version")),
        skew=skew,
        kinds=kinds,
        problems=tuple(problems),
        notes=(f"Times of searches are read in {home.zone().key}, the time zone of the account's profile.",),
    )


def _rights(home: Home) -> list[str]:
    answer = home.get("mypermissions", projectKey=home.project, permissions=",".join(RIGHTS))
    held = record(answer.get("permissions"))
    return [
        f"The account lacks the right “{name}” in project {home.project}."
        for key, name in RIGHTS.items()
        if record(held.get(key)).get("havePermission") is not True
    ]


def _create_screen(home: Home, kinds: tuple[str, ...]) -> list[str]:
    """What the create screen must have: labels, by which an issue is found whose create lost its answer."""
    kind = home.settings.get("type", "") or kinds[0]
    if kind not in kinds:
        return [f"The project {home.project} has no issue type {kind}. It has {', '.join(kinds)}."]
    names = {text(field.get("fieldId")) for field in _create_fields(home, kind)}
    if "labels" in names:
        return []
    return [f"The create screen of {kind} has no field Labels. Add it: a lost answer must not make two issues."]


def _create_fields(home: Home, kind: str) -> list[Json]:
    return home.pages(f"issue/createmeta/{home.project}/issuetypes/{home.kind_id(kind)}", "fields")


def describe(home: Home, kind: str) -> Schema:
    """Fields of the create screen, with status and resolution. Raises Missing for no such kind.

    Jira tells its workflow to administrators only, so `moves` is empty: unknown.
    """
    found = [info(text(meta.get("fieldId")) or text(meta.get("key")), meta) for meta in _create_fields(home, kind)]
    fields = [one for one in found if one is not None]
    present = {one.key for one in fields}
    fields.append(FieldInfo("status", "Status", FieldType.STATUS, options=options(_statuses(home, kind))))
    if "resolution" not in present:
        resolutions = home.get("resolution").get("values")
        fields.append(FieldInfo("resolution", "Resolution", FieldType.OPTION, options=options(resolutions)))
    return Schema(
        kind=kind,
        fields=tuple(fields),
        comment_max_length=bodies.MAX_TEXT,
        attachment_max_bytes=_upload_limit(home),
    )


def _statuses(home: Home, kind: str) -> object:
    rows = records(home.get(f"project/{home.project}/statuses").get("values"))
    return next((row.get("statuses") for row in rows if text(row.get("name")) == kind), [])


def _upload_limit(home: Home) -> int:
    """Bytes of one attachment; 0 where attachments are switched off."""
    try:
        meta = home.get("attachment/meta")
    except Rejected:
        return 0
    return whole(meta.get("uploadLimit")) if meta.get("enabled") is not False else 0
