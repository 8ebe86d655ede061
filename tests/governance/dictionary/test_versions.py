"""Versions: drafted together, proposed, signed by every party's accountable person, frozen by the database."""

from dataclasses import replace

import pytest
from django.db import Error, connection

from governance.dictionary.models import Agreement, Dictionary, Term
from governance.dictionary.rules import TermDraft
from governance.dictionary.selectors import agreed_terms
from governance.dictionary.services.signing import agree_dictionary, refuse_dictionary
from governance.dictionary.services.terms import save_term
from governance.dictionary.services.versions import (
    discard_dictionary,
    draft_dictionary,
    propose_dictionary,
    withdraw_dictionary,
)
from governance.register.models import Integration, Party
from governance.register.services.integrations import add_party, join_integration
from portal.access.standing import subject_of
from portal.core.errors import BadInput, Denied, Stale
from tests import factories
from tests.characters import Character, as_subject
from tests.governance.deeds import last, verbs
from tests.governance.dictionary.table import accountable_are, propose, put_in_force, sign
from tests.story import Story

#: a term that nobody signed
LATE = """
INSERT INTO governance_term (uid, dictionary_id, companies, name, label, type, semantics, samples, allowed,
  allowed_labels, classification, path, "unique", mandatory, system_name, position)
SELECT gen_random_uuid(), id, companies, 'late', 'Late', 'text', '', '{}', '{}', '{}', 'internal', false, false,
  false, '', 9 FROM governance_dictionary
"""


def test_a_dictionary_is_in_force_once_every_party_signed(draft: Dictionary, ada: Character, ben: Character) -> None:
    accountable_are(ada, ben)
    proposed = propose(draft, ada)
    assert sign(draft, ada).state == Dictionary.State.PROPOSED
    made = sign(draft, ben)
    assert made.state == Dictionary.State.AGREED
    [term] = agreed_terms(draft.integration_id)
    assert (term.name, term.path, term.allowed, term.rich) == ("status", True, ("new", "done"), False)
    assert {row.sha256 for row in Agreement.objects.all()} == {made.sha256} == {proposed.sha256}
    assert verbs(ben.company) == ["agree to"]
    assert last(ben.company).readers == sorted(draft.companies)


def test_a_party_that_has_not_joined_is_not_waited_for(draft: Dictionary, ada: Character, ben: Character) -> None:
    draft.integration.parties.filter(company=ben.company).update(joined=None)
    assert put_in_force(draft, ada).state == Dictionary.State.AGREED


def test_a_proposal_is_frozen_and_taking_it_back_voids_what_was_signed(
    draft: Dictionary, ada: Character, ben: Character
) -> None:
    accountable_are(ada, ben)
    propose(draft, ada)
    row = sign(draft, ben)
    with as_subject(ada.subject) as by:
        with pytest.raises(BadInput, match="Take the proposal back"):
            save_term(by=by, dictionary=row, draft=TermDraft("title", "Title"), version=row.version)
        withdraw_dictionary(by=by, dictionary=row, version=row.version)
    row.refresh_from_db()
    assert (row.state, row.sha256, row.agreements.count()) == (Dictionary.State.DRAFT, "", 0)


def test_nobody_agrees_to_words_they_have_not_seen(draft: Dictionary, ada: Character, ben: Character) -> None:
    accountable_are(ada, ben)
    seen = propose(draft, ada).version
    with as_subject(ada.subject) as by:
        row = withdraw_dictionary(by=by, dictionary=draft, version=seen)
        save_term(by=by, dictionary=row, draft=TermDraft("title", "Title"), version=row.version)
    propose(draft, ada)
    with as_subject(ben.subject) as by, pytest.raises(Stale, match="Ada saved it"):
        agree_dictionary(by=by, dictionary=draft, version=seen)


def test_nobody_signs_twice_nor_without_being_accountable(
    draft: Dictionary, ada: Character, ben: Character, cleo: Character
) -> None:
    accountable_are(ada, ben)
    propose(draft, cleo)
    row = sign(draft, ada)
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="signed this already"):
        agree_dictionary(by=by, dictionary=row, version=row.version)
    Agreement.objects.all().delete()
    with as_subject(cleo.subject) as by, pytest.raises(Denied, match="Ada signs for your company"):
        agree_dictionary(by=by, dictionary=row, version=row.version)


def test_nobody_signs_for_two_companies(draft: Dictionary, ada: Character, ben: Character) -> None:
    accountable_are(ada, ben)
    propose(draft, ada)
    row = sign(draft, ada)
    Party.objects.filter(company=ben.company).update(
        accountable=factories.person(ben.company, "Twin", signs_in_as=ada.user)
    )
    there = replace(subject_of(ada.user), acting=ben.company.pk)
    with as_subject(there) as by, pytest.raises(Denied, match="Nobody signs for both"):
        agree_dictionary(by=by, dictionary=row, version=row.version)


def test_a_refusal_tells_every_party_why_and_the_next_proposal_begins_anew(
    draft: Dictionary, ada: Character, ben: Character
) -> None:
    accountable_are(ada, ben)
    propose(draft, ada)
    row = sign(draft, ada)
    with as_subject(ben.subject) as by:
        with pytest.raises(BadInput) as caught:
            refuse_dictionary(by=by, dictionary=row, version=row.version, reason=" ")
        assert list(caught.value.fields) == ["reason"]
        refuse_dictionary(by=by, dictionary=row, version=row.version, reason="We have no status “done”.")
    row.refresh_from_db()
    assert (row.state, row.agreements.count()) == (Dictionary.State.DRAFT, 0)
    assert row.reason == "Ben refused it: We have no status “done”."
    assert last(ben.company).readers == sorted(draft.companies)
    assert propose(draft, ada).reason == ""


def test_the_next_version_begins_as_a_copy_and_the_old_one_retires(
    story: Story, ada: Character, ben: Character
) -> None:
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
    assert (made.no, made.terms.count()) == (2, story.dictionary.terms.count())
    put_in_force(made, ada, ben)
    states = Dictionary.objects.order_by("no").values_list("state", flat=True)
    assert list(states) == [Dictionary.State.RETIRED, Dictionary.State.AGREED]


def test_one_version_is_open_at_a_time(draft: Dictionary, ada: Character, ben: Character) -> None:
    with as_subject(ben.subject) as by, pytest.raises(BadInput, match="draft already"):
        draft_dictionary(by=by, integration=draft.integration)
    propose(draft, ada)
    with as_subject(ben.subject) as by, pytest.raises(BadInput, match="draft already"):
        draft_dictionary(by=by, integration=draft.integration)


def test_an_empty_dictionary_is_not_proposed(care: Integration, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=care)
        with pytest.raises(BadInput, match="no terms"):
            propose_dictionary(by=by, dictionary=made, version=made.version)


def test_a_draft_can_be_thrown_away_and_a_proposal_not(draft: Dictionary, ada: Character) -> None:
    row = propose(draft, ada)
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="Take the proposal back"):
        discard_dictionary(by=by, dictionary=row, version=row.version)
    with as_subject(ada.subject) as by:
        row = withdraw_dictionary(by=by, dictionary=row, version=row.version)
        discard_dictionary(by=by, dictionary=row, version=row.version)
    assert not Dictionary.objects.exists()
    assert verbs(ada.company)[-1] == "discard"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governance_term SET max_length = 7",
        "DELETE FROM governance_term",
        LATE,
        "UPDATE governance_dictionary SET no = 9",
        "UPDATE governance_dictionary SET state = 'draft'",
        "UPDATE governance_dictionary SET sha256 = 'x'",
        "DELETE FROM governance_dictionary",
        "UPDATE governance_agreement SET person = 'Mallory'",
        "DELETE FROM governance_agreement",
    ],
)
@pytest.mark.parametrize("role", ["concord_web", "concord_worker"])
def test_the_database_keeps_what_was_agreed_whoever_writes(
    role: str, statement: str, draft: Dictionary, ada: Character, ben: Character
) -> None:
    put_in_force(draft, ada, ben)
    told = r"never changes|draft alone|given stays|thrown away"
    with pytest.raises(Error, match=told), as_subject(ada.subject, role=role), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_company_that_joins_later_reads_and_accepts_what_was_agreed(
    draft: Dictionary, ada: Character, ben: Character, dan: Character
) -> None:
    made = put_in_force(draft, ada, ben)
    with as_subject(ada.subject) as by:
        add_party(by=by, integration=draft.integration, code=str(dan.company.uid))
    with as_subject(dan.subject) as by:
        integration = Integration.objects.get(pk=draft.integration_id)
        join_integration(by=by, integration=integration)
        assert Term.objects.get().name == "status"
    assert Agreement.objects.get(company=dan.company).sha256 == made.sha256
