"""Dictionaries: drafted, agreed by every party, frozen."""

import pytest

from governance.dictionary.models import Dictionary, Term
from governance.dictionary.selectors import agreed_terms
from governance.dictionary.services import (
    TermDraft,
    agree_dictionary,
    discard_dictionary,
    draft_dictionary,
    remove_term,
    save_term,
)
from governance.register.models import Integration
from portal.core.errors import BadInput, Denied, Stale
from tests import factories
from tests.characters import Character, as_subject
from tests.governance.deeds import last, verbs
from tests.story import Story

STATUS = TermDraft("status", "Status", Term.Type.CHOICE, allowed=("new", "done"), path=True)


@pytest.fixture
def care(ada: Character, ben: Character) -> Integration:
    """An integration of companies A and B without a dictionary."""
    return factories.integration(ada.company, ben.company)


@pytest.fixture
def draft(care: Integration, ada: Character) -> Dictionary:
    """Its first draft, with one term."""
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=care)
        save_term(by=by, dictionary=made, draft=STATUS, version=made.version)
    return Dictionary.objects.get(pk=made.pk)


def test_a_dictionary_is_in_force_once_every_party_agreed(draft: Dictionary, ada: Character, ben: Character) -> None:
    for who in (ada, ben):
        with as_subject(who.subject) as by:
            agree_dictionary(by=by, dictionary=draft, version=draft.version)
    assert Dictionary.objects.get().state == Dictionary.State.AGREED
    [term] = agreed_terms(draft.integration_id)
    assert (term.name, term.path, term.allowed, term.rich) == ("status", True, ("new", "done"), False)
    assert verbs(ben.company) == ["agree to"]


def test_a_party_that_has_not_joined_is_not_waited_for(draft: Dictionary, ada: Character, ben: Character) -> None:
    draft.integration.parties.filter(company=ben.company).update(joined=None)
    with as_subject(ada.subject) as by:
        agree_dictionary(by=by, dictionary=draft, version=draft.version)
    assert Dictionary.objects.get().state == Dictionary.State.AGREED


def test_an_edit_takes_back_the_yeses_to_other_words(draft: Dictionary, ada: Character, ben: Character) -> None:
    with as_subject(ben.subject) as by:
        agree_dictionary(by=by, dictionary=draft, version=draft.version)
    with as_subject(ada.subject) as by:
        save_term(by=by, dictionary=draft, draft=TermDraft("title", "Title"), version=draft.version)
    assert not draft.agreements.exists()


def test_nobody_agrees_to_words_they_have_not_seen(draft: Dictionary, ada: Character, ben: Character) -> None:
    seen = draft.version
    with as_subject(ada.subject) as by:
        save_term(by=by, dictionary=draft, draft=TermDraft("title", "Title"), version=seen)
    with as_subject(ben.subject) as by, pytest.raises(Stale, match="Ada saved it"):
        agree_dictionary(by=by, dictionary=draft, version=seen)


def test_the_next_version_begins_as_a_copy_and_the_old_one_retires(
    story: Story, ada: Character, ben: Character
) -> None:
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
    assert (made.no, made.terms.count()) == (2, story.dictionary.terms.count())
    for who in (ada, ben):
        with as_subject(who.subject) as by:
            agree_dictionary(by=by, dictionary=made, version=made.version)
    states = Dictionary.objects.order_by("no").values_list("state", flat=True)
    assert list(states) == [Dictionary.State.RETIRED, Dictionary.State.AGREED]


def test_there_is_one_draft_at_a_time(draft: Dictionary, ben: Character) -> None:
    with as_subject(ben.subject) as by, pytest.raises(BadInput, match="draft already"):
        draft_dictionary(by=by, integration=draft.integration)


def test_an_agreed_dictionary_does_not_change(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="does not change"):
        save_term(by=by, dictionary=story.dictionary, draft=STATUS, version=story.dictionary.version)


def test_an_empty_dictionary_is_not_agreed(care: Integration, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=care)
        with pytest.raises(BadInput, match="no terms"):
            agree_dictionary(by=by, dictionary=made, version=made.version)


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
        (TermDraft("title", "Title", max_length=0), "max_length"),
        (TermDraft("title", "Title", classification="top"), "classification"),
        (TermDraft("title", "Title", source_of_truth=999_999), "source_of_truth"),
    ],
)
def test_a_term_that_makes_no_sense_names_the_field(
    term: TermDraft, field: str, draft: Dictionary, ada: Character
) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        save_term(by=by, dictionary=draft, draft=term, version=draft.version)
    assert field in caught.value.fields


def test_an_operator_edits_and_only_an_administrator_agrees(draft: Dictionary, cleo: Character) -> None:
    with as_subject(cleo.subject) as by:
        save_term(by=by, dictionary=draft, draft=TermDraft("title", "Title"), version=draft.version)
        with pytest.raises(Denied):
            agree_dictionary(by=by, dictionary=draft, version=draft.version + 1)


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


def test_a_draft_can_be_thrown_away(draft: Dictionary, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        discard_dictionary(by=by, dictionary=draft, version=draft.version)
    assert not Dictionary.objects.exists()
    assert verbs(ada.company)[-1] == "discard"


def test_a_unique_and_mandatory_term_says_so_in_the_next_version(
    draft: Dictionary, ada: Character, ben: Character
) -> None:
    number = TermDraft("reference", "Reference", unique=True, mandatory=True)
    with as_subject(ada.subject) as by:
        save_term(by=by, dictionary=draft, draft=number, version=draft.version)
    draft.refresh_from_db()
    for who in (ada, ben):
        with as_subject(who.subject) as by:
            agree_dictionary(by=by, dictionary=draft, version=draft.version)
    with as_subject(ada.subject) as by:
        following = draft_dictionary(by=by, integration=draft.integration)
    copy = following.terms.get(name="reference")
    assert (copy.unique, copy.mandatory) == (True, True)


def test_a_choice_cannot_be_unique(draft: Dictionary, ada: Character) -> None:
    impact = TermDraft("impact", "Impact", Term.Type.CHOICE, allowed=("low", "high"), unique=True)
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as refused:
        save_term(by=by, dictionary=draft, draft=impact, version=draft.version)
    assert list(refused.value.fields) == ["unique"]
