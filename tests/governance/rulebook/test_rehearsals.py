"""Rehearsals on pages and in signatures: what both keys sign, what the partner never reads, where it is required."""

from dataclasses import replace

import pytest
from django.urls import reverse

from governance.register.models import System
from governance.rulebook.evidence import effects, for_partner, headline
from governance.rulebook.models import Proposal, Rehearsal, Rulebook
from governance.rulebook.rules import Line
from governance.rulebook.services.drafts import save_draft
from governance.rulebook.services.rehearsals import rehearse
from governance.rulebook.services.signing import propose, sign
from portal.access import rls
from portal.core.errors import BadInput
from sync.flow import agreements, rehearsing
from tests.characters import Character, as_subject
from tests.governance.rulebook.keys import accountable, proposed
from tests.query_counts import QueryCounts
from tests.story import RULES_A, Story
from tests.sync.flow.test_rehearsing import keep
from tests.sync.flow.tracks import stream, track

SECRET = "Severity-canary"
LATER = replace(
    RULES_A,
    outgoing=(
        Line("title", "subject"),
        Line("description", "description"),
        Line("status", "status", RULES_A.outgoing[2].values),
        Line("priority", "priority", (("high", "P2"), ("low", "P4")), "park"),
    ),
)


@pytest.fixture
def book(story: Story, ada: Character, ben: Character) -> Rulebook:
    """The desk's rulebook; Ada and Ben are accountable, and one shared item is stored."""
    agreements._cache.clear()
    accountable(story, ada, ben)
    for system in (story.desk, story.board):
        stream(system)
    made = track(story)
    made.envelope("a", {"title": "Checkout fails"})
    keep(made, subject="Checkout fails", status="open", priority=SECRET, tags=[])
    book = Rulebook.objects.get(connection=story.connection, side="a")
    book.four_eyes = "never"
    book.save()
    return book


@pytest.fixture
def row(book: Rulebook, ada: Character) -> Rehearsal:
    """A finished rehearsal of the desk's next version."""
    with as_subject(ada.subject) as by:
        save_draft(by=by, rulebook=book, rules=LATER, version=book.version)
        book.refresh_from_db()
        made = rehearse(by=by, rulebook=book)
    try:
        rehearsing.rehearse(made.pk)
    finally:
        rls.leave()
    made.refresh_from_db()
    return made


def put_up(book: Rulebook, who: Character) -> Proposal:
    """Propose what is drafted."""
    with as_subject(who.subject) as by:
        book.refresh_from_db()
        return propose(by=by, rulebook=book, version=book.version)


def body_of(who: Character, path: str) -> str:
    """A page as somebody sees it."""
    answer = who.client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_both_companies_sign_holds_the_evidence(book: Rulebook, row: Rehearsal, ada: Character) -> None:
    made = put_up(book, ada)
    assert made.evidence == row.digest
    assert made.terms["rehearsed"]["digest"] == row.digest
    assert made.terms["rehearsed"]["shared"] == 1


def test_evidence_of_other_rules_is_not_taken(book: Rulebook, row: Rehearsal, ada: Character) -> None:
    made = proposed(book, ada, replace(LATER, outgoing=LATER.outgoing[:3]))
    assert made.evidence == ""


def test_the_partner_reads_counts_and_never_a_value(
    book: Rulebook, row: Rehearsal, ada: Character, ben: Character
) -> None:
    row.evidence.refresh_from_db()
    assert SECRET in str(row.evidence.details)
    made = put_up(book, ada)
    page = body_of(ben, reverse("proposal", args=[made.uid]))
    assert "Over 1 shared item" in page
    for answer in (page, ben.client.get(f"/api/v1/proposals/{made.uid}/").content.decode()):
        assert SECRET not in answer
        assert "samples" not in answer


def test_the_partner_finds_no_rehearsal(book: Rulebook, row: Rehearsal, ada: Character, ben: Character) -> None:
    path = reverse("rehearsal", args=[row.uid])
    assert ada.client.get(path).status_code == 200
    assert ben.client.get(path).status_code == 404
    assert ben.client.post(reverse("rehearsal-cancel", args=[row.uid])).status_code == 404
    assert ben.client.get(f"/api/v1/rehearsals/{row.uid}/").status_code == 404
    assert ben.client.get("/api/v1/rehearsals/").json()["results"] == []


def test_the_own_page_shows_samples_and_values_without_an_entry(row: Rehearsal, ada: Character) -> None:
    page = body_of(ada, reverse("rehearsal", args=[row.uid]))
    assert SECRET in page
    assert row.digest in page


def test_a_page_that_follows_a_rehearsal_stops_asking_when_it_is_over(row: Rehearsal, ada: Character) -> None:
    answer = ada.client.get(reverse("rehearsal", args=[row.uid]), HTTP_HX_REQUEST="true")
    assert answer.status_code == 286


def test_the_version_page_lists_its_rehearsals_and_starts_one(
    book: Rulebook, row: Rehearsal, ada: Character, story: Story
) -> None:
    page = body_of(ada, reverse("rulebook-version", args=[story.connection.uid, "a", row.no]))
    assert row.sentence.split(":")[0] in page
    answer = ada.client.post(reverse("rehearsal-start", args=[story.connection.uid, "a"]), {"days": "7"})
    assert answer.status_code == 303
    assert Rehearsal.objects.get(days=7).state == "waiting"


def test_days_that_are_no_number_start_nothing(book: Rulebook, row: Rehearsal, ada: Character, story: Story) -> None:
    answer = ada.client.post(reverse("rehearsal-start", args=[story.connection.uid, "a"]), {"days": "many"})
    assert answer.status_code == 422
    assert Rehearsal.objects.count() == 1


def test_a_version_without_evidence_warns_both(book: Rulebook, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, LATER)
    for who in (ada, ben):
        assert "Nobody rehearsed this version" in body_of(who, reverse("proposal", args=[made.uid]))


@pytest.mark.parametrize("rehearsed", [False, True])
def test_between_production_systems_nobody_signs_what_was_not_rehearsed(
    book: Rulebook, request: pytest.FixtureRequest, ada: Character, ben: Character, rehearsed: bool
) -> None:
    System.objects.update(environment=System.Environment.PRODUCTION)
    if rehearsed:
        request.getfixturevalue("row")
        made = put_up(book, ada)
    else:
        made = proposed(book, ada, LATER)
    with as_subject(ben.subject) as by:
        if rehearsed:
            assert sign(by=by, proposal=made, digest=made.to_sign(ben.company.pk)).agrees
        else:
            with pytest.raises(BadInput, match="not rehearsed"):
                sign(by=by, proposal=made, digest=made.to_sign(ben.company.pk))


def test_in_a_test_system_a_version_may_be_signed_without_evidence(
    book: Rulebook, ada: Character, ben: Character
) -> None:
    made = proposed(book, ada, LATER)
    with as_subject(ben.subject) as by:
        assert sign(by=by, proposal=made, digest=made.to_sign(ben.company.pk)).agrees


def test_the_api_rehearses_and_tells_what_was_found(book: Rulebook, row: Rehearsal, ada: Character) -> None:
    told = ada.client.get(f"/api/v1/rehearsals/{row.uid}/").json()
    assert (told["state"], told["counts"]["items"], told["digest"]) == ("done", 1, row.digest)
    again = ada.client.post(f"/api/v1/rulebooks/{book.uid}/rehearse/", {}, content_type="application/json")
    assert again.status_code == 202
    uid = again.json()["uid"]
    assert ada.client.post(f"/api/v1/rehearsals/{uid}/cancel/").json()["state"] == "cancelled"
    assert ada.client.post(f"/api/v1/rehearsals/{uid}/resume/").json()["state"] == "waiting"


def test_the_pages_cost_few_queries(
    book: Rulebook, row: Rehearsal, ada: Character, story: Story, query_counts: QueryCounts
) -> None:
    made = put_up(book, ada)
    for name, path in (
        ("GET /rehearsals/<uid>/", reverse("rehearsal", args=[row.uid])),
        ("GET /proposals/<uid>/ with evidence", reverse("proposal", args=[made.uid])),
        ("GET version with rehearsals", reverse("rulebook-version", args=[story.connection.uid, "a", row.no])),
    ):
        body_of(ada, path)
        with query_counts.pinned(name):
            body_of(ada, path)


def test_a_partner_is_not_told_of_what_stays_inside() -> None:
    counts = {
        "items": 900, "shared": 3, "envelopes": 2, "in": 0, "out": 0,
        "sends": {"labels": {"withheld": 9}, "title": {"changes": 1, "withheld": 1}}, "takes": {},
    }  # fmt: skip
    told = for_partner(counts)
    assert told["sends"] == {"title": {"changes": 1}}
    assert "900" not in str(told)
    assert [one.term for one in effects(told, {})] == ["title"]
    assert headline(told) == (
        "Over 3 shared items and 2 envelopes: 1 term would behave otherwise, nothing would newly fail."
    )
