"""Pages of versions and proposals: each company reads what is its own to read, and signs there."""

from dataclasses import replace

import pytest
from django.urls import reverse

from governance.rulebook.models import Rulebook, RuleVersion
from governance.rulebook.rules import Condition, Line, RuleSet
from portal.core import clock
from sync.flow.models.streams import Probe
from tests.characters import Character
from tests.governance.rulebook.keys import accountable, proposed, signed, swept, went_live
from tests.governance.test_pages import html_of, page_of
from tests.query_counts import QueryCounts
from tests.story import Story

SECRET = RuleSet(
    outgoing=(Line("title", "canary_field", (("canary_from", "canary_to"),), expr='value + "canary"'),),
    incoming=(Line("title", "canary_in", only=Condition("canary_only", "is", "x")),),
    where='fields.canary_where == "x"',
)


@pytest.fixture
def book(story: Story, ada: Character, ben: Character) -> Rulebook:
    """Company A's rulebook, version 1 live; Ada and Ben are accountable."""
    accountable(story, ada, ben)
    return Rulebook.objects.get(connection=story.connection, side="a")


def test_the_partner_finds_no_field_on_any_page(book: Rulebook, story: Story, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, SECRET)
    address = reverse("proposal", args=[made.uid])
    assert "canary_field" in page_of(ada, address)
    for here in (
        address,
        reverse("agreements"),
        reverse("home"),
        f"/connections/{story.connection.uid}/?tab=history",
    ):
        assert "canary" not in page_of(ben, here)
    signed(made, ada, ben)
    swept(book)
    for here in (
        address,
        f"/connections/{story.connection.uid}/",
        f"/connections/{story.connection.uid}/?tab=history",
    ):
        assert "canary" not in page_of(ben, here)
    assert "canary_field" in page_of(ada, reverse("rulebook-version", args=[story.connection.uid, "a", 2]))


def test_the_partner_learns_that_there_is_a_filter_and_not_what_it_says(
    book: Rulebook, story: Story, ada: Character, ben: Character
) -> None:
    rules, now = replace(SECRET, offer=True, filter="tags:canary_team"), clock.now()
    Probe.objects.create(
        company_id=ada.company.pk,
        kind=Probe.Kind.FILTER,
        system=story.desk,
        connection=story.connection,
        asked_at=now,
        answered_at=now,
        state=Probe.State.DONE,
        answer={"query": rules.filter, "wrong": ""},
    )
    address = reverse("proposal", args=[proposed(book, ada, rules).uid])
    theirs = page_of(ben, address)
    assert "Offers only what a filter in its tracker finds" in theirs
    assert "canary" not in theirs
    assert "tags:canary_team" in page_of(ada, address)
    assert "tags:canary_team" in page_of(ada, reverse("rulebook", args=[story.connection.uid, "a"]))


@pytest.mark.parametrize(
    "name", ["proposal", "proposal-sign", "proposal-refuse", "proposal-schedule", "proposal-withdraw"]
)
def test_a_stranger_finds_no_proposal(name: str, book: Rulebook, ada: Character, dan: Character) -> None:
    address = reverse(name, args=[proposed(book, ada, SECRET).uid])
    assert (dan.client.get if name == "proposal" else dan.client.post)(address).status_code == 404


@pytest.mark.parametrize("who", ["ben", "dan"])
def test_nobody_else_finds_a_version(who: str, story: Story, book: Rulebook, request: pytest.FixtureRequest) -> None:
    other: Character = request.getfixturevalue(who)
    for name in ("rulebook-version", "rulebook-rollback"):
        address = reverse(name, args=[story.connection.uid, "a", 1])
        assert (other.client.get if name == "rulebook-version" else other.client.post)(address).status_code == 404


def test_what_waits_for_me_is_on_home_and_among_the_agreements(
    book: Rulebook, ada: Character, ben: Character
) -> None:
    made = proposed(book, ada, SECRET)
    address = reverse("proposal", args=[made.uid])
    for who in (ada, ben):
        assert address in page_of(who, reverse("home"))
        assert "Waits for you" in page_of(who, reverse("agreements"))
    signed(made, ada)
    assert address not in page_of(ada, reverse("home"))
    assert "Waits for the partner" in page_of(ada, reverse("agreements"))


def test_a_refused_reason_is_told_and_a_given_one_ends_it(book: Rulebook, ada: Character, ben: Character) -> None:
    address = reverse("proposal", args=[proposed(book, ada, SECRET).uid])
    assert ben.client.post(f"{address}refuse/", {"reason": ""}).status_code == 422
    assert ben.client.post(f"{address}refuse/", {"reason": "Not before the audit."}).status_code == 303
    swept(book)
    assert "Not before the audit." in page_of(ada, address)


def test_a_time_is_set_and_a_wrong_one_told(book: Rulebook, ada: Character) -> None:
    address = reverse("proposal", args=[proposed(book, ada, SECRET).uid])
    assert ada.client.post(f"{address}schedule/", {"live_at": "2001-01-01T10:00"}).status_code == 422
    assert ada.client.post(f"{address}schedule/", {"live_at": "soon"}).status_code == 422
    assert ada.client.post(f"{address}schedule/", {"live_at": ""}).status_code == 303


def test_who_may_not_sign_is_told_why(book: Rulebook, cleo: Character, vic: Character) -> None:
    made = proposed(book, cleo, SECRET)
    address = reverse("proposal", args=[made.uid])
    assert "accountable may sign this: Ada" in page_of(vic, address)
    answer = vic.client.post(f"{address}sign/", {"digest": made.seal})
    assert answer.status_code == 403
    assert "accountable may sign this: Ada" in html_of(answer)


def test_versions_are_compared_in_fields_and_in_terms(
    book: Rulebook, story: Story, ada: Character, ben: Character
) -> None:
    went_live(book, SECRET, ada, ben)
    address = reverse("rulebook-version", args=[story.connection.uid, "a", 2])
    html = page_of(ada, address)
    assert "Against version 1" in html
    assert "<del" in html and "<ins" in html
    assert "No longer disclosed: Description, Status, Priority, Labels" in html
    assert "Against nothing" in page_of(ada, f"{address}?against=99")


def test_rolling_back_is_one_click(book: Rulebook, story: Story, ada: Character, ben: Character) -> None:
    went_live(book, SECRET, ada, ben)
    went_live(book, RuleSet(outgoing=(Line("title", "subject"),)), ada, ben)
    address = reverse("rulebook-rollback", args=[story.connection.uid, "a", 2])
    assert ada.client.post(address, {"version": str(book.version)}).status_code == 303
    assert RuleVersion.objects.get(rulebook=book, state="live").same_as == 2


def test_four_eyes_are_set_by_form(book: Rulebook, story: Story, ada: Character) -> None:
    address = reverse("rulebook-four-eyes", args=[story.connection.uid, "a"])
    form = {"four_eyes": "always", "version": str(book.version)}
    assert ada.client.post(address, form).status_code == 303
    book.refresh_from_db()
    assert book.four_eyes == "always"


def test_a_proposed_version_says_what_saving_would_do(book: Rulebook, story: Story, ada: Character) -> None:
    proposed(book, ada, SECRET)
    html = page_of(ada, reverse("rulebook", args=[story.connection.uid, "a"]))
    assert "Saving here takes it back, and what was signed is void." in html


def test_pages_ask_few_questions(
    book: Rulebook, story: Story, ada: Character, ben: Character, query_counts: QueryCounts
) -> None:
    went_live(book, SECRET, ada, ben)
    made = proposed(book, ada, RuleSet(outgoing=(Line("title", "subject"),)))
    with query_counts.pinned("GET /agreements/"):
        page_of(ada, reverse("agreements"))
    with query_counts.pinned("GET /proposals/<uid>/"):
        page_of(ada, reverse("proposal", args=[made.uid]))
    with query_counts.pinned("GET /connections/<uid>/rulebook/<side>/versions/<no>/"):
        page_of(ada, reverse("rulebook-version", args=[story.connection.uid, "a", 2]))
