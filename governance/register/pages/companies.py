"""Pages of companies: the register's front page, one company, and a new one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from governance.register.models import Company
from governance.register.pages.forms import CompanyForm
from governance.register.selectors import (
    companies_of,
    invitations_of,
    letters_of,
    people_of,
    systems_of,
    teams_of,
)
from governance.register.services.companies import change_company, register_company
from portal.access.guard import may
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.selectors import deeds_of
from portal.ui.pages import page, refuse, render_page, see_other, subject_of, visible_or_404


@require_GET
@page
def register(request: HttpRequest) -> HttpResponse:
    """The acting company's part of the register: itself, its systems, its people, its partners."""
    by = subject_of(request)
    companies = list(companies_of(by))
    own = next((company for company in companies if company.pk == by.company), None)
    context = {
        "own": own,
        "partners": [company for company in companies if company.pk not in by.companies],
        "people": people_of(by),
        "systems": systems_of(by),
        "invitations": invitations_of(by),
        "administers": bool(own and may(by, "administer", own)),
    }
    return render_page(request, "governance/register/register.html", context)


@page
def company_new(request: HttpRequest) -> HttpResponse:
    """Register a company; its first administrator is who registers it."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            company = register_company(by=subject_of(request), **form.cleaned_data)
        except BadInput as fault:
            refuse(form, fault)
        else:
            request.session["company"] = company.pk
            messages.success(request, f"{company.name} is registered, and you are its administrator.")
            return see_other(reverse("register"))
    return render_page(
        request, "governance/register/company_new.html", {"form": form}, status=422 if form.errors else 200
    )


@page
def company(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One company: what it is, and for its own people the code and the form."""
    by = subject_of(request)
    row = visible_or_404(Company.objects.all(), by, uid)
    administers = bool(may(by, "administer", row))
    start = {"name": row.name, "siam_role": row.siam_role, "time_zone": row.time_zone}
    form = CompanyForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            change_company(by=by, company=row, **form.cleaned_data)
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, "The company is saved.")
            return see_other(reverse("company", args=[uid]))
    tab = request.GET.get("tab", "overview")
    context = {
        "company": row,
        "own": row.pk in by.companies,
        "administers": administers,
        "form": form,
        "tab": tab,
        "teams": teams_of(by) if row.pk == by.company and tab == "overview" else [],
        "changes": bool(may(by, "change", row)),
        "letters": letters_of(by) if administers and tab == "invitations" else [],
        "now": clock.now(),
        "deeds": deeds_of(row, subject=by) if tab == "history" else [],
    }
    return render_page(request, "governance/register/company.html", context, status=422 if form.errors else 200)
