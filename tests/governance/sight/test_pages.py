"""Who can see what, and why: the chain of reasons, and of a partner nothing but what is shared."""

from django.urls import reverse

from tests import factories
from tests.characters import Character
from tests.story import Story


def test_who_sees_a_term_is_told_with_the_chain(story: Story, ada: Character, vic: Character) -> None:
    factories.role_grant(story.integration, story.a, "viewer", term="title", level="none")
    html = ada.client.get(reverse("sight", args=[story.integration.uid]) + "?term=title").content.decode()
    assert "Access matrix 1, signed by Ada: none for a viewer" in html
    assert "Access matrix 1, signed by Ada: write" in html
    assert "No cell speaks of it: full, by default for an administrator" in html


def test_what_a_partner_keeps_is_only_not_agreed_to_be_shared(story: Story, ada: Character) -> None:
    address = reverse("sight", args=[story.integration.uid])
    assert "send it over" in ada.client.get(f"{address}?term=title").content.decode()
    html = ada.client.get(f"{address}?term=labels").content.decode()
    assert "Not agreed to be shared" in html


def test_all_that_a_person_sees_is_told(story: Story, ada: Character, vic: Character) -> None:
    factories.role_grant(story.integration, story.a, "viewer", term="title", level="none")
    html = ada.client.get(reverse("person-sight", args=[vic.person.uid])).content.decode()
    assert "none for a viewer" in html
    assert "Every other term: read" in html


def test_the_api_tells_the_same(story: Story, ada: Character, dan: Character) -> None:
    address = f"/api/v1/sights/{story.integration.uid}/?term=title"
    rows = {row["name"]: row for row in ada.api().get(address).json()}
    assert (rows["Birch"]["level"], rows["Ada"]["level"]) == ("write", "full")
    assert "Access matrix 1, signed by Ada: write" in rows["Birch"]["why"]
    assert dan.api().get(address).status_code == 404
