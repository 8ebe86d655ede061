"""What a Redmine project is: who we are there, what we may, its kinds, fields and limits."""

from portal.core import clock
from portal.core.errors import Missing, Rejected
from sync.connectors.answers import text
from sync.connectors.redmine import listing
from sync.connectors.redmine.bodies import READ
from sync.connectors.redmine.fields import infos
from sync.connectors.redmine.home import Home
from sync.engine.types import Actor, Check, Schema

#: what our role must allow in the project, and what people call it
RIGHTS = {
    "view_issues": "View issues",
    "add_issues": "Add issues",
    "edit_issues": "Edit issues",
    "add_issue_notes": "Add notes",
}
#: MB, Redmine's own default
FILE_LIMIT = 5


def check(home: Home) -> Check:
    """Who we are and what is missing. Raises Unauthorized, Unavailable."""
    asked = clock.now()
    me = home.signed_in()
    there = listing.clock(home)
    problems: list[str] = []
    kinds: tuple[str, ...] = ()
    try:
        kinds = tuple(home.trackers().values())
        if not kinds:
            problems.append(f"The project {home.project} has no tracker. Choose some in the project's settings.")
        problems += _rights(home)
    except (Missing, Rejected):
        problems.append(f"There is no project {home.project}, or the account may not see it.")
    try:
        home.marker()
    except Rejected as fault:
        problems.append(fault.sentence)
    chosen = home.settings.get("format", "").strip().lower()
    if chosen and chosen not in READ:
        problems.append(f"“{chosen}” is no format of texts. Choose one of: {', '.join(READ)}.")
    name = f"{text(me.get('firstname'))} {text(me.get('lastname'))}".strip()
    return Check(
        account=Actor(text(me.get("id")), name or text(me.get("login"))),
        product="Redmine",
        version="",
        skew=(there - asked).total_seconds() if there else 0.0,
        kinds=kinds,
        problems=tuple(problems),
        notes=(f"Texts are read and written as {home.language}, the format in Redmine's settings.",),
    )


def _rights(home: Home) -> list[str]:
    held = home.rights()
    if held is None:
        return []
    return [
        f"The account lacks the right “{name}” in project {home.project}."
        for key, name in RIGHTS.items()
        if key not in held
    ]


def describe(home: Home, kind: str) -> Schema:
    """Fields and options of one tracker. Raises Missing for no such tracker.

    Redmine tells its workflow for single issues only, so `moves` is empty: unknown.
    """
    home.tracker_id(kind)
    limit = home.settings.get("file_limit", "").strip()
    megabytes = int(limit) if limit.isdecimal() else FILE_LIMIT
    return Schema(kind=kind, fields=infos(home, kind), attachment_max_bytes=megabytes * 1024 * 1024)
