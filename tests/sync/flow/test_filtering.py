"""A rulebook's filter in the tracker's own query: the tracker is asked, guesses are not made, linked items go on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from governance.rulebook.models import Rulebook
from governance.rulebook.rules import RuleSet
from governance.rulebook.services import golive
from governance.rulebook.services.drafts import save_draft
from governance.rulebook.services.signing import propose
from governance.story.acting import acting
from governance.story.rulebooks import BOARD, DESK
from portal.core.errors import BadInput
from sync.connectors.zendesk import filtering as desk_filtering
from sync.flow import probing
from sync.flow.filtering import NOT_FOUND
from sync.flow.models.cases import Item
from sync.flow.models.facts import Change
from sync.flow.models.streams import Probe
from sync.triage.models import Parked
from tests.sync.flow.stage import ASHA, INES, Stage

TAGGED = replace(DESK, filter="tags:partner -status:closed")
#: what Mercuri's matrix lets Infinity read
GRANTED = replace(DESK, outgoing=tuple(line for line in DESK.outgoing if line.term != "labels"))
LABELLED = replace(BOARD, offer=True, filter='labels = "partner" AND priority in (High, Highest)')


def ruled(email: str, side: str, rules: RuleSet, *, live: bool = True) -> Rulebook:
    """Other rules of one side: a draft, and live where nobody needs to sign."""
    with acting(email) as by:
        book = Rulebook.objects.get(side=side)
        draft = save_draft(by=by, rulebook=book, rules=rules, version=book.version)
        book.refresh_from_db()
        if live:
            golive.put_live(book, draft)
        return book


@pytest.fixture(autouse=True)
def as_before(stage: Stage) -> Iterator[None]:
    """Both sides' own rules again after each test."""
    yield
    ruled(ASHA, "a", DESK)
    ruled(INES, "b", BOARD)


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk's index knows everything at once."""
    monkeypatch.setattr(desk_filtering, "LAG", timedelta(0))


def ends(item: Item) -> set[tuple[str, str]]:
    """Dispositions and causes of an item's changes."""
    return set(Change.objects.filter(item=item).values_list("disposition", "cause"))


def test_only_what_the_desks_search_finds_is_offered_and_the_case_says_why(stage: Stage, prompt: None) -> None:
    ruled(ASHA, "a", TAGGED)
    found, other = stage.desk.open("For the partner", tags=["partner"]), stage.desk.open("For us alone")
    stage.settle()
    assert stage.board.titled("For the partner")
    assert not stage.twins(other)
    assert ends(Item.objects.get(system=stage.zendesk, record=other)) == {("filtered", NOT_FOUND)}
    assert stage.twin(found)


def test_an_item_that_enters_the_filter_later_is_offered_then(stage: Stage, prompt: None) -> None:
    ruled(ASHA, "a", TAGGED)
    ticket = stage.desk.open("Tagged in the afternoon")
    stage.settle()
    assert not stage.twins(ticket)
    stage.desk.set(ticket, tags=["partner"])
    stage.settle()
    assert stage.twin(ticket)


def test_an_item_that_leaves_the_filter_goes_on_with_its_twin(stage: Stage, prompt: None) -> None:
    ruled(ASHA, "a", TAGGED)
    ticket, twin = stage.pair("It stays together", tags=["partner"])
    stage.desk.set(ticket, tags=[])
    stage.desk.comment(ticket, "Still with you.")
    stage.settle()
    assert stage.board.words(twin)[-1].splitlines()[-1] == "Still with you."


def test_what_the_index_may_not_know_yet_waits_and_is_not_guessed(stage: Stage) -> None:
    ruled(ASHA, "a", TAGGED)
    ticket = stage.desk.open("Too fresh to tell")
    stage.settle()
    item = Item.objects.get(system=stage.zendesk, record=ticket)
    assert not stage.twins(ticket)
    assert ends(item) == {("", "")}, "its changes stay open until the answer is sure"
    stage.desk.set(ticket, tags=["partner"])
    stage.later()
    stage.settle()
    assert stage.twin(ticket)


def test_jql_decides_about_an_issue_that_a_webhook_told_of(stage: Stage) -> None:
    ruled(ASHA, "a", replace(DESK, accept=True))
    ruled(INES, "b", LABELLED)
    stage.board.practice.switch("index", lag=3600)
    high = stage.board.open("Both hold", labels=["partner"], priority={"name": "High"})
    low = stage.board.open("Too low", labels=["partner"], priority={"name": "Low"})
    for practice in stage.practices:
        practice.silence()
    stage.work()
    stage.board.practice.switch("index", lag=0)
    stage.settle()
    twins = {
        record: Item.objects.filter(case__items__system=stage.jira, case__items__record=record).count()
        for record in (high, low)
    }
    assert twins == {high: 2, low: 1}


def test_a_filter_that_the_tracker_takes_no_longer_parks_and_says_so(stage: Stage) -> None:
    ruled(ASHA, "a", replace(DESK, accept=True))
    ruled(INES, "b", replace(LABELLED, filter="squad = blue"))
    issue = stage.board.open("Who takes it?")
    stage.settle()
    case = Item.objects.get(system=stage.jira, record=issue).case
    row = Parked.objects.get(case=case, state=Parked.State.OPEN)
    assert row.code == "filter-refused"
    assert "Field 'squad' does not exist" in row.sentence
    ruled(INES, "b", replace(LABELLED, filter="summary ~ takes"))
    stage.later()
    stage.board.set(issue, summary="Who takes it now?")
    stage.settle()
    assert not Parked.objects.filter(case=case, state=Parked.State.OPEN).exists()
    assert case.items.count() == 2


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("labels =", "Jira does not take this filter"),
        ("squad = blue", "Field 'squad' does not exist"),
        ("labels = partner ORDER BY created", "Leave out ORDER BY"),
        ("labels = a) OR (project = INF", "Jira does not take this filter"),
    ],
)
def test_a_wrong_filter_is_refused_in_the_words_of_jira_when_it_is_saved(
    stage: Stage, query: str, sentence: str
) -> None:
    book = ruled(INES, "b", replace(LABELLED, filter=query), live=False)
    stage.engine(probing.answer_all, stage.jira)
    answer = Probe.objects.filter(system=stage.jira, kind="filter").latest("asked_at")
    assert (answer.state, answer.answer["query"]) == ("done", query)
    assert sentence in answer.answer["wrong"]
    with acting(INES) as by, pytest.raises(BadInput, match=r"filter|order") as caught:
        propose(by=by, rulebook=book, version=book.version)
    assert caught.value.code == "rules-do-not-hold"


def test_a_good_filter_tells_what_it_finds_and_is_proposed_only_once_it_was_tried(stage: Stage) -> None:
    stage.desk.open("Found by the trial", tags=["trial"])
    book = ruled(ASHA, "a", replace(GRANTED, filter="tags:trial statuss:open"), live=False)
    with acting(ASHA) as by, pytest.raises(BadInput, match="being tried") as caught:
        propose(by=by, rulebook=book, version=book.version)
    assert caught.value.code == "filter-not-tried"
    stage.engine(probing.answer_all, stage.zendesk)
    answer = Probe.objects.filter(system=stage.zendesk, kind="filter").latest("asked_at")
    assert "no keyword statuss" in answer.sentence
    book = ruled(ASHA, "a", replace(GRANTED, filter="tags:trial"), live=False)
    stage.engine(probing.answer_all, stage.zendesk)
    answer = Probe.objects.filter(system=stage.zendesk, kind="filter").latest("asked_at")
    assert answer.answer["count"] == 1
    assert answer.answer["samples"][0].startswith("#")
    with acting(ASHA) as by:
        proposal = propose(by=by, rulebook=book, version=book.version)
    assert proposal.terms["after"]["filters"] is True
    assert "trial" not in str(proposal.terms)
