"""A matrix or a dictionary is put to a rehearsal by its own company; the signature names the evidence that stood."""

import pytest

from governance.accessmatrix.services.cells import Cell, set_cells
from governance.accessmatrix.services.versions import propose_access, sign_access
from governance.register.models import Party
from governance.rehearsals.selectors import proof
from governance.rehearsals.services import rehearse_paper
from governance.rulebook.models import Evidence, Rehearsal
from governance.rulebook.services.rehearsals import cancel, resume
from portal.core.errors import BadInput, Denied
from sync.flow import agreements
from tests.characters import Character, as_subject
from tests.governance.deeds import last
from tests.governance.rehearsals.papers import next_dictionary, next_matrix, with_term, worked
from tests.story import Story
from tests.sync.flow.tracks import stream


@pytest.fixture(autouse=True)
def polled(story: Story) -> None:
    """Both systems were polled."""
    agreements._cache.clear()
    for system in (story.desk, story.board):
        stream(system)


def test_what_is_replayed_is_frozen_when_it_is_asked_for(ada: Character, story: Story) -> None:
    with as_subject(ada.subject) as by:
        draft = next_matrix(by, story, Cell(story.b.pk, "labels", "read"))
        row = rehearse_paper(by=by, integration=story.integration, what="matrix")
        set_cells(by=by, matrix=draft, cells=[Cell(story.b.pk, "labels", "none")], version=draft.version)
    assert [story.b.pk, "labels", "read"] in Evidence.objects.get(rehearsal=row).rules["cells"]


def test_the_signature_of_a_matrix_names_the_evidence_of_exactly_its_cells(ada: Character, story: Story) -> None:
    Party.objects.filter(integration=story.integration, company=story.a).update(accountable=ada.person)
    with as_subject(ada.subject) as by:
        draft = next_matrix(by, story, Cell(story.b.pk, "labels", "read"))
        row = rehearse_paper(by=by, integration=story.integration, what="matrix")
    done = worked(row)
    with as_subject(ada.subject) as by:
        proposed = propose_access(by=by, matrix=draft, version=draft.version)
        sign_access(by=by, matrix=proposed, version=proposed.version)
    assert last(story.a).after["evidence"] == done.digest
    assert len(done.digest) == 64


def test_evidence_of_an_earlier_state_of_a_version_counts_for_nothing(ada: Character, story: Story) -> None:
    with as_subject(ada.subject) as by:
        draft = next_matrix(by, story, Cell(story.b.pk, "labels", "read"))
        row = rehearse_paper(by=by, integration=story.integration, what="matrix")
    worked(row)
    assert proof("matrix", story.integration.pk, story.a.pk, draft.no) is not None
    with as_subject(ada.subject) as by:
        set_cells(by=by, matrix=draft, cells=[Cell(story.b.pk, "labels", "none")], version=draft.version)
    assert proof("matrix", story.integration.pk, story.a.pk, draft.no) is None


def test_evidence_of_a_dictionary_belongs_to_the_company_that_asked(ada: Character, story: Story) -> None:
    draft = next_dictionary(story, with_term("priority", allowed=["P1"]))
    with as_subject(ada.subject) as by:
        row = rehearse_paper(by=by, integration=story.integration, what="dictionary")
    worked(row)
    assert proof("dictionary", story.integration.pk, story.a.pk, draft.no) is not None
    assert proof("dictionary", story.integration.pk, story.b.pk, draft.no) is None


def test_what_is_in_force_is_not_rehearsed(ada: Character, story: Story) -> None:
    with as_subject(ada.subject) as by:
        for what in ("matrix", "dictionary"):
            with pytest.raises(BadInput, match="no open version"):
                rehearse_paper(by=by, integration=story.integration, what=what)


def test_one_rehearsal_of_a_paper_is_at_work_at_a_time(ada: Character, story: Story) -> None:
    with as_subject(ada.subject) as by:
        next_matrix(by, story)
        rehearse_paper(by=by, integration=story.integration, what="matrix")
        with pytest.raises(BadInput, match="at work"):
            rehearse_paper(by=by, integration=story.integration, what="matrix")


def test_it_is_cancelled_and_resumed_by_its_own_company(ada: Character, story: Story) -> None:
    with as_subject(ada.subject) as by:
        next_matrix(by, story)
        row = rehearse_paper(by=by, integration=story.integration, what="matrix")
        cancel(by=by, rehearsal=row)
        assert Rehearsal.objects.get(pk=row.pk).state == "cancelled"
        resume(by=by, rehearsal=row)
    assert last(story.a).verb == "resume a rehearsal of the access matrix of"
    assert worked(row).state == "done"


def test_a_viewer_and_a_stranger_rehearse_nothing(
    vic: Character, dan: Character, ada: Character, story: Story
) -> None:
    with as_subject(ada.subject) as by:
        next_matrix(by, story)
    for who in (vic, dan):
        with as_subject(who.subject) as by, pytest.raises(Denied):
            rehearse_paper(by=by, integration=story.integration, what="matrix")


def test_more_days_than_are_kept_are_refused(ada: Character, story: Story) -> None:
    with as_subject(ada.subject) as by:
        next_matrix(by, story)
        with pytest.raises(BadInput) as refused:
            rehearse_paper(by=by, integration=story.integration, what="matrix", days=91)
    assert "days" in refused.value.fields
