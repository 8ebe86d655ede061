"""One write on a ticket, whole: checks, fields, comment, audit, webhooks; all of it or nothing."""

import json

from sync.sandbox.call import Call, Refusal
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk import audits, comments
from sync.sandbox.zendesk.customfields import as_list, unsolvable, values_of
from sync.sandbox.zendesk.describe import default_status
from sync.sandbox.zendesk.events import announce_write
from sync.sandbox.zendesk.options import options
from sync.sandbox.zendesk.shapes import bad_attribute, invalid, iso, new_id
from sync.sandbox.zendesk.ticketfields import KEYS, followed_up, locked, write_fields
from sync.sandbox.zendesk.users import is_agent

#: the number of the first ticket of the help desk
FIRST_TICKET = 4711
#: fields whose changes an audit tells, in its order
AUDITED = (
    *[
        "subject",
        "requester_id",
        "priority",
        "type",
        "status",
        "organization_id",
        "brand_id",
        "ticket_form_id",
        "custom_status_id",
    ],
    *["assignee_id", "group_id", "tags", "external_id", "due_at", "problem_id", "is_public"],
    *["collaborator_ids", "follower_ids", "email_cc_ids"],
)
#: told on a ticket's first audit even when empty, as recorded answers show
ALWAYS = frozenset({"subject", "requester_id", "priority", "type", "status"})

Written = tuple[Doc, Doc]


def create(call: Call, given: Json) -> Written:
    """Open a ticket -> (ticket, audit). 422 without a comment or for values that do not fit."""
    actor = _actor(call)
    first = comment_of(given) or {"body": given.get("description")}
    if not str(first.get("html_body") or first.get("body") or "").strip():
        raise invalid("description", "Description: cannot be blank", "BlankValue")
    ticket = _blank(call, actor)
    _follow_up(call, ticket, given)
    write_fields(call, ticket, given)
    made = comments.draft(call, first, public=True, author_id=ticket["submitter_id"])
    ticket["is_public"] = made.public
    ticket["description"] = made.bodies.plain if first.get("html_body") else made.bodies.text
    if not ticket["subject"]:
        ticket["subject"] = ticket["raw_subject"] = made.bodies.plain[:150]
    customer = call.store.get("users", ticket["requester_id"])
    if ticket["organization_id"] is None and customer is not None:
        ticket["organization_id"] = customer["organization_id"]
    _check_solved(call, None, ticket)
    return _store(call, None, ticket, given, made)


def update(call: Call, before: Doc, given: Json) -> Written:
    """Change a ticket -> (ticket, audit). 422 when it is closed, 409 when `safe_update` finds a newer one."""
    actor = _actor(call)
    if before["status"] == "closed":
        raise locked()
    if given.get("safe_update") and given.get("updated_stamp") != before["updated_at"]:
        raise Refusal(
            409,
            {
                "error": "UpdateConflict",
                "description": "Safe Update prevented the update due to outdated ticket data."
                " Please fetch the latest ticket data and try again.",
            },
        )
    ticket = call.store.copy("tickets", before["id"]) or {}
    write_fields(call, ticket, given)
    made: comments.Draft | None = None
    told = comment_of(given)
    if told:
        made = comments.draft(call, told, public=bool(before["is_public"]), author_id=int(actor["id"]))
        ticket["is_public"] = bool(before["is_public"]) or made.public
        _reopen(call, ticket, given, made)
    _check_solved(call, before, ticket)
    return _store(call, before, ticket, given, made)


def comment_of(given: Json) -> Json:
    """The comment of a write, {} for none. 400 for anything but an object."""
    told = given.get("comment") or {}
    if not isinstance(told, dict):
        raise bad_attribute("comment", "It must be an object")
    return told


def _store(call: Call, before: Doc | None, ticket: Json, given: Json, made: comments.Draft | None) -> Written:
    """Write ticket, comment and audit; queue the webhooks. A write without any change leaves no trace."""
    metadata = {"system": audits.system_metadata(call), "custom": given.get("metadata") or {}}
    audit_id = new_id(call)
    events: list[Json] = []
    if made is not None:
        events.append(comments.add(call, ticket["id"], made, audit_id=audit_id, metadata=metadata))
    events += _changes(call, before, ticket)
    if made is not None and made.public and options(call.store).notifications:
        events += _notification(call, ticket, made)
    moment = call.practice.now()
    if not events:
        nothing: Json = {"id": audit_id, "ticket_id": ticket["id"], "created_at": iso(moment), "events": []}
        return ticket, {
            **nothing,
            "author_id": _actor(call)["id"],
            "metadata": metadata,
            "via": audits.via(call),
        }
    ticket["updated_at"] = iso(moment)
    ticket["generated_timestamp"] = int(moment.timestamp())
    call.store.put("tickets", ticket["id"], ticket)
    audit = audits.record(call, ticket["id"], events, audit_id=audit_id, metadata=metadata)
    announce_write(call, ticket, audit, created=before is None)
    return ticket, audit


def _changes(call: Call, before: Doc | None, ticket: Doc) -> list[Json]:
    """The Create or Change events of all fields that differ."""
    events: list[Json] = []
    for name in AUDITED:
        value, old = ticket[name], before[name] if before is not None else None
        told = value not in (None, []) or name in ALWAYS if before is None else value != old
        if told and not (before is None and name == "is_public"):
            events.append(audits.change_event(call, name, value, old, first=before is None))
    values, olds = values_of(ticket), values_of(before) if before is not None else {}
    for key, value in values.items():
        if value != olds.get(key):
            events.append(audits.change_event(call, str(key), value, olds.get(key), first=before is None))
    return events


def _notification(call: Call, ticket: Doc, made: comments.Draft) -> list[Json]:
    """What the usual trigger leaves when an agent writes to the requester."""
    if not is_agent(call.store.get("users", made.author_id)) or ticket["requester_id"] == made.author_id:
        return []
    source = {"from": {"id": 1, "title": "Notify requester of comment update"}, "to": {}, "rel": "trigger"}
    return [
        {
            "id": new_id(call),
            "type": "Notification",
            "via": {"channel": "rule", "source": source},
            "subject": f"[Request received] {ticket['subject']}",
            "body": "Your request has been updated.",
            "recipients": [ticket["requester_id"]],
        }
    ]


def _reopen(call: Call, ticket: Json, given: Json, made: comments.Draft) -> None:
    """A requester's public comment opens a ticket that waited for them or was solved."""
    explicit = given.get("status") is not None or given.get("custom_status_id") is not None
    theirs = made.author_id == ticket["requester_id"] and made.public
    agent = is_agent(call.store.get("users", made.author_id))
    if theirs and not agent and not explicit and ticket["status"] in {"solved", "pending", "hold"}:
        ticket["status"], ticket["custom_status_id"] = "open", default_status(call, "open")


def _check_solved(call: Call, before: Doc | None, ticket: Doc) -> None:
    if ticket["status"] != "solved" or (before is not None and before["status"] == "solved"):
        return
    missing = unsolvable(call, ticket, assignee_required=options(call.store).solve_requires_assignee)
    if missing:
        text = "Record validation errors"
        raise Refusal(422, {"error": "RecordInvalid", "description": text, "details": {"base": missing}})


def _follow_up(call: Call, ticket: Json, given: Json) -> None:
    """Tie a new ticket to the closed one that it continues."""
    if not given.get("via_followup_source_id"):
        return
    source = followed_up(call, given["via_followup_source_id"])
    told = {"ticket_id": source["id"], "subject": source["subject"], "channel": "api"}
    ticket["via"] = {"channel": "api", "source": {"from": told, "to": {}, "rel": "follow_up"}}
    ids = [*source["followup_ids"], ticket["id"]]
    call.store.put("tickets", source["id"], {**source, "followup_ids": ids})


def _blank(call: Call, actor: Doc) -> Json:
    """A ticket before anything is written on it."""
    now = iso(call.practice.now())
    brand, form = call.store.all("brands")[0], call.store.all("ticket_forms")[0]
    nothing = "external_id type subject raw_subject priority recipient assignee_id organization_id group_id"
    return {
        "id": call.store.next_id("ticket", start=FIRST_TICKET),
        **dict.fromkeys(f"{nothing} forum_topic_id problem_id due_at satisfaction_rating".split()),
        "via": audits.via(call),
        "created_at": now,
        "updated_at": now,
        "description": "",
        "status": "new",
        "custom_status_id": default_status(call, "new"),
        "requester_id": actor["id"],
        "submitter_id": actor["id"],
        **{name: [] for name in ["collaborator_ids", "follower_ids", "email_cc_ids", "tags"]},
        **{name: [] for name in ["sharing_agreement_ids", "followup_ids"]},
        "has_incidents": False,
        "is_public": True,
        "custom_fields": as_list(call, {}),
        "ticket_form_id": form["id"],
        "brand_id": brand["id"],
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
        "generated_timestamp": 0,
    }


def _actor(call: Call) -> Doc:
    if call.actor is None:
        raise Refusal(401, {"error": "Couldn't authenticate you"})
    return call.actor


def warn_of_unknown_keys(call: Call, given: Json, *, action: str) -> None:
    """Name keys that were dropped in X-Zendesk-API-Warn, as the real one does on an otherwise good answer."""
    unknown = [f"ticket.{key}" for key in given if key not in KEYS]
    told = given.get("comment")
    unknown += [
        f"ticket.comment.{key}" for key in (told if isinstance(told, dict) else {}) if key not in comments.KEYS
    ]
    if unknown:
        listed = ", ".join(json.dumps(key) for key in unknown)
        call.headers["X-Zendesk-API-Warn"] = (
            f'{{:allowed_parameters=>{{:controller=>"tickets", :action=>"{action}", '
            f":unpermitted_keys=>[{listed}], :invalid_values=>[]}}}}"
        )
