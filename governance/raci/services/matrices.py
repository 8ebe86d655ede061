"""Writes of a version of the RACI: drafted, proposed, signed by every party, retired by the next."""

from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from governance.raci.models import Activity, Column, Duty, Matrix, MatrixSignature
from governance.raci.papers import Paper
from governance.raci.rules import findings, fingerprint
from governance.raci.selectors import paper_of
from governance.raci.signing import signer
from governance.raci.templates import ALL
from governance.register.acting import acting_for, stale
from governance.register.models import Integration, Party, Person
from governance.register.services.integrations import check_joined
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.services import record

State = Matrix.State
#: what the signature under a RACI is an activity of
SIGN = "sign-raci"


@transaction.atomic
def draft_matrix(*, by: Subject, integration: Integration) -> Matrix:
    """The next version: a copy of the signed one, or the guide's activities with a column for each party."""
    company = acting_for(by, "change", integration.companies)
    check_joined(integration, company)
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    versions = Matrix.objects.filter(integration=integration)
    if versions.filter(state__in=[State.DRAFT, State.PROPOSED]).exists():
        raise BadInput("There is a draft already. Go on with that one.", code="draft-exists")
    last = versions.aggregate(last=Max("no"))["last"] or 0
    draft = Matrix.objects.create(integration=integration, companies=integration.companies, no=last + 1)
    signed = versions.filter(state=State.SIGNED).first()
    if signed is not None:
        copy(signed, draft)
    else:
        begin(draft)
    record(
        by=by,
        verb="draft",
        thing=draft,
        company=company,
        readers=draft.companies,
        after={"no": draft.no, "copied from": signed.no if signed else None},
    )
    return draft


@transaction.atomic
def propose_matrix(*, by: Subject, matrix: Matrix, version: int) -> Matrix:
    """Lay a draft before the parties. It is frozen from now on; each activity has exactly one A."""
    company, row = opened(by, matrix, version)
    check_whole(paper_of(row, by=by))
    row.state, row.proposed = State.PROPOSED, clock.now()
    return turned(row, by=by, verb="propose", company=company)


@transaction.atomic
def withdraw_matrix(*, by: Subject, matrix: Matrix, version: int) -> Matrix:
    """Back to a draft that can be edited; signatures given to the proposal no longer count."""
    company, row = opened(by, matrix, version, state=State.PROPOSED)
    row.signatures.all().delete()
    row.state, row.proposed = State.DRAFT, None
    return turned(row, by=by, verb="withdraw", company=company)


@transaction.atomic
def sign_matrix(*, by: Subject, matrix: Matrix, version: int) -> Matrix:
    """The signature of the acting company's accountable person; in force once every party that joined has signed.

    1. the signed-in person is one of the company's signers; 2. every activity has exactly one A; 3. the digest of
    what is signed is stored; 4. with the last signature the version before retires. Nobody signs for another company.
    """
    company = acting_for(by, "view", matrix.companies)
    if by.read_only:
        raise Denied("This token may only read. Make one with write scope.")
    check_joined(matrix.integration, company)
    row = Matrix.objects.select_for_update().get(pk=matrix.pk)
    if row.version != version or row.state != State.PROPOSED:
        raise stale(row)
    person = signer(by, row.integration, company, activity=SIGN, of="the RACI")
    paper = paper_of(row, by=by)
    check_whole(paper)
    digest = fingerprint(paper.frozen)
    MatrixSignature.objects.update_or_create(
        matrix=row,
        company_id=company,
        defaults={
            "person": person,
            "name": person.name,
            "at": clock.now(),
            "sha256": digest,
        },
    )
    parties = Party.objects.filter(integration=row.integration_id, joined__isnull=False)
    if not parties.exclude(company__in=row.signatures.filter(sha256=digest).values("company")).exists():
        put_in_force(row)
    record(
        by=by,
        verb="sign",
        thing=row,
        company=company,
        readers=row.companies,
        after={"no": row.no, "state": row.state, "sha256": digest, "signer": person.name},
    )
    return row


@transaction.atomic
def discard_matrix(*, by: Subject, matrix: Matrix, version: int) -> None:
    """Throw a draft away; history keeps what it held."""
    company, row = opened(by, matrix, version)
    cells = {f"{one}: {other}": letters for (one, other), letters in paper_of(row, by=by).frozen.cells.items()}
    record(
        by=by,
        verb="discard",
        thing=row,
        company=company,
        readers=row.companies,
        before={"no": row.no, "cells": cells},
    )
    row.delete()


def opened(by: Subject, matrix: Matrix, version: int, *, state: str = State.DRAFT) -> tuple[int, Matrix]:
    """The acting company and the version, locked, in this state; raises Stale when somebody saved since `version`."""
    company = acting_for(by, "change", matrix.companies)
    check_joined(matrix.integration, company)
    row = Matrix.objects.select_for_update().get(pk=matrix.pk)
    if row.version != version:
        raise stale(row)
    if row.state != state:
        raise BadInput(
            "A proposed or signed RACI does not change. Take the proposal back, or draft the next version."
            if state == State.DRAFT
            else "This RACI is not proposed.",
            code="frozen",
        )
    return company, row


def turned(row: Matrix, *, by: Subject, verb: str, company: int) -> Matrix:
    """Store a new state and record it."""
    row.version += 1
    row.save()
    record(
        by=by,
        verb=verb,
        thing=row,
        company=company,
        readers=row.companies,
        after={"no": row.no, "state": row.state},
    )
    return row


def check_whole(paper: Paper) -> None:
    """Raises BadInput unless every activity has exactly one A, in every party where it is each company's own."""
    wrong = [one.sentence for one in findings(paper.frozen) if one.blocks]
    if not paper.frozen.rows or wrong:
        more = f" And {len(wrong) - 3} more." if len(wrong) > 3 else ""
        raise BadInput(f"Every activity needs exactly one A. {' '.join(wrong[:3])}{more}", code="not-one-accountable")


def put_in_force(row: Matrix) -> None:
    """The proposal becomes the signed version and the one before it retires."""
    for old in Matrix.objects.filter(integration=row.integration_id, state=State.SIGNED):
        old.state = State.RETIRED
        old.save()
    row.state, row.signed = State.SIGNED, clock.now()
    row.version += 1
    row.save()


def begin(draft: Matrix) -> None:
    """The guide's activities, and a column for each party and for its accountable person."""
    Activity.objects.bulk_create(
        Activity(
            matrix=draft,
            key=row.key,
            label=row.label,
            step=row.step,
            scope=Activity.Scope.EACH if row.each else Activity.Scope.ALL,
            position=place,
        )
        for place, row in enumerate(ALL)
    )
    parties = Party.objects.filter(integration=draft.integration_id).select_related("company", "accountable")
    columns = []
    for party in parties.order_by("id"):
        if party.accountable is not None:
            columns.append(column_of(draft, party.accountable))
        columns.append(
            Column(
                matrix=draft,
                company=party.company,
                kind=Column.Kind.COMPANY,
                name=party.company.name,
            )
        )
    for place, column in enumerate(columns):
        column.position = place
    Column.objects.bulk_create(columns)


def column_of(draft: Matrix, person: Person) -> Column:
    """A column of one person, not saved."""
    return Column(
        matrix=draft,
        company_id=person.company_id,
        kind=Column.Kind.PERSON,
        person=person,
        name=person.name,
        job=person.job,
    )


def copy(signed: Matrix, draft: Matrix) -> None:
    """Rows, columns and letters of the signed version, with today's names; who has left leaves a vacancy."""
    activities = {row.pk: row for row in signed.activities.all()}
    columns = {row.pk: row for row in signed.columns.select_related("person")}
    for activity in activities.values():
        activity.pk, activity.uid, activity.matrix, activity._state.adding = None, uuid4(), draft, True
    for column in columns.values():
        column.pk, column.uid, column.matrix, column._state.adding = None, uuid4(), draft, True
        if column.person is not None:
            column.name, column.job = column.person.name, column.person.job
    Activity.objects.bulk_create(activities.values())
    Column.objects.bulk_create(columns.values())
    Duty.objects.bulk_create(
        Duty(
            matrix=draft,
            activity=activities[duty.activity_id],
            column=columns[duty.column_id],
            company_id=duty.company_id,
            scope=duty.scope,
            letter=duty.letter,
        )
        for duty in signed.duties.all()
    )
