"""How many queries each page of this floor takes: the frame's three and at most five of its own."""

import pytest
from django.urls import reverse

from tests import factories
from tests.characters import Character
from tests.query_counts import QueryCounts
from tests.story import Story


@pytest.mark.parametrize(
    ("name", "of", "more"),
    [
        ("register", None, ""),
        ("systems", None, ""),
        ("integrations", None, ""),
        ("system", "desk", ""),
        ("system", "desk", "?tab=history"),
        ("integration", "integration", ""),
        ("integration", "integration", "?tab=access"),
        ("connection", "connection", ""),
        ("connection", "connection", "?tab=history"),
        ("dictionary", "integration", ""),
        ("dictionary", "integration", "?tab=changes"),
        ("dictionary", "integration", "?tab=history"),
        ("dictionary-drift", "integration", ""),
        ("grants", "integration", ""),
        ("rulebook", "connection", ""),
        ("rulebook", "connection", "?tab=versions"),
        ("rulebook", "connection", "?tab=history"),
    ],
)
def test_a_page_takes_the_pinned_number_of_queries(
    name: str, of: str | None, more: str, story: Story, ada: Character, query_counts: QueryCounts
) -> None:
    factories.credential(story.desk)
    arguments = [getattr(story, of).uid] if of else []
    arguments += ["a"] if name == "rulebook" else []
    ada.client.get(reverse("register"))
    with query_counts.pinned(f"GET {name}{more}"):
        assert ada.client.get(reverse(name, args=arguments) + more).status_code == 200
