"""Writing a ticket's own fields: each given key is checked; the rules of status hold."""

from collections.abc import Callable

from sync.sandbox.call import Call, Refusal
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.customfields import as_list, merged, tags_after_values, values_after_tags, values_of
from sync.sandbox.zendesk.describe import default_status
from sync.sandbox.zendesk.options import options
from sync.sandbox.zendesk.shapes import bad_attribute, invalid
from sync.sandbox.zendesk.users import by_email, is_agent, requester

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
CHOICES: dict[str, tuple[str, ...]] = {
    "priority": ("urgent", "high", "normal", "low"),
    "type": ("question", "incident", "problem", "task"),
}
#: characters of an external id; characters of all tags together
MAX_EXTERNAL_ID = 255
MAX_TAGS = 5096
PLAIN = ("external_id", "due_at", "problem_id", "recipient")
LINKS = {"organization_id": "organizations", "brand_id": "brands", "ticket_form_id": "ticket_forms"}
PEOPLE = ("collaborator_ids", "follower_ids", "email_cc_ids")

#: keys of a ticket that a client may write, beside those of `comment`
KEYS = frozenset(
    {
        *PLAIN,
        *LINKS,
        *PEOPLE,
        *CHOICES,
        *[
            "subject",
            "raw_subject",
            "description",
            "comment",
            "requester",
            "requester_id",
            "submitter_id",
            "assignee_id",
        ],
        *[
            "assignee_email",
            "group_id",
            "status",
            "custom_status_id",
            "tags",
            "additional_tags",
            "remove_tags",
        ],
        *["custom_fields", "fields", "metadata", "safe_update", "updated_stamp", "via_followup_source_id"],
        *[
            "collaborators",
            "additional_collaborators",
            "followers",
            "email_ccs",
            "via_id",
            "macro_ids",
            "attribute_value_ids",
        ],
    }
)


def write_fields(call: Call, ticket: Json, given: Json) -> None:
    """Put every given key on `ticket`. Raises 400 or 422 for what a key does not take."""
    for write in WRITERS:
        write(call, ticket, given)


def _subject(_call: Call, ticket: Json, given: Json) -> None:
    for key in ("raw_subject", "subject"):
        if key in given:
            ticket["subject"] = ticket["raw_subject"] = _text(key, given[key])


def _plain(_call: Call, ticket: Json, given: Json) -> None:
    for key in PLAIN:
        if key in given:
            ticket[key] = given[key]
    if ticket["external_id"] is not None:
        ticket["external_id"] = str(ticket["external_id"])
        if len(ticket["external_id"]) > MAX_EXTERNAL_ID:
            raise invalid(
                "external_id", f"External: is too long (maximum is {MAX_EXTERNAL_ID} characters)", "TooLong"
            )


def _choices(_call: Call, ticket: Json, given: Json) -> None:
    for key, allowed in CHOICES.items():
        if key in given:
            value = given[key] or None
            if value is not None and value not in allowed:
                raise invalid(key, f"{key.title()}: {value} is not a valid value", "InvalidValue")
            ticket[key] = value


def _links(call: Call, ticket: Json, given: Json) -> None:
    for key, collection in LINKS.items():
        if key in given:
            ticket[key] = _known(call, key, given[key], collection)


def _people(call: Call, ticket: Json, given: Json) -> None:
    for key in PEOPLE:
        if key in given:
            if not isinstance(given[key], list):
                raise bad_attribute(key, "It must be a list of integers")
            ticket[key] = [_known(call, key, one, "users") for one in given[key]]
    if isinstance(given.get("requester"), dict):
        ticket["requester_id"] = requester(call, given["requester"])["id"]
    elif given.get("requester_id") is not None:
        ticket["requester_id"] = _known(call, "requester", given["requester_id"], "users")
    if given.get("submitter_id") is not None:
        ticket["submitter_id"] = _known(call, "submitter", given["submitter_id"], "users")


def _assignment(call: Call, ticket: Json, given: Json) -> None:
    """Assignee and group fit together; the first assignment opens a new ticket."""
    if "group_id" in given:
        ticket["group_id"] = _known(call, "group", given["group_id"], "groups")
    if "assignee_email" in given:
        found = by_email(call, str(given["assignee_email"]))
        given = {**given, "assignee_id": found["id"] if found else -1}
    if "assignee_id" in given:
        ticket["assignee_id"] = _known(call, "assignee", given["assignee_id"], "users")
    if ticket["assignee_id"] is None:
        return
    agent = call.store.get("users", ticket["assignee_id"])
    if agent is None or not is_agent(agent):
        raise invalid("assignee", "Assignee: is invalid", "InvalidValue")
    groups = [m["group_id"] for m in call.store.all("group_memberships") if m["user_id"] == agent["id"]]
    if ticket["group_id"] is None:
        ticket["group_id"] = agent["default_group_id"] or (groups[0] if groups else None)
    elif ticket["group_id"] not in groups:
        if "assignee_id" in given:
            raise invalid("assignee", "Assignee: is not a member of the group", "InvalidValue")
        ticket["assignee_id"] = None
    if ticket["status"] == "new" and "assignee_id" in given and "status" not in given:
        ticket["status"] = "open"
        ticket["custom_status_id"] = default_status(call, "open")


def _status(call: Call, ticket: Json, given: Json) -> None:
    """Status and custom status are two views of one thing; nothing goes back to new."""
    before = ticket["status"]
    if given.get("custom_status_id") is not None:
        custom = call.store.get("custom_statuses", given["custom_status_id"])
        if custom is None or not custom["active"]:
            raise invalid("custom_status_id", "Custom status: is invalid", "InvalidValue")
        ticket["status"], ticket["custom_status_id"] = custom["status_category"], custom["id"]
    elif given.get("status") is not None:
        status = str(given["status"]).lower()
        if status not in STATUSES or (status == "hold" and not options(call.store).hold):
            raise invalid("status", f"Status: {status} is not a valid value", "InvalidValue")
        if status != before or ticket["custom_status_id"] is None:
            ticket["status"], ticket["custom_status_id"] = status, default_status(call, status)
    if ticket["status"] == "new" and before not in {"new", None}:
        raise invalid("status", "Status: a ticket cannot go back to new", "InvalidValue")


def _tags(call: Call, ticket: Json, given: Json) -> None:
    """`tags` replaces all; drop-downs and their tags follow each other."""
    before = values_of(ticket)
    tags = ticket["tags"]
    if "tags" in given:
        tags = normal_tags(given["tags"])
    tags = [*tags, *normal_tags(given.get("additional_tags") or [])]
    gone = set(normal_tags(given.get("remove_tags") or []))
    tags = sorted({tag for tag in tags if tag not in gone})
    values = before if tags == ticket["tags"] else values_after_tags(call, tags, before)
    for key in ("custom_fields", "fields"):
        if given.get(key) is not None:
            written = merged(call, values, given[key])
            tags = tags_after_values(call, tags, values, written)
            values = written
    if sum(len(tag) for tag in tags) > MAX_TAGS:
        raise invalid("tags", "Tags: are too long", "TooLong")
    ticket["tags"], ticket["custom_fields"] = tags, as_list(call, values)


def normal_tags(given: object) -> list[str]:
    """Tags as they are kept: lower case, no blanks, each once, in order. 400 for no list."""
    parts = given.replace(",", " ").split() if isinstance(given, str) else given
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise bad_attribute("tags", "It must be a list of strings")
    return sorted({"_".join(part.lower().split()) for part in parts if part.strip()})


def followed_up(call: Call, source_id: object) -> Doc:
    """The closed ticket that a follow-up continues. Raises 422 for one that is not closed."""
    source = call.store.get("tickets", source_id)
    if source is None or source["status"] != "closed":
        raise invalid("base", "Followup source: must be a closed ticket", "InvalidValue")
    return source


def _text(key: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str | int | float):
        raise bad_attribute(key, "It must be a string")
    return None if value is None else str(value)


def _known(call: Call, key: str, value: object, collection: str) -> int | None:
    """The id, checked to exist; None empties. 400 for no number, 422 for an unknown one."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not str(value).lstrip("-").isdigit():
        raise bad_attribute(key, "It must be an integer")
    if call.store.get(collection, value) is None:
        raise invalid(key, f"{key.removesuffix('_id').title()}: is invalid", "InvalidValue")
    return int(str(value))


def locked() -> Refusal:
    """422 of a closed ticket."""
    return invalid("status", "Status: closed prevents ticket update", "ClosedTicket")


WRITERS: tuple[Callable[[Call, Json, Json], None], ...] = (
    _subject,
    _plain,
    _choices,
    _links,
    _people,
    _status,
    _assignment,
    _tags,
)
