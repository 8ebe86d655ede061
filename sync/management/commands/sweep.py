"""One sweep from the command line, for installations that prefer cron to Celery beat."""

from django.core.management.base import BaseCommand

from sync.flow import sweeping


class Command(BaseCommand):
    """`manage.py sweep`: wakes everything that is due, once."""

    help = "Wake every lane and system that is due, once. Run it every few seconds where no Celery beat runs."

    def handle(self, *args: object, **options: object) -> None:
        """Sweep and say what was found."""
        shards, systems = sweeping.sweep()
        self.stdout.write(f"{shards} shards and {systems} systems are due.")
