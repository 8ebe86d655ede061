"""Reads from outside one's own sides: overseen connections with their health, and what a pass opens."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from governance.accessmatrix.models import AccessPass
from governance.dictionary.selectors import newest_terms
from governance.landscape.health import Health, Signs, of_connection, of_system
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock
from sync.flow.selectors.disclosed import text_of
from sync.oversight.models import Overseen

#: envelopes that one page tells, newest first
NEWEST = 200


@dataclass(frozen=True, slots=True)
class Lent:
    """One envelope of the lending company, as far as the pass opens it; `case` says which ones belong together."""

    case: UUID
    no: int
    connection: str
    receiver: int
    sealed: datetime
    #: (label, value; "" = empty)
    values: tuple[tuple[str, str], ...]
    parts: tuple[Mapping[str, object], ...]


def overseen_by(by: Subject) -> QuerySet[Overseen]:
    """The connections that the acting company oversees as the integrator, without those it has a side of."""
    parties = Overseen.objects.filter(integration__companies__contains=[by.company])
    return visible_to(parties, by).select_related("integration")


def health_of(row: Overseen) -> Health:
    """How an overseen connection does, by the same rules as the landscape; what a system said is not told."""
    systems = tuple(of_system(str(end.get("run") or ""), "", None) for end in row.ends)
    signs = Signs(row.state, systems, row.live_sides, row.parked, row.waiting, row.oldest)
    return of_connection(signs, clock.now())


def lent_through(access: AccessPass, *, by: Subject) -> list[Lent]:
    """What a pass to another company's content opens to the signed-in user at this moment; nothing when it is over.

    The database decides (`concord_lent`): whose pass it is, whether it is open by its own clock, and which terms.
    """
    labels = {one.name: one.label for one in newest_terms(access.integration_id, by=by)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM concord_lent(%s, %s)", [access.uid, NEWEST])
        rows = cursor.fetchall()
    return [
        Lent(
            case,
            no,
            name,
            receiver,
            sealed,
            tuple((labels.get(term, term), text_of(value)) for term, value in sorted(json.loads(terms).items())),
            tuple(json.loads(parts)),
        )
        for case, no, name, receiver, sealed, terms, parts in rows
    ]
