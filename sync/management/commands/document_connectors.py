"""docs/connectors.md, written anew from the connectors' own declarations."""

from django.conf import settings
from django.core.management.base import BaseCommand

from sync.connectors.directory import page
from sync.flow.webhooks import NoVault


class Command(BaseCommand):
    """`manage.py document_connectors`: run it after a connector's capabilities or settings changed."""

    help = "Write docs/connectors.md from what the connectors declare."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        """Write the page."""
        (settings.ROOT / "docs" / "connectors.md").write_text(page(NoVault()))
