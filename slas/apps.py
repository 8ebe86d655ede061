"""The SLA floor as a Django app."""

from django.apps import AppConfig


class SlasConfig(AppConfig):
    """How long it took."""

    name = "slas"
    verbose_name = "SLAs"
