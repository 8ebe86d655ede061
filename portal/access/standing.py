"""Where a user stands, told by the database in one answer at the beginning of each request.

`concord_standing` is the register's: it reads what the transaction's user, and nobody else, belongs to.
"""

import json
from typing import Protocol
from uuid import UUID

from django.db import connection

from portal.access.rls import USER
from portal.access.subject import Known, Opening, Role, Standing, Subject

#: a row source that tells the transaction its user; whatever is selected from it is read for that user
TELLING = f"set_config('{USER}', %s, true)"


class SignedIn(Protocol):
    """What is needed of a user: key and name."""

    pk: int
    name: str


def standing_of(user_id: int, *, only: int | None = None) -> Standing:
    """Where a user stands, in one company alone when `only` is given; nowhere when switched off. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT concord_standing(%s) FROM {TELLING}", [only, str(user_id)])  # noqa: S608 - constant
        return opened(cursor.fetchone()[0])


def opened(text: str) -> Standing:
    """The database's answer.

    {"roles": [[company, role]], "known": [[id, uid, …]], "grants": [[noun, id, verb]],
    "cells": [[company, integration, term, level]], "openings": [[id, company, integration, term, level]]}
    """
    told = json.loads(text)
    return Standing(
        roles={company: Role(role) for company, role in told["roles"] or ()},
        known=tuple(Known(key, UUID(uid), *rest) for key, uid, *rest in told["known"] or ()),
        grants=frozenset((noun, key, verb) for noun, key, verb in told["grants"] or ()),
        cells={(company, place, term): level for company, place, term, level in told.get("cells") or ()},
        openings=tuple(Opening(*row) for row in told.get("openings") or ()),
    )


def subject_of(
    user: SignedIn,
    *,
    acting: int | None = None,
    only: int | None = None,
    read_only: bool = False,
    standing: Standing | None = None,
) -> Subject:
    """The subject of a signed-in user; one query unless `standing` was read already.

    `acting` is the company acted for, and unknown ones are ignored; `only` narrows all to one company.
    """
    found = standing or standing_of(user.pk, only=only)
    wanted = only or acting
    chosen = wanted if wanted in found.roles else None if only else min(found.roles, default=None)
    return Subject(
        user.pk, user.name, found.roles, chosen, read_only, found.known, found.grants, found.cells, found.openings
    )
