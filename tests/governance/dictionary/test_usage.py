"""What a version does to rules is told before anybody signs it."""

from dataclasses import replace

from governance.dictionary.listing import draft_now
from governance.dictionary.models import Dictionary, Term
from governance.dictionary.services.terms import remove_term, save_term
from governance.dictionary.services.versions import draft_dictionary
from governance.dictionary.usage import Effect, effects_of
from governance.rulebook.models import Rulebook
from governance.rulebook.services.drafts import save_draft
from tests.characters import Character, as_subject
from tests.story import RULES_A, Story


def shortened(story: Story, ada: Character) -> Dictionary:
    """A draft without description and with a shorter title."""
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
        title, gone = (Term.objects.get(dictionary=made, name=name) for name in ("title", "description"))
        draft = replace(draft_now(title), max_length=40)
        save_term(by=by, dictionary=made, draft=draft, version=made.version, term=title)
        made.refresh_from_db()
        remove_term(by=by, dictionary=made, term=gone, version=made.version)
    return Dictionary.objects.get(pk=made.pk)


def told(effects: list[Effect]) -> set[tuple[str, str, str]]:
    """Side, state and term of each."""
    return {(one.side, one.state, one.term) for one in effects}


def test_live_rules_of_both_sides_are_named_by_the_terms_they_disclose(
    story: Story, ada: Character, ben: Character
) -> None:
    made = shortened(story, ada)
    live = {(side, "live", term) for side in "ab" for term in ("description", "title")}
    for who in (ada, ben):
        with as_subject(who.subject) as by:
            found = effects_of(made, by=by)
        assert told(found) == live
        assert all(one.held for one in found)
    [title] = [one for one in found if (one.side, one.term) == ("a", "title")]
    assert title.losses == ("takes 40 characters instead of 150",)


def test_ones_own_open_rules_are_named_and_the_partners_draft_is_not(
    story: Story, ada: Character, ben: Character
) -> None:
    made = shortened(story, ada)
    book = Rulebook.objects.get(connection=story.connection, side="a")
    with as_subject(ada.subject) as by:
        save_draft(by=by, rulebook=book, rules=RULES_A, version=book.version)
        assert {("a", "draft", "title"), ("a", "draft", "description")} < told(effects_of(made, by=by))
    with as_subject(ben.subject) as by:
        assert not [one for one in effects_of(made, by=by) if not one.held]


def test_a_stranger_is_told_nothing(story: Story, ada: Character, dan: Character) -> None:
    made = shortened(story, ada)
    with as_subject(dan.subject) as by:
        assert effects_of(made, by=by) == []


def test_a_version_that_only_adds_has_no_effect(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
        assert effects_of(made, by=by) == []
