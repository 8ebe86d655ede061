"""The pages of rehearsals of a matrix and a dictionary."""

import pytest
from django.urls import reverse

from governance.accessmatrix.services.cells import Cell
from governance.rehearsals.services import rehearse_paper
from governance.rulebook.models import Rehearsal
from sync.flow import agreements
from tests.characters import Character, as_subject
from tests.governance.rehearsals.papers import next_matrix, worked
from tests.query_counts import QueryCounts
from tests.story import Story
from tests.sync.flow.tracks import stream


@pytest.fixture
def drafted(ada: Character, story: Story) -> Story:
    """A story of polled systems with a next matrix."""
    agreements._cache.clear()
    for system in (story.desk, story.board):
        stream(system)
    with as_subject(ada.subject) as by:
        next_matrix(by, story, Cell(story.b.pk, "labels", "read"))
    return story


def address(name: str, story: Story) -> str:
    """A page of the integration."""
    return reverse(name, args=[story.integration.uid])


def test_the_matrix_leads_to_its_rehearsals(drafted: Story, ada: Character) -> None:
    assert address("matrix-rehearsals", drafted) in ada.client.get(address("grants", drafted)).content.decode()


def test_a_rehearsal_is_asked_for_and_followed_on_its_own_page(drafted: Story, ada: Character) -> None:
    answer = ada.client.post(address("matrix-rehearse", drafted), {"days": "7"})
    row = Rehearsal.objects.get(what="matrix")
    assert answer["Location"] == reverse("rehearsal", args=[row.uid])
    worked(row)
    html = ada.client.get(answer["Location"]).content.decode()
    assert "Rehearsal of the access matrix, version" in html
    assert address("matrix-rehearsals", drafted) in html


def test_evidence_of_the_version_as_it_stands_is_told_with_its_digest(
    drafted: Story, ada: Character, query_counts: QueryCounts
) -> None:
    with as_subject(ada.subject) as by:
        row = rehearse_paper(by=by, integration=drafted.integration, what="matrix")
    done = worked(row)
    ada.client.get("/")
    with query_counts.pinned("GET matrix-rehearsals"):
        html = ada.client.get(address("matrix-rehearsals", drafted)).content.decode()
    assert done.digest[:16] in html
    assert done.sentence in html


def test_a_wrong_number_of_days_is_refused_in_place(drafted: Story, ada: Character) -> None:
    answer = ada.client.post(address("matrix-rehearse", drafted), {"days": "400"})
    assert answer.status_code == 422
    assert "Enter 1 to 90 days." in answer.content.decode()


def test_without_a_version_the_page_teaches(ada: Character, story: Story) -> None:
    story.integration.access_matrices.all().delete()
    assert "Nothing to rehearse yet" in ada.client.get(address("matrix-rehearsals", story)).content.decode()


def test_the_partner_finds_nothing_of_it(drafted: Story, ada: Character, ben: Character, dan: Character) -> None:
    with as_subject(ada.subject) as by:
        row = rehearse_paper(by=by, integration=drafted.integration, what="matrix")
    assert ben.client.get(reverse("rehearsal", args=[row.uid])).status_code == 404
    assert str(row.uid) not in ben.client.get(address("matrix-rehearsals", drafted)).content.decode()
    assert dan.client.get(address("matrix-rehearsals", drafted)).status_code == 404


def test_the_dictionary_has_its_rehearsals_too(ada: Character, story: Story) -> None:
    html = ada.client.get(address("dictionary-rehearsals", story)).content.decode()
    assert "Draft the next one to rehearse it" in html
