"""Which rule lines somebody may change: write on the term, and no way round a field that is withheld."""

from dataclasses import replace

import pytest

from governance.rulebook.models import Rulebook
from governance.rulebook.rules import Condition, Line, RuleSet
from governance.rulebook.services.drafts import dry_run, save_draft
from portal.access.subject import Role
from portal.core.errors import Denied
from tests import factories
from tests.characters import Character, as_subject, character
from tests.story import RULES_A, Story

ASKED = Condition("priority", "any")


@pytest.fixture
def book(story: Story) -> Rulebook:
    """Aster's rulebook, with RULES_A live."""
    return Rulebook.objects.get(connection=story.connection, side="a")


def nina(story: Story, **levels: str) -> Character:
    """An operator of Aster whose role has these levels."""
    for term, level in levels.items():
        factories.role_grant(story.integration, story.a, "operator", term=term, level=level)
    return character("Nina", story.a, Role.OPERATOR)


def saved(who: Character, book: Rulebook, rules: RuleSet) -> None:
    """Save a draft as a request would."""
    with as_subject(who.subject) as by:
        save_draft(by=by, rulebook=book, rules=rules, version=book.version)


def without(*terms: str) -> RuleSet:
    """RULES_A without the outgoing lines of some terms."""
    return replace(RULES_A, outgoing=tuple(line for line in RULES_A.outgoing if line.term not in terms))


def test_a_line_of_a_term_without_write_is_not_changed(story: Story, book: Rulebook) -> None:
    who = nina(story, priority="read")
    with pytest.raises(Denied, match="write on priority"):
        saved(who, book, without("priority"))


def test_other_lines_are_changed_as_before(story: Story, book: Rulebook) -> None:
    saved(nina(story, priority="none"), book, without("labels"))
    assert book.versions.filter(state="draft").exists()


def test_with_write_the_line_is_changed(story: Story, book: Rulebook) -> None:
    saved(nina(story, priority="write", title="read"), book, without("priority"))


def test_comments_need_write_like_any_term(story: Story, book: Rulebook) -> None:
    who = nina(story, comment="read")
    with pytest.raises(Denied, match="write on comment"):
        saved(who, book, replace(RULES_A, parts=replace(RULES_A.parts, comments_out=False)))


def test_a_withheld_field_does_not_come_out_under_another_name(story: Story, book: Rulebook) -> None:
    trick = replace(without("labels"), outgoing=(*without("labels").outgoing, Line("labels", "description")))
    who = nina(story, description="none")
    with pytest.raises(Denied, match="The field description carries a term that is withheld"):
        saved(who, book, trick)
    with as_subject(who.subject) as by, pytest.raises(Denied, match="The field description"):
        dry_run(by=by, rulebook=book, system=story.desk, record="4711", rules=trick)


@pytest.mark.parametrize(
    "trick",
    [
        replace(RULES_A, scope=(Condition("priority", "is", "urgent"),)),
        replace(RULES_A, where="fields['priority'] == 'urgent'"),
        replace(RULES_A, incoming=(replace(RULES_A.incoming[0], only=ASKED), *RULES_A.incoming[1:])),
    ],
)
def test_a_condition_does_not_ask_about_a_withheld_field(trick: RuleSet, story: Story, book: Rulebook) -> None:
    who = nina(story, priority="none")
    with pytest.raises(Denied, match="The field priority"):
        saved(who, book, trick)


def test_a_filter_in_the_trackers_language_is_not_added_by_who_may_not_read_all(story: Story, book: Rulebook) -> None:
    who = nina(story, priority="none")
    with pytest.raises(Denied, match="A filter may ask"):
        saved(who, book, replace(RULES_A, filter="priority:urgent"))
