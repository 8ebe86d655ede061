"""The page of a term: its meaning, and its path from each system's field to the other's."""

import pytest
from django.urls import reverse

from governance.dictionary.models import Term
from tests.characters import Character
from tests.query_counts import QueryCounts
from tests.story import Story


def page(story: Story, name: str) -> str:
    """The page of a term."""
    return reverse("term-path", args=[story.integration.uid, name])


def test_the_path_leads_from_ones_own_field_over_the_term_to_the_partners_system(
    story: Story, ada: Character, query_counts: QueryCounts
) -> None:
    Term.objects.filter(dictionary=story.dictionary, name="priority").update(semantics="How soon it must be solved.")
    ada.client.get("/")
    with query_counts.pinned("GET term-path"):
        html = ada.client.get(page(story, "priority")).content.decode()
    assert "How soon it must be solved." in html
    assert "2 ways over 1 connection, 2 of them open." in html
    assert "urgent" in html
    assert "Desk sends it" in html.replace("Sends it", "sends it")


def test_the_partners_fields_and_value_maps_are_never_told(story: Story, ada: Character, ben: Character) -> None:
    html = ada.client.get(page(story, "priority")).content.decode()
    assert "Highest" not in html
    assert "its own field" in html
    other = ben.client.get(page(story, "title")).content.decode()
    assert "summary" in other
    assert "subject" not in other.partition("<main")[2]


def test_a_term_that_no_rule_names_travels_nowhere(story: Story, ada: Character) -> None:
    Term.objects.filter(dictionary=story.dictionary, name="labels").update(name="lonely")
    assert "It travels nowhere" in ada.client.get(page(story, "lonely")).content.decode()


def test_comments_have_a_path_and_no_wording(story: Story, ada: Character) -> None:
    html = ada.client.get(page(story, "comment")).content.decode()
    assert "A part of an item that travels beside its terms." in html
    assert "beside the fields" in html


def test_an_unknown_term_and_a_strangers_integration_do_not_exist(
    story: Story, ada: Character, dan: Character
) -> None:
    assert ada.client.get(page(story, "nonsense")).status_code == 404
    assert dan.client.get(page(story, "priority")).status_code == 404


@pytest.mark.parametrize("name", ["<script>", "x" * 300])
def test_a_name_out_of_an_address_is_looked_up_and_never_shown(story: Story, ada: Character, name: str) -> None:
    address = page(story, "priority").replace("priority", name)
    assert ada.client.get(address).status_code == 404
