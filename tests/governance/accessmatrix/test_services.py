"""Grants: each company sets only its own, and sees no other's."""

import pytest

from governance.accessmatrix.models import Grant
from governance.accessmatrix.selectors import fingerprint, grants_of, own_grants
from governance.accessmatrix.services import Cell, set_grants
from portal.core.errors import BadInput, Denied, Stale
from tests.characters import Character, as_subject
from tests.governance.deeds import last
from tests.story import Story


def test_a_company_grants_a_partner_a_term(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        changed = set_grants(by=by, integration=story.integration, cells=[Cell(story.b.pk, "labels", "read")])
    assert changed == 1
    assert Grant.objects.get(company=story.a, term="labels").level == "read"
    deed = last(story.a)
    assert (deed.before, deed.after) == ({"Birch: labels": "none"}, {"Birch: labels": "read"})


def test_a_partner_never_reads_the_matrix_nor_its_history(story: Story, ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        set_grants(by=by, integration=story.integration, cells=[Cell(story.b.pk, "labels", "read")])
    with as_subject(ben.subject) as by:
        assert not Grant.objects.filter(company=story.a).exists()
        assert all(grant.company == story.b.pk for grant in grants_of(story.integration.pk))
    assert last(story.a).readers == [story.a.pk]


def test_what_is_withdrawn_is_left_out_for_the_engine(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        set_grants(by=by, integration=story.integration, cells=[Cell(story.b.pk, "title", "none")])
    found = {grant.term for grant in grants_of(story.integration.pk) if grant.company == story.a.pk}
    assert "title" not in found
    assert "status" in found


def test_saving_the_same_grid_changes_and_records_nothing(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        assert not set_grants(by=by, integration=story.integration, cells=[Cell(story.b.pk, "title", "write")])


@pytest.mark.parametrize("who", ["cleo", "vic", "dan"])
def test_only_an_administrator_of_a_party_grants(who: str, story: Story, request: pytest.FixtureRequest) -> None:
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises(Denied):
        set_grants(by=by, integration=story.integration, cells=[Cell(story.b.pk, "title", "none")])


@pytest.mark.parametrize(
    ("grantee", "term", "level"),
    [("b", "colour", "read"), ("b", "title", "all"), ("a", "title", "read"), ("d", "title", "read")],
)
def test_a_cell_that_there_is_not_is_named(
    grantee: str, term: str, level: str, story: Story, ada: Character, dan: Character
) -> None:
    pk = {"a": story.a.pk, "b": story.b.pk, "d": dan.company.pk}[grantee]
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        set_grants(by=by, integration=story.integration, cells=[Cell(pk, term, level)])
    assert set(caught.value.fields) == {f"grant_{pk}_{term}"}


def test_the_second_of_two_administrators_is_told(story: Story, ada: Character) -> None:
    cells = [Cell(story.b.pk, "labels", "read")]
    with as_subject(ada.subject) as by:
        seen = fingerprint(own_grants(story.integration.pk, by=by))
        set_grants(by=by, integration=story.integration, cells=cells, seen=seen)
        with pytest.raises(Stale, match="Ada saved the access matrix"):
            set_grants(by=by, integration=story.integration, cells=cells, seen=seen)
