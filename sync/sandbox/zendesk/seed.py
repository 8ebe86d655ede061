"""The help desk of the story: Mercuri's agents, customers, fields, and the account that Concord uses."""

import secrets
from collections.abc import Mapping

from sync.sandbox.store import Json, Store
from sync.sandbox.zendesk.shapes import FIRST_ID
from sync.sandbox.zendesk.users import FIXED, WRITABLE

COMPANY = "Mercuri Inc."
SYNC_EMAIL = "concord@mercuri.example"
AGENT_EMAIL = "asha@mercuri.example"
#: an OAuth client that may use client_credentials; further ones are made by POST /api/v2/oauth/clients
CLIENT_ID = "concord"
BORN = "2026-01-05T08:00:00Z"

#: key -> (name, e-mail, role)
PEOPLE: Mapping[str, tuple[str, str, str]] = {
    "owner": ("Mira Lind", "mira@mercuri.example", "admin"),
    "sync": ("Concord", SYNC_EMAIL, "admin"),
    "asha": ("Asha Rao", AGENT_EMAIL, "agent"),
    "tomas": ("Tomas Weber", "tomas@mercuri.example", "agent"),
    "jane": ("Jane Roe", "jane.roe@customer.example", "end-user"),
    "omar": ("Omar Haddad", "omar.haddad@customer.example", "end-user"),
    "lena": ("Lena Novak", "lena.novak@northwind.example", "end-user"),
}
STATUSES = (
    ("new", "New", "Open"),
    ("open", "Open", "Open"),
    ("pending", "Pending", "Awaiting your reply"),
    ("hold", "On-hold", "Open"),
    ("solved", "Solved", "Solved"),
)
PRODUCTS = (
    ("Storefront", "product_storefront"),
    ("Checkout", "product_checkout"),
    ("Mobile app", "product_app"),
)
#: (type, title, removable)
FIELDS = (
    ("subject", "Subject", False),
    ("description", "Description", False),
    ("status", "Status", False),
    ("tickettype", "Type", False),
    ("priority", "Priority", False),
    ("group", "Group", False),
    ("assignee", "Assignee", False),
    ("tagger", "Product", True),
    ("text", "Customer reference", True),
)
LISTS = {
    "status": ("open", "pending", "hold", "solved", "closed"),
    "tickettype": ("question", "incident", "problem", "task"),
    "priority": ("low", "normal", "high", "urgent"),
}


def seed(store: Store, token: str) -> None:
    """Make the help desk once; later calls only set the API token and the OAuth client's secret."""
    with store.transaction():
        if store.get("practice", "account") is None:
            store.put("practice", "account", {"company": COMPANY, "secret": secrets.token_hex(32)})
            _people(store)
            _fields(store)
            _house(store)
        for old in store.all("api_tokens"):
            store.delete("api_tokens", old["id"])
        store.put("api_tokens", "seed", {"id": "seed", "token": token})
        _client(store, f"{token}-secret")


def _new(store: Store, collection: str, doc: Json) -> Json:
    made = {"id": store.next_id("record", start=FIRST_ID), **doc, "created_at": BORN, "updated_at": BORN}
    store.put(collection, made["id"], made)
    return made


def _people(store: Store) -> None:
    group = _new(
        store,
        "groups",
        {"name": "Customer service", "description": "", "default": True, "deleted": False, "is_public": True},
    )
    house: Json = {
        "domain_names": ["customer.example"],
        "details": "",
        "notes": "",
        "group_id": None,
        "tags": [],
    }
    shared: Json = {
        "shared_tickets": False,
        "shared_comments": False,
        "external_id": None,
        "organization_fields": {},
    }
    company = _new(store, "organizations", {"name": "Customer Ltd", **house, **shared})
    for key, (name, email, role) in PEOPLE.items():
        agent = role != "end-user"
        told: Json = {"name": name, "email": email, "role": role, "verified": True}
        told["default_group_id"] = group["id"] if agent else None
        told["organization_id"] = company["id"] if email.endswith("@customer.example") else None
        told["ticket_restriction"] = None if agent else "requested"
        user = _new(store, "users", {**WRITABLE, **told, **FIXED})
        store.put("emails", email, {"id": user["id"]})
        store.put("cast", key, {"id": user["id"]})
        if agent:
            _new(store, "group_memberships", {"user_id": user["id"], "group_id": group["id"], "default": True})


def _fields(store: Store) -> None:
    for place, (kind, title, removable) in enumerate(FIELDS, start=1):
        field: Json = {"type": kind, "title": title, "raw_title": title, "description": title}
        field.update(raw_description=title, position=place, active=True, required=False)
        field.update(collapsed_for_agents=False, regexp_for_validation=None, title_in_portal=title)
        field.update(raw_title_in_portal=title, visible_in_portal=True, editable_in_portal=removable)
        field.update(required_in_portal=False, tag=None, removable=removable, key=None, agent_description=None)
        if kind in LISTS:
            field["system_field_options"] = [{"name": v.title(), "value": v} for v in LISTS[kind]]
            field["sub_type_id"] = 0
        if kind == "tagger":
            field["custom_field_options"] = [
                {
                    "id": FIRST_ID + 900_000 + n,
                    "name": name,
                    "raw_name": name,
                    "value": value,
                    "default": False,
                }
                for n, (name, value) in enumerate(PRODUCTS)
            ]
        made = _new(store, "ticket_fields", field)
        store.put("cast", f"field-{kind}", {"id": made["id"]})


def _house(store: Store) -> None:
    """Statuses, brand and form."""
    for category, agent, customer in STATUSES:
        status: Json = {"status_category": category, "agent_label": agent, "end_user_label": customer}
        status.update(raw_agent_label=agent, raw_end_user_label=customer, description="", raw_description="")
        status.update(end_user_description="", raw_end_user_description="", active=True, default=True)
        _new(store, "custom_statuses", status)
    brand: Json = {"name": "Mercuri", "subdomain": "mercuri", "brand_url": "https://mercuri.example"}
    brand.update(active=True, default=True, has_help_center=False, host_mapping=None, is_deleted=False)
    made = _new(store, "brands", brand)
    form: Json = {"name": "Default ticket form", "raw_name": "Default ticket form"}
    form.update(display_name="Request", raw_display_name="Request", end_user_visible=True, position=1)
    form["ticket_field_ids"] = [field["id"] for field in store.all("ticket_fields")]
    form.update(active=True, default=True, in_all_brands=True, restricted_brand_ids=[made["id"]])
    form.update(agent_conditions=[], end_user_conditions=[])
    _new(store, "ticket_forms", form)


def _client(store: Store, secret: str) -> None:
    known = store.get("cast", "sync")
    client: Json = {"identifier": CLIENT_ID, "name": "Concord", "kind": "confidential", "secret": secret}
    before = store.get("oauth_clients", CLIENT_ID) or {}
    uris = before.get("redirect_uris", [])
    store.put("oauth_clients", CLIENT_ID, {**client, "user_id": known["id"] if known else 0, "redirect_uris": uris})
