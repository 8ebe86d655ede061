"""The page of a dictionary's changes."""

from django.urls import reverse

from governance.dictionary.services import TermDraft, draft_dictionary, save_term
from tests.characters import Character, as_subject
from tests.story import Story


def test_the_changes_of_a_version_are_a_page(story: Story, ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
        save_term(by=by, dictionary=made, draft=TermDraft("contract", "Contract", unique=True), version=made.version)
    address = reverse("dictionary", args=[story.integration.uid]) + "?tab=changes"
    shown = ben.client.get(address).content.decode()
    assert "Contract" in shown
    assert "added" in shown
