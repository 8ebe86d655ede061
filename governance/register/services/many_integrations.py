"""Writes of many integrations at once: every check of the single write, in a handful of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from governance.register.acting import acting_for
from governance.register.models import Company, Integration, Party
from governance.register.services.integrations import (
    IntegrationDraft,
    check_integration,
    goals_of,
    integration_facts,
    share,
)
from governance.register.timing import next_review
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import Act, record_all

BATCH = 1000
FIELDS = (
    "name", "purpose", "mode", "stage", "owner", "stand_in", "goals", "batch_minutes", "rhythm", "next_review",
    "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """The integrations of a company by name in lower case, each with whether the company has joined it."""

    rows: Mapping[str, Integration]
    joined: frozenset[int]
    #: names in lower case that several have
    twice: frozenset[str]

    def check(self, draft: IntegrationDraft, *, company: int) -> None:
        """Raises BadInput when an integration cannot stand like that."""
        name = draft.name.strip().lower()
        if name in self.twice:
            raise BadInput("", fields={"name": "Several integrations have this name. Give each a name of its own."})
        row = self.rows.get(name)
        if row is not None and row.pk not in self.joined:
            raise BadInput("", fields={"name": "Your company is invited to it and has not joined. Join first."})
        check_integration(draft, parties=set(row.companies) if row else {company})


def known_of(company: int) -> Known:
    """The integrations that a company is a party to or invited to. Two queries."""
    rows: dict[str, Integration] = {}
    twice = set()
    found = Integration.objects.filter(companies__contains=[company]).select_related("owner", "stand_in")
    for row in found:
        name = row.name.lower()
        if name in rows:
            twice.add(name)
        rows[name] = row
    parties = Party.objects.filter(company_id=company, joined__isnull=False)
    return Known(rows, frozenset(parties.values_list("integration_id", flat=True)), frozenset(twice))


@transaction.atomic
def put_integrations(*, by: Subject, drafts: Sequence[IntegrationDraft]) -> list[Integration]:
    """Start and change integrations of the acting company, each known by its name; all of them, or none.

    1. check each as the single write would; 2. store the new ones, each with the company as its first party, then
    the changed ones; 3. bring readers in step once for each set of parties; 4. record each.
    """
    company = acting_for(by, "change", by.companies)
    own = Company.objects.select_for_update().get(pk=company)
    known = known_of(company)
    for draft in drafts:
        known.check(draft, company=company)
    old = [known.rows[draft.name.strip().lower()] for draft in drafts if draft.name.strip().lower() in known.rows]
    before = {row.pk: integration_facts(row) for row in old}
    new = []
    for draft in drafts:
        row = known.rows.get(draft.name.strip().lower())
        if row is None:
            row = Integration(companies=[company], version=0)
            new.append(row)
        filled(row, draft)
    bulk_create_with_history(new, Integration, batch_size=BATCH)
    now = clock.now()
    Party.objects.bulk_create(
        Party(
            integration=row,
            company_id=company,
            companies=[company],
            siam_role=own.siam_role,
            accountable=row.owner,
            joined=now,
        )
        for row in new
    )
    bulk_update_with_history(old, Integration, FIELDS, batch_size=BATCH)
    for row in {tuple(row.companies): row for row in [*new, *old]}.values():
        share(row)
    record_all(by=by, verb="start", company=company, acts=[Act(row, after=integration_facts(row)) for row in new])
    acts = [Act(row, before=before[row.pk], after=integration_facts(row), readers=row.companies) for row in old]
    record_all(by=by, verb="change", company=company, acts=acts)
    return [*new, *old]


def filled(row: Integration, draft: IntegrationDraft) -> None:
    """Put a draft onto an integration; the next review moves with the rhythm only."""
    draft = replace(draft, name=draft.name.strip(), purpose=draft.purpose.strip())
    if row.pk is None or row.rhythm != draft.rhythm or row.next_review is None:
        last = row.reviewed or (row.created.date() if row.pk else clock.now().date())
        row.next_review = next_review(last, draft.rhythm)
    for name in ("name", "purpose", "mode", "stage", "owner", "stand_in", "batch_minutes", "rhythm"):
        setattr(row, name, getattr(draft, name))
    row.goals = goals_of(draft)
    row.version += 1
