"""The access matrix: each company writes only its own; widening needs a signature, taking back acts at once."""

import pytest

from governance.accessmatrix.models import AccessMatrix, Grant
from governance.accessmatrix.selectors import fingerprint, grants_of, table_of
from governance.accessmatrix.services.cells import Cell, set_cells, withdraw
from governance.accessmatrix.services.versions import (
    discard_access,
    draft_access,
    enforce_access,
    propose_access,
    sign_access,
    take_back_access,
)
from governance.register.models import Party
from portal.access.subject import Subject
from portal.core.errors import BadInput, Denied, Stale
from tests.characters import Character, as_subject
from tests.governance.deeds import last
from tests.story import Story

State = AccessMatrix.State


def drafted(by: Subject, story: Story, *cells: Cell) -> AccessMatrix:
    """A draft with some cells."""
    draft = draft_access(by=by, integration=story.integration)
    set_cells(by=by, matrix=draft, cells=cells, version=draft.version)
    draft.refresh_from_db()
    return draft


def proposed(by: Subject, story: Story, *cells: Cell) -> AccessMatrix:
    """A proposed version with some cells."""
    draft = drafted(by, story, *cells)
    return propose_access(by=by, matrix=draft, version=draft.version)


def accountable(story: Story, who: Character) -> None:
    """Make somebody the accountable person of their party."""
    Party.objects.filter(integration=story.integration, company=who.company).update(accountable=who.person)


def granted(story: Story, term: str) -> str:
    """What Aster lets Birch do with a term at this moment."""
    return table_of(story.integration.pk).partner(story.a.pk, story.b.pk, term).word


def test_a_draft_grants_nothing_until_it_is_signed(story: Story, ada: Character) -> None:
    accountable(story, ada)
    with as_subject(ada.subject) as by:
        row = proposed(by, story, Cell(story.b.pk, "labels", "read"))
        assert granted(story, "labels") == "none"
        signed = sign_access(by=by, matrix=row, version=row.version)
        assert signed.state == State.LIVE
        assert granted(story, "labels") == "read"


def test_the_version_before_retires(story: Story, ada: Character) -> None:
    accountable(story, ada)
    with as_subject(ada.subject) as by:
        row = proposed(by, story, Cell(story.b.pk, "labels", "read"))
        sign_access(by=by, matrix=row, version=row.version)
    states = AccessMatrix.objects.filter(company=story.a).order_by("no").values_list("no", "state")
    assert list(states) == [(1, "retired"), (2, "live")]


def test_only_the_accountable_person_signs(story: Story, ada: Character, cleo: Character) -> None:
    accountable(story, cleo)
    with as_subject(ada.subject) as by:
        row = proposed(by, story, Cell(story.b.pk, "labels", "read"))
        with pytest.raises(Denied, match="Cleo signs"):
            sign_access(by=by, matrix=row, version=row.version)


def test_a_signed_version_waits_until_it_is_put_in_force(story: Story, ada: Character) -> None:
    accountable(story, ada)
    with as_subject(ada.subject) as by:
        row = proposed(by, story, Cell(story.b.pk, "labels", "read"))
        row = sign_access(by=by, matrix=row, version=row.version, live=False)
        assert granted(story, "labels") == "none"
        enforce_access(by=by, matrix=row, version=row.version)
        assert granted(story, "labels") == "read"


def test_what_was_signed_is_pinned_by_its_digest(story: Story, ada: Character) -> None:
    accountable(story, ada)
    with as_subject(ada.subject) as by:
        row = proposed(by, story, Cell(story.b.pk, "labels", "read"))
        row = sign_access(by=by, matrix=row, version=row.version, live=False)
        assert row.sha256 == fingerprint(row.cells.all())
        row.cells.filter(term="labels").update(level="write")
        with pytest.raises(BadInput):
            enforce_access(by=by, matrix=row, version=row.version)


def test_a_grant_is_taken_back_at_once_and_without_a_signature(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        assert withdraw(by=by, integration=story.integration, cells=[Cell(story.b.pk, "title", "none")]) == 1
    found = {grant.term for grant in grants_of(story.integration.pk) if grant.company == story.a.pk}
    assert "title" not in found
    assert "status" in found
    deed = last(story.a)
    assert (deed.before, deed.after) == ({"Birch: title": "write"}, {"Birch: title": "none"})


@pytest.mark.parametrize(("term", "level"), [("labels", "read"), ("description", "write")])
def test_more_is_never_granted_without_a_signature(term: str, level: str, story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="more than is signed") as caught:
        withdraw(by=by, integration=story.integration, cells=[Cell(story.b.pk, term, level)])
    assert caught.value.code == "needs-signature"


def test_what_was_taken_back_is_not_given_back_without_a_signature(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        withdraw(by=by, integration=story.integration, cells=[Cell(story.b.pk, "title", "none")])
        with pytest.raises(BadInput):
            withdraw(by=by, integration=story.integration, cells=[Cell(story.b.pk, "title", "write")])


def test_the_next_draft_begins_with_what_is_in_force(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        withdraw(by=by, integration=story.integration, cells=[Cell(story.b.pk, "title", "none")])
        draft = draft_access(by=by, integration=story.integration)
        levels = {one.term: one.level for one in draft.cells.all()}
    assert (levels["title"], levels["status"]) == ("none", "write")


def test_a_partner_never_reads_the_matrix_nor_its_history(story: Story, ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        drafted(by, story, Cell(story.b.pk, "labels", "read"), Cell(None, "labels", "none", "viewer"))
    with as_subject(ben.subject):
        assert not AccessMatrix.objects.filter(company=story.a).exists()
        assert not Grant.objects.filter(company=story.a).exists()
        assert all(grant.company == story.b.pk for grant in grants_of(story.integration.pk))
    assert last(story.a).readers == [story.a.pk]


def test_saving_the_same_cells_changes_and_records_nothing(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        draft = draft_access(by=by, integration=story.integration)
        cells = [Cell(story.b.pk, "title", "write"), Cell(None, "title", "", "viewer")]
        assert not set_cells(by=by, matrix=draft, cells=cells, version=draft.version)


@pytest.mark.parametrize("who", ["cleo", "vic", "dan"])
def test_only_an_administrator_of_a_party_writes(who: str, story: Story, request: pytest.FixtureRequest) -> None:
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises(Denied):
        withdraw(by=by, integration=story.integration, cells=[Cell(story.b.pk, "title", "none")])
    with as_subject(other.subject) as by, pytest.raises(Denied):
        draft_access(by=by, integration=story.integration)


@pytest.mark.parametrize(
    ("grantee", "role", "term", "level"),
    [
        ("b", "", "colour", "read"),
        ("b", "", "title", "all"),
        ("b", "", "title", "full"),
        ("b", "", "on-system", "read"),
        ("a", "", "title", "read"),
        ("d", "", "title", "read"),
        ("", "emperor", "title", "read"),
    ],
)
def test_a_cell_that_there_is_not_is_named(
    grantee: str, role: str, term: str, level: str, story: Story, ada: Character, dan: Character
) -> None:
    pk = {"a": story.a.pk, "b": story.b.pk, "d": dan.company.pk, "": None}[grantee]
    with as_subject(ada.subject) as by:
        draft = draft_access(by=by, integration=story.integration)
        with pytest.raises(BadInput) as caught:
            set_cells(by=by, matrix=draft, cells=[Cell(pk, term, level, role)], version=draft.version)
    assert len(caught.value.fields) == 1


def test_the_second_of_two_administrators_is_told(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        draft = draft_access(by=by, integration=story.integration)
        set_cells(by=by, matrix=draft, cells=[Cell(story.b.pk, "labels", "read")], version=draft.version)
        with pytest.raises(Stale, match="Ada saved it"):
            set_cells(by=by, matrix=draft, cells=[Cell(story.b.pk, "labels", "write")], version=draft.version)


def test_a_proposal_is_frozen_and_can_be_taken_back(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        row = proposed(by, story, Cell(story.b.pk, "labels", "read"))
        with pytest.raises(BadInput, match="does not change"):
            set_cells(by=by, matrix=row, cells=[], version=row.version)
        row = take_back_access(by=by, matrix=row, version=row.version)
        assert row.state == State.DRAFT
        discard_access(by=by, matrix=row, version=row.version)
    assert not AccessMatrix.objects.filter(company=story.a, no=2).exists()
