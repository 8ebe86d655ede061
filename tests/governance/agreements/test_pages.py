"""The page of all agreements."""

from django.urls import reverse

from tests.characters import Character
from tests.governance.test_pages import page_of
from tests.story import Story


def test_a_dictionary_in_force_stands_among_the_agreements(story: Story, ada: Character, dan: Character) -> None:
    assert "Dictionary 1" in page_of(ada, reverse("agreements"))
    assert "Dictionary 1" not in page_of(dan, reverse("agreements"))


def test_a_company_without_agreements_is_told_what_will_stand_there(dan: Character) -> None:
    assert "Once both companies signed a version, it stands here." in page_of(dan, reverse("agreements"))
