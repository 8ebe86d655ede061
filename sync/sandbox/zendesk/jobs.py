"""Bulk work: done at once, answered as a queued job, looked up as a finished one."""

import secrets
from collections.abc import Callable, Sequence
from functools import partial

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk import edits
from sync.sandbox.zendesk.deleted import soft_delete
from sync.sandbox.zendesk.events import announce
from sync.sandbox.zendesk.shapes import (
    ACCOUNT_ID,
    bad_attribute,
    by_id,
    ids_of,
    not_found,
    paged,
    seen_ticket,
    too_many,
    url,
    wanted,
)

ROUTES = Routes()
MAX_MANY = 100


@ROUTES.post("/api/v2/tickets/create_many")
def create_many(call: Call) -> Json:
    """Open up to 100 tickets."""
    tickets = _many(call.json())
    return _job(call, "Bulk Create Ticket", [partial(_created, call, one) for one in tickets])


@ROUTES.put("/api/v2/tickets/update_many")
def update_many(call: Call) -> Json:
    """Change tickets: `ids=` with one `ticket`, or `tickets`, each with its id."""
    body = call.json()
    if call.arg("ids"):
        given = wanted(body, "ticket")
        pairs: list[tuple[object, Json]] = [(one, given) for one in ids_of(call)]
    else:
        pairs = [(one.get("id"), one) for one in _many(body)]
    work = [partial(_updated, call, key, given) for key, given in pairs]
    return _job(call, "Bulk Update Ticket", work)


@ROUTES.delete("/api/v2/tickets/destroy_many")
def destroy_many(call: Call) -> Json:
    """Soft delete tickets by id."""
    return _job(call, "Bulk Delete Ticket", [partial(_destroyed, call, key) for key in ids_of(call)])


@ROUTES.post("/api/v2/tickets/<int:ticket_id>/merge")
def merge(call: Call, ticket_id: int) -> Json:
    """Merge tickets into this one: the sources get a note and are closed."""
    body = call.json()
    target = seen_ticket(call, ticket_id)
    ids = body.get("ids")
    if not isinstance(ids, list) or not ids:
        raise bad_attribute("ids", "It must be a list of integers")
    sources = [seen_ticket(call, one) for one in ids]
    return _job(call, "Ticket Merge", [partial(_merged, call, target, sources, body)])


@ROUTES.get("/api/v2/job_statuses")
def list_jobs(call: Call) -> Json:
    """The jobs of late."""
    jobs = [{**job, "shown": job["id"], "id": n} for n, job in enumerate(call.store.all("jobs"))]
    return paged(call, by_id("job_statuses", jobs, lambda job: _shown(call, {**job, "id": job["shown"]})))


@ROUTES.get("/api/v2/job_statuses/<job_id>")
def show_job(call: Call, job_id: str) -> Json:
    """One job with the result of each of its tasks."""
    job = call.store.get("jobs", job_id)
    if job is None:
        raise not_found()
    return {"job_status": _shown(call, job)}


def _many(body: Json) -> list[Json]:
    tickets = body.get("tickets")
    if not isinstance(tickets, list) or not all(isinstance(one, dict) for one in tickets):
        raise bad_attribute("tickets", "It must be a list of objects")
    if len(tickets) > MAX_MANY:
        raise too_many(MAX_MANY)
    return tickets


def _job(call: Call, kind: str, work: Sequence[Callable[[int], Json]]) -> Json:
    """Do the tasks, each for itself, and answer as the real one does: queued."""
    results: list[Json] = []
    for place, task in enumerate(work):
        try:
            results.append(task(place))
        except Refusal as refusal:
            body = refusal.body if isinstance(refusal.body, dict) else {"error": str(refusal.body)}
            details = str(body.get("details") or body.get("description") or "")
            results.append({"index": place, "success": False, "error": body.get("error"), "details": details})
    at = call.practice.now().strftime("%Y-%m-%d %H:%M:%S +0000")
    job: Json = {
        "id": f"V3-{secrets.token_hex(16)}",
        "job_type": kind,
        "total": len(work),
        "progress": len(work),
        "status": "completed",
        "message": f"Completed at {at}",
        "results": results,
    }
    call.store.put("jobs", job["id"], job)
    return {
        "job_status": {
            **_shown(call, job),
            "progress": None,
            "status": "queued",
            "message": None,
            "results": None,
        }
    }


def _shown(call: Call, job: Doc) -> Json:
    shown = {name: value for name, value in job.items() if name not in {"shown"}}
    return {**shown, "url": url(call, f"job_statuses/{job['id']}")}


def _created(call: Call, given: Json, place: int) -> Json:
    ticket, _ = edits.create(call, given)
    return {"index": place, "id": ticket["id"], "account_id": ACCOUNT_ID}


def _updated(call: Call, key: object, given: Json, _place: int) -> Json:
    if not isinstance(key, int):
        raise not_found()
    edits.update(call, seen_ticket(call, key), given)
    return {"id": key, "success": True, "action": "update", "status": "Updated"}


def _destroyed(call: Call, key: int, _place: int) -> Json:
    soft_delete(call, seen_ticket(call, key))
    return {"id": key, "success": True, "action": "delete", "status": "Deleted"}


def _merged(call: Call, target: Doc, sources: Sequence[Doc], body: Json, _place: int) -> Json:
    names = ", ".join(f"#{source['id']}" for source in sources)
    told = body.get("target_comment") or f"Requests {names} were closed and merged into this request."
    public = bool(body.get("target_comment_is_public", False))
    edits.update(call, target, {"comment": {"body": told, "public": public}})
    for source in sources:
        said = body.get("source_comment") or f"This request was closed and merged into request #{target['id']}."
        comment = {"body": said, "public": bool(body.get("source_comment_is_public", False))}
        tags = {"additional_tags": ["closed_by_merge"]}
        after, _ = edits.update(call, source, {"status": "closed", "comment": comment, **tags})
        announce(call, after, [("merged", {"target_ticket_id": str(target["id"])})])
    return {"id": target["id"], "success": True, "action": "merge", "status": "Merged"}
