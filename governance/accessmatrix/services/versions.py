"""Writes of a version of the access matrix: drafted, proposed, signed by the own accountable person, put in force."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max

from governance.accessmatrix.models import AccessMatrix, Grant
from governance.accessmatrix.selectors import fingerprint
from governance.agreements.evidence import proof_of
from governance.raci.selectors import signers
from governance.raci.signing import signer
from governance.register.acting import acting_for, stale
from governance.register.models import Integration
from governance.register.services.integrations import check_joined
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.services import record

State = AccessMatrix.State
OPEN = (State.DRAFT, State.PROPOSED, State.SIGNED)
#: what the signature under an access matrix is an activity of
SIGN = "approve-matrix"


@transaction.atomic
def draft_access(*, by: Subject, integration: Integration) -> AccessMatrix:
    """The next version: what is in force today, as cells that can be edited; empty for the first."""
    company = acting_for(by, "administer", integration.companies)
    check_joined(integration, company)
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    versions = AccessMatrix.objects.filter(integration=integration, company_id=company)
    if versions.filter(state__in=OPEN).exists():
        raise BadInput("There is an open version already. Go on with that one.", code="draft-exists")
    last = versions.aggregate(last=Max("no"))["last"] or 0
    draft = AccessMatrix.objects.create(integration=integration, company_id=company, no=last + 1)
    live = versions.filter(state=State.LIVE).first()
    if live is not None:
        copied(live, draft)
    record(
        by=by,
        verb="draft",
        thing=draft,
        company=company,
        after={"no": draft.no, "copied from": live.no if live else None},
    )
    return draft


@transaction.atomic
def propose_access(*, by: Subject, matrix: AccessMatrix, version: int) -> AccessMatrix:
    """Lay a draft before the company's accountable person; it is frozen from now on."""
    company, row = opened(by, matrix, version)
    if not row.cells.exists():
        raise BadInput("The matrix is empty. Set at least one cell before you propose it.", code="empty")
    row.state, row.proposed = State.PROPOSED, clock.now()
    return turned(row, by=by, verb="propose", company=company)


@transaction.atomic
def take_back_access(*, by: Subject, matrix: AccessMatrix, version: int) -> AccessMatrix:
    """A proposed version, or a signed one that is not in force, back to a draft; its signature no longer counts."""
    company, row = opened(by, matrix, version, states=(State.PROPOSED, State.SIGNED))
    row.state, row.proposed, row.signed, row.signer = State.DRAFT, None, None, None
    row.signed_by = row.sha256 = ""
    return turned(row, by=by, verb="take back", company=company)


@transaction.atomic
def sign_access(*, by: Subject, matrix: AccessMatrix, version: int, live: bool = True) -> AccessMatrix:
    """The signature of the company's accountable person; with `live` the version is in force at once.

    1. the signed-in person is a signer of their company; 2. the digest of exactly these cells is stored.
    """
    company = acting_for(by, "view", [matrix.company_id])
    if by.read_only:
        raise Denied("This token may only read. Make one with write scope.")
    row = locked(matrix, version, states=(State.PROPOSED,))
    person = signer(by, row.integration, company, activity=SIGN, of="the access matrix")
    row.state, row.signed, row.signer, row.signed_by = State.SIGNED, clock.now(), person, person.name
    row.sha256 = fingerprint(row.cells.all())
    if live:
        put_in_force(row)
    evidence = proof_of("matrix", integration=row.integration_id, company=company, no=row.no)
    return turned(row, by=by, verb="sign", company=company, evidence=evidence)


@transaction.atomic
def enforce_access(*, by: Subject, matrix: AccessMatrix, version: int) -> AccessMatrix:
    """Put a signed version in force; the one before it retires. Raises BadInput when a cell is not as signed."""
    company, row = opened(by, matrix, version, states=(State.SIGNED,))
    if fingerprint(row.cells.all()) != row.sha256:
        raise BadInput("A party left since this was signed. Take it back, look at it, and have it signed again.")
    put_in_force(row)
    return turned(row, by=by, verb="put in force", company=company)


@transaction.atomic
def discard_access(*, by: Subject, matrix: AccessMatrix, version: int) -> None:
    """Throw a draft away; history keeps what it held."""
    company, row = opened(by, matrix, version)
    cells = {f"{one.grantee or one.role}: {one.term}": one.level for one in row.cells.select_related("grantee")}
    record(by=by, verb="discard", thing=row, company=company, before={"no": row.no, "cells": cells})
    row.delete()


def copied(live: AccessMatrix, draft: AccessMatrix) -> None:
    """What is in force, with what was taken back since as it stands now; holders that still are parties."""
    parties = set(draft.integration.companies)
    Grant.objects.bulk_create(
        Grant(
            matrix=draft,
            integration_id=draft.integration_id,
            company_id=draft.company_id,
            grantee_id=one.grantee_id,
            role=one.role,
            term=one.term,
            level=one.lowered or one.level,
        )
        for one in live.cells.order_by("id")
        if one.role or one.grantee_id in parties
    )


def put_in_force(row: AccessMatrix) -> None:
    """The version is live from now on, and the one before it retires."""
    before = AccessMatrix.objects.filter(
        integration=row.integration_id, company_id=row.company_id, state=State.LIVE
    ).select_for_update()
    for old in before:
        old.state = State.RETIRED
        old.version += 1
        old.save()
    row.state, row.live_from = State.LIVE, clock.now()


def opened(
    by: Subject, matrix: AccessMatrix, version: int, *, states: tuple[State, ...] = (State.DRAFT,)
) -> tuple[int, AccessMatrix]:
    """The acting company and the version, locked, in one of these states, for one of its administrators."""
    company = acting_for(by, "administer", [matrix.company_id])
    check_joined(matrix.integration, company)
    return company, locked(matrix, version, states=states)


def locked(matrix: AccessMatrix, version: int, *, states: tuple[State, ...]) -> AccessMatrix:
    """The version, locked; raises Stale when somebody saved since `version`, BadInput in another state."""
    row = AccessMatrix.objects.select_for_update().get(pk=matrix.pk)
    if row.version != version:
        raise stale(row)
    if row.state not in states:
        what = "A proposed or signed access matrix does not change. Take it back, or draft the next version."
        raise BadInput(what if State.DRAFT in states else f"This version is {row.get_state_display().lower()}.",
                       code="frozen")  # fmt: skip
    return row


def turned(
    row: AccessMatrix, *, by: Subject, verb: str, company: int, evidence: Mapping[str, object] | None = None
) -> AccessMatrix:
    """Store a new state and record it; with the evidence of a rehearsal that stood then."""
    row.version += 1
    row.save()
    record(
        by=by,
        verb=verb,
        thing=row,
        company=company,
        after={"no": row.no, "state": row.state, "sha256": row.sha256, "signer": row.signed_by, **(evidence or {})},
    )
    return row


def is_signer(by: Subject, integration: Integration, company: int) -> bool:
    """Whether the signed-in person signs the access matrix for their company."""
    allowed = signers(integration=integration, company=company, activity=SIGN)
    return any(one.user_id == by.user_id and one.company_id == company for one in allowed)
