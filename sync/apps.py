"""The sync floor as a Django app."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """What moves between trackers."""

    name = "sync"
    verbose_name = "Sync"
