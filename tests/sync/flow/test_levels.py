"""The levels of own roles: what read withholds on every page and in every answer, and what write gates."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.urls import reverse

from governance.register.models import Person
from governance.rulebook.models import Evidence, Rehearsal
from governance.rulebook.rules import Line, RuleSet, dumped
from portal.access.standing import subject_of
from portal.access.subject import Role
from portal.core import clock
from portal.core.errors import Denied
from sync.models import Case, Envelope, EnvelopeContent, Parked, Probe
from sync.triage.services import retry_cause, retry_parked, skip_parked
from tests import factories, traffic
from tests.characters import Character, as_subject, character
from tests.story import Story

CANARY, PLAIN = "canary-77c1", "plain-3b0d"
WITHHELD = "withheld from your role"


@pytest.fixture
def case(story: Story) -> Case:
    """A case of which Aster sent a title that anybody may read, and a priority and a comment with the canary."""
    made = traffic.run(story)
    parts = [{"id": "1", "kind": "comment", "author": "Sam", "at": "2026-01-01T00:00:00Z", "body": CANARY}]
    body = {"terms": {"title": PLAIN, "priority": CANARY}, "ways": {}, "parts": parts}
    EnvelopeContent.objects.filter(envelope__case=made).update(body=body)
    return made


@pytest.fixture
def olga(story: Story) -> Iterator[Character]:
    """An operator of Aster from whom her role withholds the priority and comments."""
    for term in ("priority", "comment"):
        factories.role_grant(story.integration, story.a, "operator", term=term, level="none")
    yield character("Olga", story.a, Role.OPERATOR)


def parked(case: Case, story: Story, subject: str = "term:priority") -> Parked:
    """One thing of Aster's that waits for a person."""
    Parked.objects.filter(case=case).delete()
    return traffic.parked(case, story.connection, story.desk, subject=subject)


def test_what_was_sent_is_told_without_what_the_role_withholds(case: Case, olga: Character, ada: Character) -> None:
    page = reverse("case", args=[case.uid]) + "?tab=sent"
    assert CANARY in ada.client.get(page).content.decode()
    html = olga.client.get(page).content.decode()
    assert CANARY not in html
    assert PLAIN in html
    assert WITHHELD in html


def test_the_page_says_what_was_withheld_and_where_to_ask(case: Case, olga: Character, story: Story) -> None:
    html = olga.client.get(reverse("case", args=[case.uid])).content.decode()
    assert "withholds from your role: Comments, priority" in " ".join(html.split()).replace("Priority", "priority")
    assert reverse("sight", args=[story.integration.uid]) in html
    assert reverse("access-pass-ask", args=[story.integration.uid]) in html


@pytest.mark.parametrize("tab", ["", "?tab=sent", "?tab=history", "?tab=access", "?echoes=1"])
def test_a_fragment_that_is_polled_says_no_more_than_the_page(case: Case, olga: Character, tab: str) -> None:
    answer = olga.client.get(reverse("case", args=[case.uid]) + tab, headers={"HX-Request": "true"})
    assert CANARY not in answer.content.decode()


def test_no_digest_of_what_is_withheld_is_told(case: Case, olga: Character, ada: Character) -> None:
    one = Envelope.objects.filter(case=case)[0]
    assert ada.api().get(f"/api/v1/envelopes/{one.uid}/").json()["sha256"] == "0" * 64
    assert olga.api().get(f"/api/v1/envelopes/{one.uid}/").json()["sha256"] == ""


def test_a_rehearsals_samples_and_gaps_are_withheld_by_term(case: Case, olga: Character, ada: Character) -> None:
    row = Rehearsal.objects.filter(company=olga.company)[0]
    row.pk, row.uid, row.state = None, uuid4(), Rehearsal.State.CANCELLED
    row.save()
    details = {
        "samples": {"sends": {"priority": [["1", CANARY, CANARY]], "title": [["1", PLAIN, PLAIN]]}, "takes": {}},
        "gaps": {"sends": {"priority": {CANARY: 2}}, "takes": {}},
        "scope": {"in": [], "out": []},
    }
    told = {"changes": 1, "fails": 1}
    counts = {"items": 1, "shared": 1, "envelopes": 0, "in": 0, "out": 0, "takes": {}}
    counts["sends"] = {"priority": told, "title": told}
    Evidence.objects.create(
        rehearsal=row, company=olga.company, rules={}, counts=counts, details=details, nonce="0" * 64
    )
    page, noun = reverse("rehearsal", args=[row.uid]), f"/api/v1/rehearsals/{row.uid}/"
    assert CANARY in ada.client.get(page).content.decode()
    assert CANARY in ada.api().get(noun).content.decode()
    for html in (olga.client.get(page).content.decode(), olga.api().get(noun).content.decode()):
        assert CANARY not in html
        assert PLAIN in html


@pytest.mark.parametrize("line", [Line("priority", "priority"), Line("labels", "priority")])
def test_a_dry_run_is_withheld_by_term_and_by_the_field_it_read(
    line: Line, case: Case, olga: Character, ada: Character, story: Story
) -> None:
    probe = Probe.objects.create(
        company_id=story.a.pk, kind=Probe.Kind.DRY_RUN, system=story.desk, connection=story.connection,
        asked={"rules": dumped(RuleSet(outgoing=(line,))), "side": "a", "record": "1"}, asked_by="Ada",
        asked_at=clock.now(), answered_at=clock.now(), state=Probe.State.DONE, sentence="1 term would leave.",
        answer={
            "source": "#1", "target": "Birch", "offered": True, "withheld": [], "gaps": [f"{CANARY} has no pair."],
            "writes": [{"target": "Birch", "field": line.term, "term": line.term, "before": None, "after": CANARY}],
        },
    )  # fmt: skip
    page, noun = reverse("rulebook", args=[story.connection.uid, "a"]), f"/api/v1/probes/{probe.uid}/"
    assert CANARY in ada.client.get(page).content.decode()
    assert CANARY in ada.api().get(noun).content.decode()
    assert CANARY not in olga.client.get(page).content.decode()
    assert CANARY not in olga.api().get(noun).content.decode()


def test_parked_work_that_belongs_to_no_connection_is_withheld_too(case: Case, olga: Character, story: Story) -> None:
    row = parked(case, story)
    Parked.objects.filter(pk=row.pk).update(connection=None, sentence=f"{CANARY} was refused")
    assert CANARY not in olga.client.get(reverse("triage")).content.decode()
    assert CANARY not in olga.client.get(reverse("case", args=[case.uid])).content.decode()
    assert CANARY not in olga.api().get(f"/api/v1/parked/{row.uid}/").content.decode()


def test_a_list_as_a_file_holds_no_value(case: Case, olga: Character) -> None:
    answer = olga.client.get(reverse("listing-export", args=["disclosures", "csv"]))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "title" in text.lower()
    assert PLAIN not in text


@pytest.mark.parametrize("word", ["read", "none"])
def test_without_write_on_the_term_parked_work_is_not_touched(word: str, case: Case, story: Story) -> None:
    factories.role_grant(story.integration, story.a, "operator", term="priority", level=word)
    nina, row = character("Nina", story.a, Role.OPERATOR), parked(case, story)
    with as_subject(nina.subject) as by:
        for act in (
            lambda: retry_parked(by=by, parked=row),
            lambda: retry_cause(by=by, fingerprint=row.fingerprint),
            lambda: skip_parked(by=by, parked=row, reason="Not needed."),
        ):
            with pytest.raises(Denied, match="write on priority"):
                act()
    html = nina.client.get(reverse("triage")).content.decode()
    assert "This needs write on priority" in html
    assert nina.api().post(f"/api/v1/parked/{row.uid}/retry/").status_code == 403
    row.refresh_from_db()
    assert row.state == Parked.State.OPEN


def test_write_on_the_term_lets_an_operator_retry(case: Case, story: Story) -> None:
    factories.role_grant(story.integration, story.a, "operator", term="priority", level="write")
    factories.role_grant(story.integration, story.a, "operator", term="title", level="none")
    nina, row = character("Nina", story.a, Role.OPERATOR), parked(case, story)
    with as_subject(nina.subject) as by:
        retry_parked(by=by, parked=row)
    row.refresh_from_db()
    assert row.state == Parked.State.RETRY


def test_write_on_a_term_does_not_replace_the_role(case: Case, story: Story) -> None:
    factories.role_grant(story.integration, story.a, "viewer", term="priority", level="full")
    vera, row = character("Vera", story.a, Role.VIEWER), parked(case, story)
    with as_subject(vera.subject) as by, pytest.raises(Denied, match="Ask an operator"):
        retry_parked(by=by, parked=row)


def test_work_of_several_terms_needs_write_on_each(case: Case, story: Story) -> None:
    factories.role_grant(story.integration, story.a, "operator", term="priority", level="read")
    nina, row = character("Nina", story.a, Role.OPERATOR), parked(case, story, "terms")
    with as_subject(nina.subject) as by, pytest.raises(Denied, match="write on priority"):
        retry_parked(by=by, parked=row)


def test_of_a_cause_only_what_one_may_write_is_retried(case: Case, story: Story) -> None:
    factories.role_grant(story.integration, story.a, "operator", term="priority", level="read")
    nina, row = character("Nina", story.a, Role.OPERATOR), parked(case, story)
    other = traffic.parked(case, story.connection, story.desk, subject="term:title")
    Parked.objects.filter(pk=other.pk).update(fingerprint=row.fingerprint)
    with as_subject(nina.subject) as by:
        assert retry_cause(by=by, fingerprint=row.fingerprint) == 1
    assert set(Parked.objects.filter(state="open", case=case).values_list("subject", flat=True)) == {"term:priority"}


def test_a_suspended_person_reads_nothing_with_an_old_session_or_token(case: Case, olga: Character) -> None:
    program = olga.api()
    Person.objects.filter(pk=olga.person.pk).update(suspended=clock.now())
    assert olga.client.get(reverse("case", args=[case.uid])).status_code == 404
    assert program.get("/api/v1/cases/").json()["results"] == []
    assert subject_of(olga.user).companies == frozenset()


def test_a_reading_token_never_retries(case: Case, ada: Character, story: Story) -> None:
    row = parked(case, story)
    assert ada.api(write=False).post(f"/api/v1/parked/{row.uid}/retry/").status_code == 403


def test_the_admin_site_shows_no_value_of_a_rehearsal(case: Case, olga: Character, story: Story) -> None:
    row = Evidence.objects.filter(company=story.a)[0]
    type(olga.user).objects.filter(pk=olga.user.pk).update(is_staff=True, is_superuser=True)
    answer = olga.client.get(f"/admin/governance/evidence/{row.pk}/change/")
    assert answer.status_code == 200
    assert "field-details" not in answer.content.decode()
