"""Pages of a dictionary: read, proposed, signed or refused, and taken over from a system's fields."""

from django.urls import reverse

from governance.dictionary.models import Dictionary, Origin, Term
from governance.dictionary.rules import TermDraft
from governance.dictionary.services.terms import save_term
from governance.dictionary.services.versions import draft_dictionary
from governance.register.models import System
from portal.core import clock
from sync.flow.models.streams import Probe
from tests.characters import Character, as_subject
from tests.governance.dictionary.table import accountable_are, propose, sign
from tests.governance.dictionary.test_described import BODY
from tests.governance.dictionary.test_usage import shortened
from tests.story import Story

#: the first field of BODY as its form asks it
SUMMARY = {"f0-name": "summary", "f0-label": "Summary", "f0-type": "text", "f0-max_length": "200",
           "f0-classification": "internal", "f0-semantics": "One line.", "f0-home": "on"}  # fmt: skip


def page_of(who: Character, address: str) -> str:
    """A page as somebody reads it."""
    answer = who.client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def describe(system: System, body: object = BODY) -> None:
    """The system told its fields."""
    Probe.objects.create(
        company_id=system.company_id, kind="describe", system=system, asked_by="Ada", asked_at=clock.now(),
        state="done", answer=body, answered_at=clock.now(),
    )  # fmt: skip


def test_the_changes_of_a_version_are_a_page(story: Story, ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
        save_term(by=by, dictionary=made, draft=TermDraft("contract", "Contract", unique=True), version=made.version)
    address = reverse("dictionary", args=[story.integration.uid]) + "?tab=changes"
    shown = page_of(ben, address)
    assert "Contract" in shown
    assert "added" in shown


def test_what_a_version_does_to_rules_stands_above_the_signature(
    story: Story, ada: Character, ben: Character
) -> None:
    accountable_are(ada, ben)
    propose(shortened(story, ada), ada)
    shown = page_of(ben, reverse("dictionary", args=[story.integration.uid]))
    assert shown.index("takes 40 characters instead of 150") < shown.index("Agree for your company")
    assert "puts new rules live" in shown


def test_a_proposal_is_refused_in_place_with_a_reason(draft: Dictionary, ada: Character, ben: Character) -> None:
    accountable_are(ada, ben)
    row = propose(draft, ada)
    address = reverse("dictionary-refuse", args=[row.uid])
    empty = ben.client.post(address, {"version": row.version, "reason": ""})
    assert empty.status_code == 422
    assert "Say why" in empty.content.decode()
    assert ben.client.post(address, {"version": row.version, "reason": "Too short."}).status_code == 303
    assert "Ben refused it: Too short." in page_of(ada, reverse("dictionary", args=[draft.integration.uid]))


def test_who_does_not_sign_is_offered_no_signature(
    draft: Dictionary, ada: Character, ben: Character, cleo: Character
) -> None:
    accountable_are(ada, ben)
    propose(draft, ada)
    address = reverse("dictionary", args=[draft.integration.uid])
    assert "Agree for your company" in page_of(ada, address)
    assert "Agree for your company" not in page_of(cleo, address)


def test_a_proposal_waits_on_the_home_of_who_signs_it(
    draft: Dictionary, ada: Character, ben: Character, cleo: Character
) -> None:
    accountable_are(ada, ben)
    propose(draft, ada)
    assert "waits for your signature" in page_of(ben, reverse("home"))
    assert "waits for your signature" not in page_of(cleo, reverse("home"))
    sign(draft, ben)
    assert "waits for your signature" not in page_of(ben, reverse("home"))


def test_fields_of_a_system_are_picked_adjusted_and_taken_over(story: Story, ada: Character, ben: Character) -> None:
    describe(story.desk)
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
    address = reverse("dictionary-take-over", args=[made.uid])
    assert "customfield_1" in page_of(ada, address)
    picked = page_of(ada, f"{address}?system={story.desk.uid}&pick=summary")
    assert 'name="f0-max_length" value="254"' in picked
    typed = {**SUMMARY, "version": made.version, "system": str(story.desk.uid), "pick": "summary"}
    wrong = ada.client.post(address, {**typed, "f0-name": "No Name"})
    assert wrong.status_code == 422
    assert "small letters" in wrong.content.decode()
    assert ada.client.post(address, typed).status_code == 303
    term = Term.objects.get(dictionary=made, name="summary")
    assert (term.max_length, term.semantics, term.system_name) == (200, "One line.", "Desk")
    assert Origin.objects.get().told["max_length"] == 254
    assert "customfield_1" not in page_of(ben, address)
    assert "Summary" not in page_of(ben, reverse("dictionary-drift", args=[story.integration.uid]))


def test_a_field_that_moved_is_listed_with_what_to_do_until_it_is_kept_or_forgotten(
    story: Story, ada: Character, ben: Character
) -> None:
    describe(story.desk)
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
    typed = {**SUMMARY, "version": made.version, "system": str(story.desk.uid), "pick": "summary"}
    ada.client.post(reverse("dictionary-take-over", args=[made.uid]), typed)
    address = reverse("dictionary-drift", args=[story.integration.uid])
    assert "has moved" in page_of(ada, address)
    describe(story.desk, {**BODY, "fields": [{**BODY["fields"][0], "max_length": 100}]})  # type: ignore[dict-item]
    shown = page_of(ada, address)
    assert "It took 254 characters, and takes 100 characters." in shown
    assert "shorten the term" in shown
    origin = Origin.objects.get()
    assert ben.client.post(reverse("origin-keep", args=[origin.uid])).status_code == 404
    ada.client.post(reverse("origin-keep", args=[origin.uid]))
    assert "It took 254" not in page_of(ada, address)
    describe(story.desk, {"kind": "Task", "fields": []})
    assert "Summary is no longer there." in page_of(ada, address)
    describe(story.desk, {**BODY, "kind": "Bug"})
    assert "described Bug last, not Task" in page_of(ada, address)
    ada.client.post(reverse("origin-forget", args=[origin.uid]))
    assert not Origin.objects.exists()
    assert Term.objects.filter(dictionary=made, name="summary").exists()
