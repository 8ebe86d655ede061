"""The terms of a draft: added, changed, removed, each checked and recorded."""

from dataclasses import replace

import pytest

from governance.accessmatrix.models import Grant
from governance.dictionary.models import Dictionary, Term
from governance.dictionary.rules import TermDraft
from governance.dictionary.services.terms import remove_term, save_term, save_terms
from governance.dictionary.services.versions import draft_dictionary
from portal.access.standing import subject_of
from portal.core.errors import BadInput, Denied
from tests import factories
from tests.characters import Character, as_subject
from tests.governance.deeds import last
from tests.governance.dictionary.conftest import STATUS
from tests.governance.dictionary.table import put_in_force
from tests.story import Story


def test_an_agreed_dictionary_does_not_change(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="does not change"):
        save_term(by=by, dictionary=story.dictionary, draft=STATUS, version=story.dictionary.version)


@pytest.mark.parametrize(
    ("term", "field"),
    [
        (TermDraft("Customer Reference", "C"), "name"),
        (TermDraft("comment", "Comment"), "name"),
        (TermDraft("status", "Again"), "name"),
        (TermDraft("title", ""), "label"),
        (TermDraft("title", "Title", "poem"), "type"),
        (TermDraft("title", "Title", allowed=("a",)), "allowed"),
        (TermDraft("title", "Title", path=True), "path"),
        (TermDraft("title", "Title", Term.Type.CHOICE), "allowed"),
        (TermDraft("title", "Title", Term.Type.CHOICE, allowed=("a", "a")), "allowed"),
        (TermDraft("title", "Title", Term.Type.CHOICE, allowed=("a", "b"), allowed_labels=("A", "a")), "allowed"),
        (TermDraft("title", "Title", Term.Type.CHOICE, allowed=("a",), samples=("b",)), "samples"),
        (TermDraft("title", "Title", max_length=0), "max_length"),
        (TermDraft("title", "Title", max_length=3, samples=("four",)), "samples"),
        (TermDraft("title", "Title", samples=tuple("abcdef")), "samples"),
        (TermDraft("size", "Size", Term.Type.NUMBER, max_length=3), "max_length"),
        (TermDraft("title", "Title", classification="top"), "classification"),
        (TermDraft("title", "Title", source_of_truth=999_999), "source_of_truth"),
        (TermDraft("title", "Title", system_of_record=999_999), "system_of_record"),
        (TermDraft("impact", "Impact", Term.Type.CHOICE, allowed=("low", "high"), unique=True), "unique"),
    ],
)
def test_a_term_that_makes_no_sense_names_the_field(
    term: TermDraft, field: str, draft: Dictionary, ada: Character
) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        save_term(by=by, dictionary=draft, draft=term, version=draft.version)
    assert list(caught.value.fields) == [field]


@pytest.mark.parametrize("who", ["vic", "dan"])
def test_a_viewer_or_stranger_edits_nothing(who: str, draft: Dictionary, request: pytest.FixtureRequest) -> None:
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises(Denied):
        save_term(by=by, dictionary=draft, draft=TermDraft("title", "Title"), version=draft.version)


def test_a_removed_term_stays_in_history_for_both(draft: Dictionary, ben: Character) -> None:
    with as_subject(ben.subject) as by:
        remove_term(by=by, dictionary=draft, term=Term.objects.get(), version=draft.version)
    deed = last(ben.company)
    assert deed.before["allowed"] == ["new", "done"]
    assert deed.readers == sorted(draft.companies)
    assert not Term.objects.exists()


def test_everything_said_of_a_term_comes_along_into_the_next_version(
    draft: Dictionary, ada: Character, ben: Character
) -> None:
    desk = factories.system(ada.company, "Desk")
    said = TermDraft(
        "reference",
        "Reference",
        samples=("MER-1", "MER-2"),
        max_length=40,
        unique=True,
        mandatory=True,
        source_of_truth=ben.company.pk,
        system_of_record=desk.pk,
    )
    levels = replace(STATUS, name="level", label="Level", allowed=("1", "2"), allowed_labels=("Low", "High"))
    with as_subject(ada.subject) as by:
        save_terms(by=by, dictionary=draft, drafts=[said, levels], version=draft.version)
    put_in_force(draft, ada, ben)
    with as_subject(ben.subject) as by:
        following = draft_dictionary(by=by, integration=draft.integration)
        copy = following.terms.get(name="reference")
    assert (copy.samples, copy.unique, copy.mandatory, copy.max_length) == (["MER-1", "MER-2"], True, True, 40)
    assert (copy.system_of_record_id, copy.system_name, copy.source_of_truth_id) == (desk.pk, "Desk", ben.company.pk)
    assert following.terms.get(name="level").values.pairs == (("1", "Low"), ("2", "High"))


def test_a_company_names_its_own_systems_and_leaves_the_partners_as_it_stands(
    draft: Dictionary, ada: Character, ben: Character
) -> None:
    desk = factories.system(ada.company, "Desk")
    with as_subject(ada.subject) as by:
        named = replace(STATUS, system_of_record=desk.pk)
        status = save_term(by=by, dictionary=draft, draft=named, version=draft.version, term=Term.objects.get())
    draft.refresh_from_db()
    with as_subject(ben.subject) as by:
        other = replace(named, label="State")
        save_term(by=by, dictionary=draft, draft=other, version=draft.version, term=status)
        draft.refresh_from_db()
        with pytest.raises(BadInput) as caught:
            new = TermDraft("title", "Title", system_of_record=desk.pk)
            save_term(by=by, dictionary=draft, draft=new, version=draft.version)
    assert list(caught.value.fields) == ["system_of_record"]
    assert (Term.objects.get().label, Term.objects.get().system_name) == ("State", "Desk")


def test_the_access_matrix_says_whose_role_changes_and_classifies_a_terms_words(
    story: Story, ada: Character, cleo: Character
) -> None:
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
    title = Term.objects.get(dictionary=made, name="title")
    said = TermDraft("title", "Headline", max_length=150)
    with as_subject(cleo.subject) as by:
        with pytest.raises(Denied, match="full on title"):
            secret = replace(said, classification="confidential")
            save_term(by=by, dictionary=made, draft=secret, version=made.version, term=title)
        save_term(by=by, dictionary=made, draft=said, version=made.version, term=title)
    Grant.objects.create(
        matrix=factories.access_matrix(story.integration, cleo.company),
        integration=story.integration,
        company=cleo.company,
        role="operator",
        term="title",
        level="read",
    )
    made.refresh_from_db()
    with as_subject(subject_of(cleo.user)) as by, pytest.raises(Denied, match="write on title"):
        save_term(by=by, dictionary=made, draft=said, version=made.version, term=title)


def test_many_terms_are_written_all_or_none(draft: Dictionary, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput):
        drafts = [TermDraft("title", "Title"), TermDraft("Bad Name", "Bad")]
        save_terms(by=by, dictionary=draft, drafts=drafts, version=draft.version)
    assert [term.name for term in Term.objects.all()] == ["status"]
