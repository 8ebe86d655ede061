"""Pages of companies and their people."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_GET, require_POST

from governance.register.models import Company, Person
from governance.register.pages.forms import CompanyForm, PersonChangeForm, PersonForm
from governance.register.selectors import companies_of, invitations_of, people_of, systems_of
from governance.register.services.companies import (
    PersonDraft,
    add_person,
    change_company,
    change_person,
    readmit_person,
    register_company,
    sign_up_link,
    suspend_person,
)
from portal.access.guard import may
from portal.access.subject import Role
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
        "deeds": deeds_of(row, subject=by) if tab == "history" else [],
    }
    return render_page(request, "governance/register/company.html", context, status=422 if form.errors else 200)


@page
def person_new(request: HttpRequest) -> HttpResponse:
    """Add somebody to the acting company."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            draft = PersonDraft(data["name"], data["email"], Role(data["role"]), data["job"])
            row = add_person(by=subject_of(request), draft=draft)
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, f"{row.name} is added.")
            return see_other(reverse("person", args=[row.uid]))
    return render_page(
        request, "governance/register/person_new.html", {"form": form}, status=422 if form.errors else 200
    )


@page
def person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person of the register; their own administrator changes them here."""
    by = subject_of(request)
    row = visible_or_404(Person.objects.select_related("user", "stand_in"), by, uid)
    start = {"name": row.name, "role": row.role, "job": row.job, "stand_in": row.stand_in_id}
    form = PersonChangeForm(request.POST or None, initial=start)
    form.offer(people_of(by).exclude(pk=row.pk))
    if request.method == "POST" and form.is_valid():
        try:
            change_person(by=by, person=row, **{**form.cleaned_data, "role": Role(form.cleaned_data["role"])})
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, f"{row.name} is saved.")
            return see_other(reverse("person", args=[uid]))
    return person_page(request, row, form=form)


def person_page(request: HttpRequest, row: Person, *, form: PersonChangeForm, link: str = "") -> HttpResponse:
    """The page with a form as typed, or with a sign-up link just made."""
    by = subject_of(request)
    tab = request.GET.get("tab", "overview")
    context = {
        "person": row,
        "form": form,
        "link": link,
        "role": Role(row.role),
        "administers": bool(may(by, "administer", row)),
        "can_invite": row.user is not None and not row.user.has_usable_password(),
        "tab": tab,
        "deeds": deeds_of(row, subject=by) if tab == "history" else [],
    }
    return render_page(request, "governance/register/person.html", context, status=422 if form.errors else 200)


@require_POST
@page
def person_invite(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make the one-time sign-up link; it is shown on the page that answers, and nowhere else."""
    by = subject_of(request)
    row = visible_or_404(Person.objects.select_related("user", "stand_in"), by, uid)
    link = settings.SITE_URL + sign_up_link(by=by, person=row)
    start = {"name": row.name, "role": row.role, "job": row.job, "stand_in": row.stand_in_id}
    form = PersonChangeForm(initial=start)
    form.offer(people_of(by).exclude(pk=row.pk))
    return person_page(request, row, form=form, link=link)


@require_POST
@page
def person_suspend(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Suspend somebody, or end the suspension."""
    by = subject_of(request)
    row = visible_or_404(Person.objects.all(), by, uid)
    if row.suspended:
        readmit_person(by=by, person=row)
        messages.success(request, f"{row.name} acts for the company again.")
    else:
        suspend_person(by=by, person=row)
        messages.success(request, f"{row.name} no longer acts for the company.")
    return see_other(reverse("person", args=[uid]))


class SignUp(PasswordResetConfirmView):
    """The first password, set once through the link that an administrator handed over."""

    template_name = "governance/register/sign_up.html"
    success_url = cast(str, reverse_lazy("sign-in"))


sign_up = SignUp.as_view()
