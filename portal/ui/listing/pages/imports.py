"""Importing a file: the template, the upload, the plan with its verdicts, and the deed."""

from collections.abc import Iterator
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from portal.core.errors import BadInput, Stale
from portal.ui.listing import sheets
from portal.ui.listing.allowed import importing
from portal.ui.listing.declare import Value
from portal.ui.listing.imports import Kind, typed
from portal.ui.listing.models import ImportLine, ImportPlan
from portal.ui.listing.pages.lists import listing_or_404
from portal.ui.listing.selectors import lines_of, plans_of
from portal.ui.listing.services import apply_import, discard_import, plan_import, replan_import
from portal.ui.listing.writing import KINDS, written
from portal.ui.pages import page, render_page, see_other, subject_of, visible_or_404
from portal.ui.templatetags.ui import zone_of

LINES = 100


class FileForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        allow_empty_file=True,
        label="CSV or Excel file",
        help_text="Its first row holds the headings. Nothing is written before you have seen what each row would do.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )


@page
def import_file(request: HttpRequest, key: str) -> HttpResponse:
    """Upload a file; the answer is its plan."""
    return import_into(request, key, None)


@page
def import_file_into(request: HttpRequest, key: str, uid: UUID) -> HttpResponse:
    """Upload a file into one thing, for example a draft of a dictionary."""
    return import_into(request, key, uid)


def import_into(request: HttpRequest, key: str, into: UUID | None) -> HttpResponse:
    """The form, or the plan that a file makes."""
    by = subject_of(request)
    listing = listing_or_404(key, by=by)
    importer = importing(by, listing)
    place = importer.opened(by, into)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > sheets.BYTES:
                raise BadInput(f"The file is larger than {sheets.BYTES // 1_000_000} MB. Split it.")
            rows, notes = typed(sheets.read(upload.read(), upload.name), importer)
            plan = plan_import(by=by, listing=listing, file=upload.name, rows=rows, notes=notes, into=into)
        except BadInput as fault:
            form.add_error("file", fault.sentence)
        else:
            return see_other(reverse("import-plan", args=[plan.uid]))
    context = {
        "listing": listing,
        "importer": importer,
        "most": f"{importer.rows:,}",
        "place": place,
        "form": form,
        "plans": plans_of(listing, by=by),
        "here": reverse(listing.address),
    }
    return render_page(request, "portal/listing/import.html", context, status=422 if form.errors else 200)


@require_GET
@page
def import_template(request: HttpRequest, key: str, kind: str) -> HttpResponseBase:
    """An empty file with the right headings and one example row."""
    listing = listing_or_404(key, by=subject_of(request))
    if listing.importer is None or kind not in KINDS:
        raise Http404
    fields = listing.importer.fields
    example: list[list[Value]] = [[one.sample for one in fields]]
    file, _ = written(kind, [one.label for one in fields], example, zone=zone_of(request))
    name = f"{listing.key}-template.{kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=KINDS[kind])


@require_GET
@page
def import_plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A plan: what each row would do, filtered by verdict."""
    return plan_page(request, uid)


def plan_page(request: HttpRequest, uid: UUID, *, fault: str = "", old: bool = False) -> HttpResponse:
    """The page, with a sentence when applying it was refused."""
    by = subject_of(request)
    plan = visible_or_404(ImportPlan.objects.all(), by, uid)
    listing = listing_or_404(plan.listing, by=by)
    verdict = request.GET.get("verdict", "")
    verdict = verdict if verdict in set(Kind) else ""
    lines = lines_of(plan, by=by, verdict=verdict)
    shown = Paginator(lines, LINES).get_page(request.GET.get("page", ""))
    labels = {one.key: one.label for one in listing.importer.fields} if listing.importer else {}
    context = {
        "plan": plan,
        "listing": listing,
        "here": reverse(listing.address),
        "lines": [told(line, labels) for line in shown],
        "shown": shown,
        "verdict": verdict,
        "kinds": [(kind.value, kind.value.capitalize(), getattr(plan, kind.value)) for kind in Kind],
        "total": sum(getattr(plan, kind.value) for kind in Kind),
        "good": plan.new + plan.changed,
        "fault": fault,
        "old": old,
        "changes": listing.changes(by),
    }
    status = 409 if old else 422 if fault else 200
    return render_page(request, "portal/listing/plan.html", context, status=status)


def told(line: ImportLine, labels: dict[str, str]) -> dict[str, object]:
    """A row of a plan with the headings in place of the keys, in the order of the template."""
    keys = sorted(line.after, key=lambda key: list(labels).index(key) if key in labels else len(labels))
    steps = [(labels.get(key, key), line.before.get(key, ""), line.after[key]) for key in keys]
    return {"line": line, "steps": steps, "column": labels.get(line.column, line.column)}


@require_GET
@page
def import_verdicts(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The file again, with the verdict beside every row: to be corrected and uploaded once more."""
    by = subject_of(request)
    plan = visible_or_404(ImportPlan.objects.all(), by, uid)
    listing = listing_or_404(plan.listing, by=by)
    labels = {one.key: one.label for one in listing.importer.fields} if listing.importer else {}
    kept = lines_of(plan, by=by)
    first = kept.first()
    keys = [key for key in labels if first and key in first.cells]
    header = ["Row", "Verdict", "Reason", *(labels.get(key, key) for key in keys)]

    def rows() -> Iterator[list[Value]]:
        for line in kept.iterator(chunk_size=2000):
            reason = f"{labels.get(line.column, line.column)}: {line.sentence}" if line.column else line.sentence
            yield [line.n, line.verdict, reason, *(line.cells.get(key, "") for key in keys)]

    file, _ = written("csv", header, rows(), zone=zone_of(request))
    name = f"{listing.key}-verdicts.csv"
    return FileResponse(file, as_attachment=True, filename=name, content_type=KINDS["csv"])


@require_POST
@page
def import_act(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Apply a plan, make it again, or throw it away."""
    by = subject_of(request)
    plan = visible_or_404(ImportPlan.objects.all(), by, uid)
    listing = listing_or_404(plan.listing, by=by)
    act = request.POST.get("act", "")
    if act == "discard":
        discard_import(by=by, plan=plan)
        messages.success(request, "The plan is thrown away. Nothing was written.")
        return see_other(reverse(listing.address))
    if act == "again":
        replan_import(by=by, listing=listing, plan=plan)
        return see_other(reverse("import-plan", args=[uid]))
    try:
        done = apply_import(by=by, listing=listing, plan=plan, leave_out=request.POST.get("leave_out") == "yes")
    except (BadInput, Stale) as fault:
        return plan_page(request, uid, fault=fault.sentence, old=isinstance(fault, Stale))
    many = done.new + done.changed
    messages.success(request, f"{many:,} {listing.word if many == 1 else listing.words} written from {done.file}.")
    return see_other(reverse(listing.address) + "?view=all")
