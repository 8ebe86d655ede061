"""The disclosure register: what was sent, to whom, since which signed version, and what one case held."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.access import rls
from portal.core import clock
from sync.flow.disclosing import SOONEST, count_due
from sync.flow.models.cases import Part, PartCopy
from sync.flow.models.disclosed import Count, Disclosed
from tests.characters import Character
from tests.governance.rulebook.keys import accountable, went_live
from tests.query_counts import QueryCounts
from tests.story import RULES_A, Story
from tests.sync.flow.tracks import Track, stream, track


@pytest.fixture
def one(story: Story) -> Track:
    """A case of a polled story about which the desk sent two envelopes and the board one."""
    for system in (story.desk, story.board):
        stream(system)
    made = track(story)
    made.envelope("a", {"title": "Checkout fails", "priority": "P3"}, ago=90)
    made.envelope("a", {"title": "Checkout fails", "priority": "P1"}, ago=60)
    made.envelope("b", {"status": "solved"}, ago=30)
    return made


def counted() -> dict[tuple[str, str], tuple[int, int]]:
    """A worker's count: (side, term) → (cases, times)."""
    try:
        count_due()
    finally:
        rls.leave()
    return {(row.side, row.term): (row.cases, row.times) for row in Disclosed.objects.all()}


def due() -> None:
    """The waits until the next count are over."""
    Count.objects.update(due=clock.now() - SOONEST)


def test_each_term_is_counted_by_cases_and_envelopes(one: Track, story: Story) -> None:
    track(story, number=2).envelope("a", {"title": "Slow"})
    assert counted() == {("a", "title"): (2, 3), ("a", "priority"): (1, 2), ("b", "status"): (1, 1)}


def test_a_count_again_is_complete_and_counts_nothing_twice(one: Track) -> None:
    before = counted()
    due()
    assert counted() == before


def test_nothing_is_counted_before_its_time_and_news_are_after_it(one: Track) -> None:
    before = counted()
    one.envelope("a", {"labels": ["vip"]}, ago=0)
    assert counted() == before
    due()
    assert counted()["a", "labels"] == (1, 1)


def test_a_connection_without_news_is_not_counted_again(one: Track) -> None:
    counted()
    Count.objects.update(at=clock.now() + timedelta(hours=1))
    due()
    try:
        assert count_due() == 0
    finally:
        rls.leave()


def test_a_comment_counts_for_the_side_that_sent_it(one: Track, story: Story) -> None:
    both = [story.a.pk, story.b.pk]
    part = Part.objects.create(
        case=one.case, companies=both, kind="comment", system=story.desk, company_id=story.a.pk, remote_id="c1",
        at=clock.now(), public=True,
    )  # fmt: skip
    for system in (story.desk, story.board):
        PartCopy.objects.create(part=part, companies=both, system=system, remote_id="c1", at=clock.now())
    found = counted()
    assert found["a", "comment"] == (1, 1)
    assert ("b", "comment") not in found


def test_the_register_shows_both_companies_what_was_sent_but_only_the_owner_what_was_withheld(
    ada: Character, ben: Character, one: Track
) -> None:
    one.envelope("a", {"labels": ["vip"]})
    one.withhold("labels", "Your access matrix gives the partner no read on it.")
    counted()
    rows = {who.user.name: listed(who) for who in (ada, ben)}
    assert "Labels" in rows["Ada"] and "Labels" in rows["Ben"]
    labels = {name: cells_of(body, "Labels") for name, body in rows.items()}
    assert labels["Ada"].count(">1<") > labels["Ben"].count(">1<")


def cells_of(body: str, term: str) -> str:
    """The table row that begins with a term, without white space."""
    row = next(part for part in body.split("<tr") if f">{term}<" in part)
    return "".join(row.split())


def listed(who: Character) -> str:
    """The register as somebody sees it."""
    answer = who.client.get(reverse("disclosures"))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_term_counts_since_the_version_that_let_it_out_with_both_keys(
    ada: Character, ben: Character, one: Track, story: Story
) -> None:
    accountable(story, ada, ben)
    book = story.rules_a.rulebook
    book.four_eyes = "never"
    book.save()
    went_live(book, replace(RULES_A, outgoing=RULES_A.outgoing[:4]), ada, ben)
    counted()
    row = cells_of(listed(ada), "Title")
    assert "Version2" in row
    assert "AdaandBen" in row


def test_a_term_that_no_version_sends_any_more_says_so(ada: Character, one: Track) -> None:
    one.envelope("a", {"colour": "red"})
    counted()
    assert "nolongersent" in cells_of(listed(ada), "colour")


def test_the_register_is_taken_out_as_a_file(ada: Character, one: Track) -> None:
    counted()
    answer = ada.client.get(reverse("listing-export", args=["disclosures", "csv"]))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Term" in text.splitlines()[0]
    assert "Title" in text and "Birch" in text


def test_a_stranger_reads_an_empty_register(dan: Character, one: Track) -> None:
    counted()
    assert "Nothing was sent yet" in listed(dan)


def test_the_api_lists_the_register_of_ones_own_partners(ada: Character, dan: Character, one: Track) -> None:
    counted()
    told = ada.client.get("/api/v1/disclosures/?side=a&term=title").json()["results"]
    assert [(row["term"], row["cases"], row["times"]) for row in told] == [("title", 1, 2)]
    assert dan.client.get("/api/v1/disclosures/").json()["results"] == []


def test_the_case_tells_what_was_sent_in_order_and_only_what_was_new(
    ada: Character, ben: Character, one: Track
) -> None:
    body = ada.client.get(reverse("case", args=[one.case.uid]) + "?tab=sent").content.decode()
    assert body.index("P3") < body.index("P1")
    assert body.count("Checkout fails") == 1
    assert "1 term as sent before" in body
    assert "solved" not in body
    partner = ben.client.get(reverse("case", args=[one.case.uid]) + "?tab=sent").content.decode()
    assert "solved" in partner and "Checkout fails" not in partner


def test_what_was_sent_is_narrowed_to_one_partner(ada: Character, one: Track, story: Story) -> None:
    address = reverse("case", args=[one.case.uid])
    assert "P3" in ada.client.get(f"{address}?tab=sent&to={story.b.pk}").content.decode()
    assert "sent nothing" in ada.client.get(f"{address}?tab=sent&to={story.a.pk}").content.decode()


def test_the_register_and_the_case_cost_few_queries(
    ada: Character, one: Track, story: Story, query_counts: QueryCounts
) -> None:
    for number in range(2, 12):
        track(story, number=number).envelope("a", {"title": str(number), f"term-{number}": "x"})
    counted()
    ada.client.get(reverse("disclosures"))
    with query_counts.pinned("GET /disclosures/"):
        ada.client.get(reverse("disclosures"))
    with query_counts.pinned("GET /cases/<uid>/?tab=sent"):
        ada.client.get(reverse("case", args=[one.case.uid]) + "?tab=sent")
