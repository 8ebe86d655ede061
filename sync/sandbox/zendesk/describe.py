"""What describes the help desk: fields, forms, statuses, groups, organisations, brands, tags, settings."""

from collections import Counter

from sync.sandbox.call import Call, Routes
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.shapes import by_id, ids_of, not_found, paged, url

ROUTES = Routes()
#: collection -> the noun of one record
NOUNS = {
    "ticket_fields": "ticket_field",
    "ticket_forms": "ticket_form",
    "custom_statuses": "custom_status",
    "groups": "group",
    "group_memberships": "group_membership",
    "organizations": "organization",
    "brands": "brand",
}
CATEGORIES = ("new", "open", "pending", "hold", "solved")


def present(call: Call, collection: str, doc: Doc) -> Json:
    """A describing record as the API shows it."""
    return {"url": url(call, f"{collection}/{doc['id']}"), **doc}


def listed(call: Call, collection: str, docs: list[Doc]) -> Json:
    """One page of describing records."""
    return paged(call, by_id(collection, docs, lambda doc: present(call, collection, doc)))


@ROUTES.get(
    "/api/v2/ticket_fields",
    "/api/v2/groups",
    "/api/v2/group_memberships",
    "/api/v2/organizations",
    "/api/v2/brands",
)
def list_records(call: Call) -> Json:
    """All records of the noun in the path."""
    collection = call.request.path.removesuffix(".json").rstrip("/").rpartition("/")[2]
    return listed(call, collection, call.store.all(collection))


@ROUTES.get("/api/v2/ticket_forms")
def list_forms(call: Call) -> Json:
    """Ticket forms, the active ones with `active=true`."""
    forms = [form for form in call.store.all("ticket_forms") if not call.arg("active") or form["active"]]
    return listed(call, "ticket_forms", forms)


@ROUTES.get("/api/v2/custom_statuses")
def list_statuses(call: Call) -> Json:
    """Ticket statuses; filters `status_categories`, `active`, `default`. Never paged."""
    wanted = {part for part in call.arg("status_categories").split(",") if part}
    docs = [
        doc
        for doc in call.store.all("custom_statuses")
        if (not wanted or doc["status_category"] in wanted)
        and (not call.arg("active") or doc["active"] == (call.arg("active") == "true"))
        and (not call.arg("default") or doc["default"] == (call.arg("default") == "true"))
    ]
    return {"custom_statuses": [present(call, "custom_statuses", doc) for doc in docs]}


@ROUTES.get("/api/v2/<any(ticket_fields,ticket_forms,custom_statuses,groups,organizations,brands):noun>/<int:key>")
def show_record(call: Call, noun: str, key: int) -> Json:
    """One describing record."""
    doc = call.store.get(noun, key)
    if doc is None:
        raise not_found()
    return {NOUNS[noun]: present(call, noun, doc)}


@ROUTES.get("/api/v2/groups/assignable")
def assignable_groups(call: Call) -> Json:
    """Groups that tickets can go to: all of them here."""
    return listed(call, "groups", call.store.all("groups"))


@ROUTES.get("/api/v2/groups/<int:group_id>/memberships")
def group_members(call: Call, group_id: int) -> Json:
    """The memberships of one group."""
    rows = [m for m in call.store.all("group_memberships") if m["group_id"] == group_id]
    return listed(call, "group_memberships", rows)


@ROUTES.get("/api/v2/users/<int:user_id>/group_memberships")
def user_groups(call: Call, user_id: int) -> Json:
    """The memberships of one agent."""
    rows = [m for m in call.store.all("group_memberships") if m["user_id"] == user_id]
    return listed(call, "group_memberships", rows)


@ROUTES.get("/api/v2/organizations/show_many")
def some_organizations(call: Call) -> Json:
    """Organisations by id."""
    ids = set(ids_of(call))
    return listed(call, "organizations", [o for o in call.store.all("organizations") if o["id"] in ids])


@ROUTES.get("/api/v2/tags")
def list_tags(call: Call) -> Json:
    """Tags in use with their counts."""
    counted = Counter(tag for ticket in call.store.all("tickets") for tag in ticket["tags"])
    docs: list[Doc] = [{"id": n, "name": tag, "count": counted[tag]} for n, tag in enumerate(sorted(counted))]
    body = paged(call, by_id("tags", docs, dict))
    return {**body, "tags": [{"name": tag["name"], "count": tag["count"]} for tag in body["tags"]]}


@ROUTES.get("/api/v2/account/settings")
def settings(call: Call) -> Json:
    """The account's settings, as far as a client of tickets looks at them."""
    return {
        "settings": {
            "branding": {"header_color": "78A300", "page_background_color": "333333"},
            "active_features": {
                "customer_satisfaction": False,
                "markdown": True,
                "custom_ticket_statuses": True,
            },
            "tickets": {
                "comments_public_by_default": True,
                "is_first_comment_private_enabled": True,
                "markdown_ticket_comments": True,
                "rich_text_comments": True,
                "custom_statuses_enabled": True,
                "tagging": True,
                "maximum_personal_views_to_list": 8,
                "private_attachments": False,
                "collaboration": True,
            },
            "users": {"tagging": True, "time_zone_selection": True, "language_selection": True},
            "groups": {"check_group_name_uniqueness": True},
            "limits": {"attachment_size": 52_428_800},
            "localization": {"locale_ids": [1], "time_zone": "London", "iana_time_zone": "Europe/London"},
            "api": {
                "accepted_api_agreement": True,
                "api_token_access": "true",
                "api_password_access": "false",
            },
        },
    }


def default_status(call: Call, category: str) -> int | None:
    """The id of the default custom status of a category; closed tickets keep the solved one."""
    wanted = "solved" if category == "closed" else category
    for doc in call.store.all("custom_statuses"):
        if doc["status_category"] == wanted and doc["default"]:
            return int(doc["id"])
    return None
