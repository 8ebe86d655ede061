"""Who of the signed matrices is not here: a part of the integration's and of the company's page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from governance.raci.front import counted
from governance.raci.selectors import unrouted, vacancies
from governance.register.models import Company, Integration
from portal.ui.pages import page, subject_of, visible_or_404


@require_GET
@page
def of_integration(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The vacancies of one integration, whichever party's, and how many events of one's own went to nobody."""
    by = subject_of(request)
    row = visible_or_404(Integration.objects.all(), by, uid)
    number = unrouted(by, integration=row).count()
    context = {"rows": vacancies(by, integration=row), "integration": row, "unrouted": number and counted(number)}
    return render(request, "governance/raci/vacancies.html", context)


@require_GET
@page
def of_company(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The vacancies of the acting company, in all its integrations; nothing on a partner's page."""
    by = subject_of(request)
    company = visible_or_404(Company.objects.all(), by, uid)
    rows = vacancies(by) if company.pk == by.company else []
    return render(request, "governance/raci/vacancies.html", {"rows": rows, "named": True})
