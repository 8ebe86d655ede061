"""Where home leads to the landscape; registered when the process starts."""

from django.http import HttpRequest

from portal.ui.navigation import Panel, register_panel


def register_all() -> None:
    """Fill the registry."""
    register_panel(Panel("landscape", "governance/landscape/home.html", nothing, 60))


def nothing(request: HttpRequest) -> None:
    """The panel is a link alone; home does not pay for the picture."""
