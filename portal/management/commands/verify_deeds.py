"""Whether nobody changed the audit trail behind our back: every company's chain, from the command line."""

from django.core.management.base import BaseCommand, CommandError

from portal.history.models import Deed
from portal.history.services import broken_at


class Command(BaseCommand):
    """`manage.py verify_deeds`: run it as the owner, who reads every company's deeds; from cron, for example."""

    help = "Check each company's chain of deeds; fails with the number of the first deed that does not fit."

    def handle(self, *args: object, **options: object) -> None:
        """Check and say what was found; raises CommandError when a chain is broken."""
        companies = Deed.objects.order_by("company_id").values_list("company_id", flat=True).distinct()
        found = {company: broken_at(company) for company in companies}
        broken = [f"company {company} from deed {n} on" for company, n in found.items() if n is not None]
        if broken:
            raise CommandError("The chain of deeds does not hold: " + ", ".join(broken) + ".")
        self.stdout.write(f"{len(found)} chains of deeds hold.")
