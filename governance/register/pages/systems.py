"""Pages of systems: what they are, how they run, and their credentials, which are only ever written."""

from uuid import UUID

from django.contrib import messages
from django.db.models import OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.register import ports
from governance.register.models import System
from governance.register.pages.forms import CredentialForm, SystemForm
from governance.register.presence import downtimes_of, windows_of
from governance.register.selectors import access_of, credential_hint, people_of
from governance.register.services.systems import (
    Secret,
    SystemDraft,
    ask_system,
    change_system,
    register_system,
    set_credential,
    set_webhook_secret,
)
from governance.register.visits import return_address
from portal.access.guard import may
from portal.core.errors import BadInput, Stale
from portal.history.selectors import deeds_of
from portal.ui.pages import back_to, page, refuse, render_page, see_other, subject_of, visible_or_404

#: what each tab shows of a worker's answers
PROBES = {"overview": ("check", "describe"), "credential": ("subscribe", "oauth")}


@page
def system_new(request: HttpRequest) -> HttpResponse:
    """Choose a kind, then enter the system."""
    by = subject_of(request)
    kind = ports.kind_of(request.GET.get("kind", ""))
    if kind is None:
        return render_page(request, "governance/register/system_kinds.html", {"kinds": ports.sync().kinds()})
    form = SystemForm(request.POST or None)
    form.shape(kind, people_of(by))
    if request.method == "POST" and form.is_valid():
        try:
            row = register_system(by=by, kind=kind.key, draft=draft_of(form))
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, f"{row.name} is registered. Enter its credential next.")
            return see_other(reverse("system", args=[row.uid]))
    context = {"form": form, "kind": kind, "setting_fields": setting_fields(form)}
    return render_page(request, "governance/register/system_new.html", context, status=422 if form.errors else 200)


@require_GET
@page
def system(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One system."""
    return system_page(request, uid)


def system_page(
    request: HttpRequest,
    uid: UUID,
    *,
    credential_form: CredentialForm | None = None,
    webhook_secret: str = "",
) -> HttpResponse:
    """The page, with a credential form as refused, or a webhook secret just made."""
    by = subject_of(request)
    row = visible_or_404(
        System.objects.annotate(windows=downtimes_of(OuterRef("pk"), by=by)).select_related("owner"), by, uid
    )
    kind = ports.kind_of(row.kind)
    form = credential_form or CredentialForm()
    if kind and not credential_form:
        form.shape(kind)
    tab = request.GET.get("tab", "overview")
    probes = ports.sync().latest([row.pk], PROBES[tab], by=by) if tab in PROBES else {}
    context = {
        "system": row,
        "kind": kind,
        "run": ports.sync().runs([row.pk], by=by).get(row.pk),
        "credential": credential_hint(row, by=by),
        "form": form,
        "webhook_secret": webhook_secret,
        "described": probes.get((row.pk, "describe")),
        "check": probes.get((row.pk, "check")),
        "signed": probes.get((row.pk, "oauth")),
        "return_address": return_address(),
        "subscribed": probes.get((row.pk, "subscribe")),
        "administers": bool(may(by, "administer", row)),
        "operates": bool(may(by, "operate", row)),
        "changes": bool(may(by, "change", row)),
        "downtimes": windows_of(row),
        "sides": row.sides.select_related("connection") if tab == "overview" else [],
        "tab": tab,
        "deeds": deeds_of(row, subject=by) if tab == "history" else [],
        "access": access_of(by) if tab == "access" else [],
    }
    return render_page(request, "governance/register/system.html", context, status=422 if form.errors else 200)


@page
def system_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change name, address and settings."""
    by = subject_of(request)
    row = visible_or_404(System.objects.all(), by, uid)
    kind = ports.kind_of(row.kind)
    if kind is None:
        raise Http404
    start = {
        "name": row.name,
        "base_url": row.base_url,
        "environment": row.environment,
        "owner": row.owner_id,
        "support_access": row.support_access,
        "product_version": row.product_version,
        "docs_url": row.docs_url,
        "time_zone": row.time_zone,
        "version": row.version,
        **{f"setting_{key}": value for key, value in row.settings.items()},
    }
    form = SystemForm(request.POST or None, initial=start)
    form.shape(kind, people_of(by))
    if request.method == "POST" and form.is_valid():
        try:
            change_system(by=by, system=row, draft=draft_of(form, row), version=form.cleaned_data["version"] or 0)
        except BadInput as fault:
            refuse(form, fault)
        except Stale as fault:
            form.add_error(None, fault.sentence)
            fresh = System.objects.values_list("version", flat=True).get(pk=row.pk)
            form.data = {**form.data.dict(), "version": fresh}  # type: ignore[attr-defined]
        else:
            messages.success(request, f"{form.cleaned_data['name']} is saved, and tried again at once.")
            return see_other(reverse("system", args=[uid]))
    context = {"form": form, "system": row, "kind": kind, "setting_fields": setting_fields(form)}
    return render_page(request, "governance/register/system_edit.html", context, status=422 if form.errors else 200)


@require_POST
@page
def system_credential(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Seal a new credential and check the system with it."""
    by = subject_of(request)
    row = visible_or_404(System.objects.all(), by, uid)
    kind = ports.kind_of(row.kind)
    form = CredentialForm(request.POST)
    if kind is None:
        raise Http404
    form.shape(kind)
    if form.is_valid():
        try:
            set_credential(by=by, system=row, secret=Secret(**form.cleaned_data))
        except BadInput as fault:
            refuse(form, fault)
        else:
            for question in PROBES["overview"]:
                ask_system(by=by, system=row, kind=question)
            messages.success(request, "The credential is sealed. A worker now checks the system with it.")
            return see_other(reverse("system", args=[uid]))
    return system_page(request, uid, credential_form=form)


@require_POST
@page
def system_webhook(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a new webhook secret; it is shown once."""
    by = subject_of(request)
    row = visible_or_404(System.objects.all(), by, uid)
    return system_page(request, uid, webhook_secret=set_webhook_secret(by=by, system=row))


@require_POST
@page
def system_ask(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """Have a worker check the system or read its fields."""
    by = subject_of(request)
    row = visible_or_404(System.objects.all(), by, uid)
    answer = ask_system(by=by, system=row, kind=kind)
    if request.headers.get("HX-Request"):
        return render_page(request, "governance/register/probe.html", {"answer": answer}, block="answer")
    messages.success(request, "Asked. A worker answers within seconds.")
    return see_other(back_to(request, reverse("system", args=[uid])))


@require_GET
@page
def probe(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The answer of a probe, live until it is there."""
    answer = ports.sync().answer(uid, by=subject_of(request))
    if answer is None:
        raise Http404
    return render_page(request, "governance/register/probe.html", {"answer": answer}, block="answer")


def draft_of(form: SystemForm, row: System | None = None) -> SystemDraft:
    """What was entered; settings that the form does not show stay."""
    data = form.cleaned_data
    kept = {key: value for key, value in (row.settings if row else {}).items() if key == "type"}
    return SystemDraft(
        name=data["name"],
        base_url=data["base_url"],
        environment=data["environment"],
        settings={**kept, **form.settings()},
        owner=data["owner"],
        support_access=data["support_access"],
        product_version=data["product_version"],
        docs_url=data["docs_url"],
        time_zone=data["time_zone"] or "UTC",
    )


def setting_fields(form: SystemForm) -> list[object]:
    """The bound fields of the kind's own settings."""
    return [form[name] for name in form.fields if name.startswith("setting_")]
