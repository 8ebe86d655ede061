"""Who of the signed matrices is not here: a part of the integration's and of the company's page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from governance.raci.selectors import vacancies
from governance.register.models import Company, Integration
from portal.ui.pages import page, subject_of, visible_or_404


@require_GET
@page
def of_integration(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The vacancies of one integration, whichever party's."""
    by = subject_of(request)
    row = visible_or_404(Integration.objects.all(), by, uid)
    return render(request, "governance/raci/vacancies.html", {"rows": vacancies(by, integration=row)})


@require_GET
@page
def of_company(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The vacancies of the acting company, in all its integrations; nothing on a partner's page."""
    by = subject_of(request)
    company = visible_or_404(Company.objects.all(), by, uid)
    rows = vacancies(by) if company.pk == by.company else []
    return render(request, "governance/raci/vacancies.html", {"rows": rows, "named": True})
