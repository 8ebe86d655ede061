"""Writes of lists: saved views, exports, and imports from the plan to the last row."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from portal.access.models import User
from portal.access.subject import Role, Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied, Stale
from portal.history.services import record
from portal.ui.listing.allowed import importing, may_write
from portal.ui.listing.declare import Listing
from portal.ui.listing.imports import Kind, Typed, Verdict
from portal.ui.listing.models import PLAN_DAYS, DefaultView, Export, ImportLine, ImportPlan, SavedView

VIEWS = 50
#: plans that one sweep deletes at most
PLANS_AT_ONCE = 200


@transaction.atomic
def save_view(*, by: Subject, listing: Listing, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep a way to look at a list under a name; one's own view of that name takes the new state."""
    if by.user_id is None or by.read_only or not by.company:
        raise Denied("Sign in and act for a company to save a view.")
    name = checked_name(name)
    rows = SavedView.objects.filter(company_id=by.company, owner_id=by.user_id, listing=listing.key)
    if rows.count() >= VIEWS:
        raise BadInput(f"You have {VIEWS} views of this list. Delete one first.", fields={"name": "Too many views."})
    if len(query) > 2000:
        raise BadInput("This view holds too many filters to be saved. Take some away.", fields={"name": "Too long."})
    view = rows.filter(name=name).first() or SavedView(
        company_id=by.company, owner_id=by.user_id, listing=listing.key, name=name
    )
    before = view_facts(view) if view.pk else {}
    view.query, view.shared = query, shared
    view.save()
    record(by=by, verb="save", thing=view, company=by.company, before=before, after=view_facts(view))
    return view


@transaction.atomic
def change_view(*, by: Subject, view: SavedView, name: str, shared: bool) -> SavedView:
    """Another name for one's own view, or shared with the company or not."""
    if view.owner_id != by.user_id or by.read_only:
        raise Denied("Only who saved a view may change it. Save one of your own.")
    name = checked_name(name)
    others = SavedView.objects.filter(company_id=view.company_id, owner_id=view.owner_id, listing=view.listing)
    if others.filter(name=name).exclude(pk=view.pk).exists():
        raise BadInput("You have another view of this name.", fields={"name": "You have another view of this name."})
    before = view_facts(view)
    view.name, view.shared = name, shared
    view.save()
    record(by=by, verb="change", thing=view, company=view.company_id, before=before, after=view_facts(view))
    return view


@transaction.atomic
def delete_view(*, by: Subject, view: SavedView) -> None:
    """Delete one's own view; a shared one also by an administrator of the company."""
    role = by.role(view.company_id)
    rules = view.shared and role is Role.ADMINISTRATOR
    if by.read_only or not (view.owner_id == by.user_id or rules):
        raise Denied("Only who saved a view, or an administrator, may delete it.")
    record(by=by, verb="delete", thing=view, company=view.company_id, before=view_facts(view))
    view.delete()


@transaction.atomic
def open_with(*, by: Subject, listing: Listing, view: SavedView | None) -> None:
    """From now on the list opens with this view for the acting person; None = with all rows again."""
    if by.user_id is None or by.read_only:
        raise Denied("Sign in to choose a view.")
    user = User.objects.get(pk=by.user_id)
    if view is None:
        DefaultView.objects.filter(user=user, company_id=by.company, listing=listing.key).delete()
    else:
        DefaultView.objects.update_or_create(
            user=user, company_id=by.company, listing=listing.key, defaults={"view": view.uid}
        )
    after = {"listing": listing.key, "opens with": view.name if view else ""}
    record(by=by, verb="choose the view of", thing=user, company=by.company, after=after)


@transaction.atomic
def record_export(
    *, by: Subject, listing: Listing, query: str, columns: Sequence[str], format: str, rows: int
) -> Export:
    """Keep that somebody took a list out, in the same transaction that read it."""
    made = Export.objects.create(
        company_id=by.company,
        listing=listing.key,
        query=query[:2000],
        columns=",".join(columns)[:1000],
        format=format,
        rows=rows,
        person=by.name,
        at=clock.now(),
    )
    after = {"list": listing.key, "rows": rows, "columns": list(columns), "filter": query}
    record(by=by, verb="export", thing=made, company=by.company, after=after)
    return made


@transaction.atomic
def plan_import(
    *, by: Subject, listing: Listing, file: str, rows: Sequence[Typed], notes: Sequence[str], into: UUID | None
) -> ImportPlan:
    """Judge every row of a file and keep the verdicts; nothing of the list is written."""
    importer = importing(by, listing)
    place = importer.opened(by, into)
    verdicts = importer.judge(by, into, rows)
    drop_old_plans(clock.now())
    plan = ImportPlan.objects.create(
        company_id=by.company,
        listing=listing.key,
        into=into,
        place=place,
        file=file[:120],
        notes=list(notes),
        person=by.name,
        made=clock.now(),
    )
    keep_lines(plan, rows, verdicts)
    after = {"list": listing.key, "into": place, **counts(plan)}
    record(by=by, verb="plan an import of", thing=plan, company=by.company, after=after)
    return plan


@transaction.atomic
def replan_import(*, by: Subject, listing: Listing, plan: ImportPlan) -> ImportPlan:
    """Judge the same rows against what stands now."""
    importer = importing(by, listing)
    plan = locked(plan)
    importer.opened(by, plan.into)
    rows = typed_of(plan)
    verdicts = importer.judge(by, plan.into, rows)
    plan.lines.all().delete()
    plan.made = clock.now()
    keep_lines(plan, rows, verdicts)
    record(by=by, verb="plan again an import of", thing=plan, company=plan.company_id, after=counts(plan))
    return plan


@transaction.atomic
def apply_import(*, by: Subject, listing: Listing, plan: ImportPlan, leave_out: bool = False) -> ImportPlan:
    """Write every good row of a plan, or nothing.

    1. lock the plan and what its rows are judged against; 2. refuse while rows are refused and the person did not
    choose to leave them out; 3. judge every row again and refuse when one verdict differs from the plan; 4. write
    through the room's services.
    """
    importer = importing(by, listing)
    plan = locked(plan)
    importer.opened(by, plan.into)
    importer.lock(by, plan.into)
    if plan.refused and not leave_out:
        raise BadInput(
            f"{plan.refused:,} rows are refused. Correct the file, or choose to leave them out.", code="refused-rows"
        )
    if not plan.new + plan.changed:
        raise BadInput("Nothing would be written: no row is new or changed.", code="nothing-to-do")
    kept = list(plan.lines.order_by("n"))
    rows = [Typed(line.n, line.cells, line.fault) for line in kept]
    verdicts = importer.judge(by, plan.into, rows)
    moved = [line.n for line, now in zip(kept, verdicts, strict=True) if differs(line, now)]
    if moved:
        raise Stale(
            f"The list has changed since this plan was made: {len(moved):,} rows would now end otherwise, "
            f"the first is row {moved[0]}. Nothing was written. Plan it again and look.",
            code="plan-is-old",
        )
    good = [row for row, now in zip(rows, verdicts, strict=True) if now.kind in {Kind.NEW, Kind.CHANGED}]
    try:
        importer.write(by, plan.into, good)
    except IntegrityError as fault:
        raise Stale(
            "Somebody added one of these rows at the same moment. Nothing was written. Plan it again and look.",
            code="plan-is-old",
        ) from fault
    plan.state, plan.applied = ImportPlan.State.APPLIED, clock.now()
    plan.save()
    record(by=by, verb="apply an import of", thing=plan, company=plan.company_id, after=counts(plan))
    return plan


@transaction.atomic
def discard_import(*, by: Subject, plan: ImportPlan) -> ImportPlan:
    """Throw a plan away with its rows; history keeps that there was one."""
    may_write(by)
    plan = locked(plan)
    plan.lines.all().delete()
    plan.state = ImportPlan.State.DISCARDED
    plan.save()
    record(by=by, verb="discard an import of", thing=plan, company=plan.company_id, before=counts(plan))
    return plan


def drop_old_plans(now: datetime) -> int:
    """Delete the import plans that are over their time with all their rows, applied or not; returns how many.

    Of the companies that the transaction has entered: those of a worker's sweep, or of who plans anew. History
    keeps that there was a plan, and what became of it.
    """
    old = ImportPlan.objects.filter(made__lt=now - timedelta(days=PLAN_DAYS)).values_list("pk", flat=True)
    plans = list(old[:PLANS_AT_ONCE])
    ImportLine.objects.filter(plan__in=plans).delete()
    ImportPlan.objects.filter(pk__in=plans).delete()
    return len(plans)


def locked(plan: ImportPlan) -> ImportPlan:
    """The plan, locked; raises BadInput when it is done with."""
    plan = ImportPlan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != ImportPlan.State.PLANNED:
        raise BadInput(f"This import is {plan.get_state_display().lower()} already.", code="import-over")
    return plan


def keep_lines(plan: ImportPlan, rows: Sequence[Typed], verdicts: Sequence[Verdict]) -> None:
    """Store the verdicts and their counts."""
    ImportLine.objects.bulk_create(
        (
            ImportLine(
                plan=plan,
                company_id=plan.company_id,
                n=row.n,
                cells=dict(row.cells),
                fault=row.fault[:300],
                verdict=one.kind.value,
                label=one.label[:200],
                before=dict(one.before),
                after=dict(one.after),
                sentence=one.sentence[:400],
                column=one.column[:60],
            )
            for row, one in zip(rows, verdicts, strict=True)
        ),
        batch_size=2000,
    )
    for kind in Kind:
        setattr(plan, kind.value, sum(one.kind is kind for one in verdicts))
    plan.save()


def typed_of(plan: ImportPlan) -> list[Typed]:
    """The rows of a plan as they were typed."""
    return [Typed(line.n, line.cells, line.fault) for line in plan.lines.order_by("n")]


def differs(line: ImportLine, now: Verdict) -> bool:
    """Whether a row would end otherwise than the plan says."""
    return (line.verdict, line.before, line.after) != (now.kind.value, dict(now.before), dict(now.after))


def checked_name(name: str) -> str:
    """A view's name; raises BadInput."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise BadInput("A view needs a name, up to 60 characters.", fields={"name": "Enter 1 to 60 characters."})
    return name


def view_facts(view: SavedView) -> dict[str, object]:
    """A view as history keeps it."""
    return {"list": view.listing, "name": view.name, "shared": view.shared, "query": view.query}


def counts(plan: ImportPlan) -> dict[str, object]:
    """A plan's figures."""
    return {kind.value: getattr(plan, kind.value) for kind in Kind}
