"""Records that ride along in an answer when `include=` asks for them."""

from collections.abc import Iterable

from sync.sandbox.call import Call
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk import describe
from sync.sandbox.zendesk import users as accounts


def included(call: Call) -> frozenset[str]:
    """The names in `include`."""
    return frozenset(part.strip() for part in call.arg("include").split(",") if part.strip())


def sideload(call: Call, *, users: Iterable[object]) -> Json:
    """{"users": [...]} when asked for."""
    return {"users": people(call, users)} if "users" in included(call) else {}


def ticket_sideloads(call: Call, tickets: list[Doc]) -> Json:
    """users, groups, organizations, comment_count of these tickets, as far as asked for."""
    asked = included(call)
    found: Json = {}
    if "users" in asked:
        names = ("requester_id", "submitter_id", "assignee_id")
        found["users"] = people(call, {ticket[name] for ticket in tickets for name in names})
    if "groups" in asked:
        found["groups"] = _some(call, "groups", {ticket["group_id"] for ticket in tickets})
    if "organizations" in asked:
        found["organizations"] = _some(call, "organizations", {t["organization_id"] for t in tickets})
    return found


def people(call: Call, ids: Iterable[object]) -> list[Json]:
    """The users with these ids, unknown ones left out."""
    found = [call.store.get("users", one) for one in sorted(str(i) for i in set(ids) if i)]
    return [accounts.present(call, user) for user in found if user is not None]


def _some(call: Call, noun: str, ids: set[object]) -> list[Json]:
    found = [call.store.get(noun, one) for one in sorted(str(i) for i in ids if i)]
    return [describe.present(call, noun, doc) for doc in found if doc is not None]
