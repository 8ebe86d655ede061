"""What history says of a test's act."""

from governance.register.models import Company
from portal.history.models import Deed


def verbs(company: Company) -> list[str]:
    """The verbs of a company's chain, oldest first."""
    return list(Deed.objects.filter(company_id=company.pk).order_by("n").values_list("verb", flat=True))


def last(company: Company) -> Deed:
    """A company's newest deed."""
    return Deed.objects.filter(company_id=company.pk).order_by("-n")[0]
