"""A list that somebody used: a row in each of its tables."""

from portal.core import clock
from portal.ui.listing.models import DefaultView, Export, ImportLine, ImportPlan, SavedView
from tests.characters import Character


def used(who: Character) -> tuple[SavedView, ImportPlan]:
    """A shared view that opens the list of people, an export of it, and a planned import of one person."""
    company, now = who.company.pk, clock.now()
    view = SavedView.objects.create(
        company_id=company, owner=who.user, listing="people", name=f"View of {who.company.name}", shared=True
    )
    DefaultView.objects.create(user=who.user, company_id=company, listing="people", view=view.uid)
    Export.objects.create(
        company_id=company, listing="people", columns="name", format="csv", rows=1, person=who.user.name, at=now
    )
    plan = ImportPlan.objects.create(
        company_id=company, listing="people", file=f"{who.company.name}.csv", new=1, person=who.user.name, made=now
    )
    ImportLine.objects.create(plan=plan, company_id=company, n=2, cells={"name": "Zoë"}, verdict="new", label="Zoë")
    return view, plan
