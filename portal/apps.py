"""The portal floor as a Django app."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate

from portal.access.checks import check_login


class PortalConfig(AppConfig):
    """Ground floor: access, history, secrets, pages' frame and the API's frame."""

    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Keep the grants of unpoliced tables in step with every migration; check logins."""
        from portal.access.rls import grant_exempt  # noqa: PLC0415 - models load after apps

        post_migrate.connect(grant_exempt, sender=self, dispatch_uid="grant_exempt")
        register(check_login, "walls", deploy=True)
