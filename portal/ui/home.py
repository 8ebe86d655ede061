"""Home: what waits for me, how the integrations are, and what the upper floors add."""

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponse

from portal.access.models import User
from portal.core import clock
from portal.ui import navigation
from portal.ui.pages import page, render_page
from portal.ui.templatetags.ui import zone_of


@dataclass(frozen=True, slots=True)
class Filled:
    """A panel with what it shows."""

    key: str
    template: str
    data: object


@page
def home(request: HttpRequest) -> HttpResponse:
    """The first page after the sign-in."""
    user = cast(User, request.user)
    duties = navigation.duties(request)
    context = {
        "greeting": greeting(clock.now().astimezone(zone_of(request)).hour),
        "first_name": user.name.split(" ")[0],
        "duties": duties[:8],
        "further": max(0, len(duties) - 8),
        "waiting": len(duties),
        "figures": navigation.figures(request),
        "panels": [Filled(panel.key, panel.template, panel.load(request)) for panel in navigation.panels()],
    }
    return render_page(request, "portal/home.html", context, block="live")


def greeting(hour: int) -> str:
    """A word for the time of day."""
    if hour < 5:
        return "Good night"
    if hour < 12:
        return "Good morning"
    return "Good afternoon" if hour < 18 else "Good evening"
