"""Who acts for which company: the checks that every service of this floor begins with."""

from collections.abc import Iterable

from django.db import models

from portal.access.guard import VERBS, may
from portal.access.subject import Subject
from portal.core.errors import Denied, Stale
from portal.history.models import Deed

NEED = {
    "view": "somebody",
    "operate": "an operator or administrator",
    "change": "an operator or administrator",
    "administer": "an administrator",
}


def require(by: Subject, verb: str, thing: models.Model) -> None:
    """Raises Denied with the guard's reason unless `by` may do `verb` on `thing`."""
    answer = may(by, verb, thing)
    if not answer:
        raise Denied(getattr(answer, "reason", "This is not allowed."))


def acting_for(by: Subject, verb: str, parties: Iterable[int], *, on: models.Model | None = None) -> int:
    """The company that `by` acts for in something that `parties` share.

    It is the chosen company; its own role there must allow the verb, whatever roles are held elsewhere. A right on
    the one object `on`, out of the access matrix, counts as well, where `by` is in no other of the parties: it does
    not say out of whose matrix it comes. Raises Denied with the reason.
    """
    company, parties = by.company, set(parties)
    if company not in parties:
        raise Denied("The company you act for is no party to this. Choose another one in the top bar.")
    if by.read_only and verb != "view":
        raise Denied("This token may only read. Make one with write scope.")
    role = by.role(company)
    if role is None or verb not in VERBS[role]:
        if on is not None and by.companies & parties == {company} and may(by, verb, on):
            return company
        raise Denied(f"Your role does not allow this. Ask {NEED[verb]} of your company.")
    return company


def stale(thing: models.Model) -> Stale:
    """The error for an edit that began before somebody else saved; names who saved and when."""
    last = (
        Deed.objects.filter(noun=thing._meta.model_name, object_id=thing.pk)
        .order_by("-id")
        .values_list("actor", "at")
        .first()
    )
    who = f"{last[0]} saved it at {last[1]:%H:%M} UTC on {last[1]:%d %B}" if last else "Somebody saved it"
    return Stale(
        f"{who}, after you opened this page. Nothing of yours was written and nothing is lost: "
        "compare with what stands now, then save again."
    )
