"""Rulebooks: drafts that nobody overwrites unseen, versions that go live only when they hold."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.accessmatrix.models import Grant
from governance.rulebook.models import Disclosure, Rulebook, RuleVersion
from governance.rulebook.rules import Line, RuleSet, parsed
from governance.rulebook.selectors import live_rules, paper_of
from governance.rulebook.services.drafts import discard_draft, dry_run, save_draft
from governance.rulebook.services.golive import rollback
from governance.rulebook.services.signing import propose
from portal.core.errors import BadInput, Denied, Stale
from portal.history.models import Deed
from sync.flow.models.streams import Probe
from tests.characters import Character, as_subject
from tests.governance.deeds import last, verbs
from tests.governance.rulebook.keys import accountable, went_live
from tests.story import RULES_A, Story

#: what the story's grants let go live
SOUND = replace(RULES_A, outgoing=RULES_A.outgoing[:4])
SHORT = RuleSet(outgoing=(Line("title", "subject"),))


@pytest.fixture
def book(story: Story, ada: Character, ben: Character) -> Rulebook:
    """Company A's rulebook, version 1 live; Ada and Ben are accountable."""
    accountable(story, ada, ben)
    return Rulebook.objects.get(connection=story.connection, side="a")


def test_a_saved_draft_is_not_live(book: Rulebook, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        save_draft(by=by, rulebook=book, rules=SHORT, version=book.version)
    [live] = [one for one in live_rules(book.connection_id) if one.side == "a"]
    assert live.rules == RULES_A
    assert RuleVersion.objects.get(rulebook=book, state="draft").no == 2
    assert verbs(ada.company) == ["save a draft of"]


def test_history_shows_only_the_lines_that_changed(book: Rulebook, ada: Character) -> None:
    rules = replace(RULES_A, offer=False)
    with as_subject(ada.subject) as by:
        save_draft(by=by, rulebook=book, rules=rules, version=book.version)
    assert (last(ada.company).before, last(ada.company).after) == (
        {"offers its items": True},
        {"offers its items": False},
    )


def test_the_second_of_two_editors_is_told_who_and_nothing_is_lost(
    book: Rulebook, ada: Character, cleo: Character
) -> None:
    seen = book.version
    with as_subject(cleo.subject) as by:
        save_draft(by=by, rulebook=book, rules=SHORT, version=seen)
    with as_subject(ada.subject) as by, pytest.raises(Stale, match="Cleo saved it at"):
        save_draft(by=by, rulebook=book, rules=SOUND, version=seen)
    assert parsed(RuleVersion.objects.get(state="draft").body) == SHORT


def test_a_version_with_both_keys_is_live_and_the_one_before_retires(
    book: Rulebook, ada: Character, ben: Character
) -> None:
    went_live(book, SOUND, ada, ben)
    assert list(RuleVersion.objects.filter(rulebook=book).order_by("no").values_list("no", "state")) == [
        (1, "retired"),
        (2, "live"),
    ]
    assert "put live" in verbs(ada.company)


def test_the_partner_learns_the_terms_and_never_a_field(
    book: Rulebook, story: Story, ada: Character, ben: Character
) -> None:
    went_live(book, SOUND, ada, ben)
    with as_subject(ben.subject) as by:
        assert not RuleVersion.objects.filter(company=story.a).exists()
        terms = paper_of(story.connection, by=by).terms["a"]
        told = Deed.objects.get(noun="connection", verb="put live terms on", company_id=story.a.pk)
        assert not Deed.objects.filter(noun="rulebook", company_id=story.a.pk).exists()
    assert terms.sends == ("title", "description", "status", "priority", "comment", "attachment")
    assert terms.offers
    assert set(told.after) == {"version", "sends", "takes"}


def test_no_partner_writes_what_we_disclose(book: Rulebook, ada: Character, ben: Character) -> None:
    went_live(book, SOUND, ada, ben)
    with pytest.raises(Exception, match="row-level security"), as_subject(ben.subject):
        Disclosure.objects.update(sends=["everything"])


def test_a_line_that_the_matrix_does_not_grant_cannot_go_live(book: Rulebook, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        save_draft(by=by, rulebook=book, rules=RULES_A, version=book.version)
        book.refresh_from_db()
        with pytest.raises(BadInput, match="tags → Labels: your access matrix does not let Birch") as caught:
            propose(by=by, rulebook=book, version=book.version)
    assert set(caught.value.fields) == {"outgoing_labels"}
    assert RuleVersion.objects.get(rulebook=book, state="live").no == 1


@pytest.mark.parametrize("who", ["vic", "ben", "dan"])
def test_nobody_else_drafts(who: str, book: Rulebook, request: pytest.FixtureRequest) -> None:
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises(Denied):
        save_draft(by=by, rulebook=book, rules=SHORT, version=book.version)


def test_nothing_is_proposed_without_a_draft(book: Rulebook, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="no draft"):
        propose(by=by, rulebook=book, version=book.version)


def test_an_earlier_version_is_put_live_again_with_one_key(book: Rulebook, ada: Character, ben: Character) -> None:
    went_live(book, SOUND, ada, ben)
    went_live(book, SHORT, ada, ben)
    with as_subject(ada.subject) as by:
        made = rollback(by=by, rulebook=book, no=2, version=book.version)
    assert (made.no, made.state, parsed(made.body)) == (4, "live", SOUND)
    deed = Deed.objects.get(verb="roll back")
    assert deed.after["same as version"] == 2


def test_a_version_that_no_longer_holds_is_not_put_live_again(
    book: Rulebook, story: Story, ada: Character, ben: Character
) -> None:
    went_live(book, SOUND, ada, ben)
    went_live(book, SHORT, ada, ben)
    Grant.objects.filter(company=story.a, term="priority").delete()
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="priority → Priority"):
        rollback(by=by, rulebook=book, no=2, version=book.version)


def test_a_version_that_was_never_signed_needs_both_keys(book: Rulebook, ada: Character, ben: Character) -> None:
    went_live(book, SOUND, ada, ben)
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="never signed by every company"):
        rollback(by=by, rulebook=book, no=1, version=book.version)


def test_only_who_holds_the_key_rolls_back(book: Rulebook, ada: Character, ben: Character, cleo: Character) -> None:
    went_live(book, SOUND, ada, ben)
    went_live(book, SHORT, ada, ben)
    with as_subject(cleo.subject) as by, pytest.raises(Denied, match="accountable may sign this: Ada"):
        rollback(by=by, rulebook=book, no=2, version=book.version)


def test_a_draft_is_thrown_away(book: Rulebook, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        save_draft(by=by, rulebook=book, rules=SHORT, version=book.version)
        book.refresh_from_db()
        discard_draft(by=by, rulebook=book, version=book.version)
        book.refresh_from_db()
        with pytest.raises(BadInput, match="no draft"):
            discard_draft(by=by, rulebook=book, version=book.version)
    assert not RuleVersion.objects.filter(state="draft").exists()


def test_a_dry_run_hands_the_typed_rules_to_a_worker(book: Rulebook, story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        answer = dry_run(by=by, rulebook=book, system=story.desk, record=" 4711 ", rules=SHORT)
        with pytest.raises(BadInput):
            dry_run(by=by, rulebook=book, system=story.desk, record="", rules=SHORT)
    probe = Probe.objects.get(uid=answer.uid)
    assert (probe.kind, probe.asked["record"], probe.asked["side"]) == ("dry-run", "4711", "a")
    assert parsed(probe.asked["rules"]) == SHORT
    assert verbs(ada.company) == ["try"]


def test_the_engine_reads_live_rules_in_one_query(book: Rulebook) -> None:
    with CaptureQueriesContext(connection) as seen:
        assert {one.side for one in live_rules(book.connection_id)} == {"a", "b"}
    assert len(seen) == 1
