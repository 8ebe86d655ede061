"""Views of lists that the story's people saved for their colleagues."""

from governance.register.listing.integrations import INTEGRATIONS
from governance.register.listing.people import PEOPLE
from governance.story import words
from governance.story.acting import acting
from portal.ui.listing.declare import Listing
from portal.ui.listing.models import SavedView
from portal.ui.listing.services import save_view

#: list, name, state as the query of an address
VIEWS: tuple[tuple[Listing, str, str], ...] = (
    (PEOPLE, "Who can sign", "role=administrator&suspended=no"),
    (PEOPLE, "Never signed in", "signs_in=no&show=name%2Cemail%2Crole%2Clast_login"),
    (INTEGRATIONS, "Without an owner", "ownerless=yes"),
)


def save_views() -> None:
    """Each company's first administrator shares them; those that stand stay as they are."""
    for house in words.HOUSES:
        with acting(house.members[0].email) as by:
            standing = set(SavedView.objects.filter(company_id=by.company).values_list("listing", "name"))
            for listing, name, query in VIEWS:
                if (listing.key, name) not in standing:
                    save_view(by=by, listing=listing, name=name, query=query, shared=True)
