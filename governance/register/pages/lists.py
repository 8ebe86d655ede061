"""Pages of the register's lists."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from governance.register.listing.companies import COMPANIES
from governance.register.listing.connections import CONNECTIONS
from governance.register.listing.integrations import INTEGRATIONS
from governance.register.listing.people import PEOPLE
from governance.register.listing.systems import SYSTEMS
from portal.ui.listing.pages.lists import show_listing
from portal.ui.pages import page


@require_GET
@page
def companies(request: HttpRequest) -> HttpResponse:
    """The own company and its partners."""
    return show_listing(request, COMPANIES)


@require_GET
@page
def people(request: HttpRequest) -> HttpResponse:
    """The people of the acting company."""
    return show_listing(request, PEOPLE)


@require_GET
@page
def systems(request: HttpRequest) -> HttpResponse:
    """The systems of the acting company."""
    return show_listing(request, SYSTEMS)


@require_GET
@page
def integrations(request: HttpRequest) -> HttpResponse:
    """What the acting company is a party to, and what it is invited to."""
    return show_listing(request, INTEGRATIONS)


@require_GET
@page
def connections(request: HttpRequest) -> HttpResponse:
    """The connections of the acting company."""
    return show_listing(request, CONNECTIONS)
