"""A dictionary that moves on does not break live rules: the engine keeps the words that they went live under."""

from dataclasses import replace

import pytest

from governance.dictionary.listing import draft_now
from governance.dictionary.models import Dictionary, Term
from governance.dictionary.services.terms import remove_term, save_term
from governance.dictionary.services.versions import draft_dictionary
from governance.rulebook.models import Disclosure, Rulebook, RuleVersion
from portal.access import rls
from portal.core import clock
from sync.engine.agreement import Link
from sync.flow.agreements import links, running
from sync.flow.models.streams import Stream
from tests.characters import Character, as_subject
from tests.governance.dictionary.table import accountable_are, put_in_force
from tests.governance.rulebook.keys import went_live
from tests.story import RULES_A, RULES_B, Story


@pytest.fixture
def moved(story: Story, ada: Character, ben: Character) -> Story:
    """Live rules under version 1; version 2 shortens the title, takes out labels and says whose status wins."""
    for system in (story.desk, story.board):
        Stream.objects.create(
            system=system, company_id=system.company_id, next_poll=clock.now(), lease_until=clock.now()
        )
    accountable_are(ada, ben)
    RuleVersion.objects.update(dictionary=1)
    rules = replace(RULES_A, outgoing=RULES_A.outgoing[:4])
    went_live(Rulebook.objects.get(connection=story.connection, side="a"), rules, ada, ben)
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
        terms = {term.name: term for term in made.terms.all()}
        for name, new in (("title", {"max_length": 40}), ("status", {"source_of_truth": ben.company.pk})):
            made.refresh_from_db()
            draft = replace(draft_now(terms[name]), **new)  # type: ignore[arg-type]
            save_term(by=by, dictionary=made, draft=draft, version=made.version, term=terms[name])
        for name in ("labels", "description"):
            made.refresh_from_db()
            remove_term(by=by, dictionary=made, term=terms[name], version=made.version)
    assert link_of(story).terms["status"].owner is None
    put_in_force(Dictionary.objects.get(pk=made.pk), ada, ben)
    return story


def link_of(story: Story) -> Link:
    """What the engine obeys on the story's connection now."""
    try:
        rls.enter(story.connection.companies, role=rls.WORKER)
        [link] = links(running(story.connection.pk))
    finally:
        rls.leave()
    return link


def test_live_rules_keep_the_words_they_went_live_under(moved: Story) -> None:
    link = link_of(moved)
    assert link.terms["title"].max_length == 150
    assert "description" in link.terms
    assert {line.term: line.max_length for line in link.a.rules.outgoing}["title"] == 150


def test_what_no_live_rule_names_and_whose_value_wins_follow_at_once(moved: Story) -> None:
    link = link_of(moved)
    assert "labels" not in link.terms
    assert link.terms["status"].owner == moved.b.pk


def test_new_rules_go_live_under_the_newest_words_alone(moved: Story, ada: Character, ben: Character) -> None:
    book = Rulebook.objects.get(connection=moved.connection, side="a")
    lines = tuple(line for line in RULES_A.outgoing if line.term in {"title", "status", "priority"})
    went_live(book, replace(RULES_A, outgoing=lines), ada, ben)
    assert RuleVersion.objects.get(rulebook=book, state="live").dictionary == 2
    assert Disclosure.objects.get(connection=moved.connection, side="a").dictionary == 2
    assert link_of(moved).terms["title"].max_length == 150, "the other side keeps it still"
    other = Rulebook.objects.get(connection=moved.connection, side="b")
    incoming = tuple(line for line in RULES_B.incoming if line.term != "description")
    went_live(other, replace(RULES_B, incoming=incoming), ben, ada)
    link = link_of(moved)
    assert (link.terms["title"].max_length, "description" in link.terms) == (40, False)


def test_an_older_yes_does_not_put_rules_live_that_no_longer_hold(
    moved: Story, ada: Character, ben: Character
) -> None:
    assert not Term.objects.filter(dictionary__state="agreed", name="description").exists()
    book = Rulebook.objects.get(connection=moved.connection, side="a")
    with pytest.raises(Exception, match="no term description"):
        went_live(book, replace(RULES_A, outgoing=RULES_A.outgoing[:4]), ada, ben)
