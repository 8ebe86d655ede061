"""A dictionary of many terms, among many dictionaries, is read and written in as few queries as a small one."""

import pytest
from django.db import connection
from django.urls import reverse

from governance.dictionary.models import Dictionary, Term
from governance.dictionary.rules import TermDraft
from governance.dictionary.services.takeover import Pick, take_over
from governance.dictionary.services.terms import save_terms
from governance.dictionary.services.versions import draft_dictionary, propose_dictionary
from governance.register.models import Integration
from tests import factories
from tests.characters import Character, as_subject
from tests.governance.dictionary.table import accountable_are, sign
from tests.governance.dictionary.test_pages import describe
from tests.query_counts import QueryCounts, counting
from tests.story import Story

#: terms of a hundred further dictionaries of the same two companies
OTHERS = """
INSERT INTO governance_term (uid, dictionary_id, companies, name, label, type, semantics, samples, allowed,
  allowed_labels, classification, path, "unique", mandatory, system_name, position)
SELECT gen_random_uuid(), d.id, d.companies, 'term-' || n, 'Term ' || n, 'text', '', '{}', '{}', '{}', 'internal',
  false, false, false, '', n FROM governance_dictionary d, generate_series(1, 100) n
"""
WORDS = [TermDraft(f"word-{n}", f"Word {n}", max_length=200) for n in range(300)]


@pytest.fixture
def many(ada: Character, ben: Character) -> Dictionary:
    """A draft of 300 terms beside ten thousand in other dictionaries."""
    others = [
        Integration(name=f"Other {n}", purpose="x", companies=sorted([ada.company.pk, ben.company.pk]))
        for n in range(100)
    ]
    Integration.objects.bulk_create(others)
    Dictionary.objects.bulk_create(
        Dictionary(integration=one, companies=one.companies, no=1, state="agreed") for one in others
    )
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
    care = factories.integration(ada.company, ben.company)
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=care)
        save_terms(by=by, dictionary=made, drafts=WORDS, version=made.version)
    return Dictionary.objects.get(pk=made.pk)


def test_three_hundred_terms_are_written_in_few_queries(care: Integration, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=care)
        with counting() as queries:
            save_terms(by=by, dictionary=made, drafts=WORDS, version=made.version)
    assert Term.objects.count() == 300
    assert len(queries) <= 20


def test_a_version_is_proposed_and_signed_in_as_many_queries_as_a_small_one(
    many: Dictionary, ada: Character, ben: Character
) -> None:
    accountable_are(ada, ben)
    with as_subject(ada.subject) as by, counting() as queries:
        row = propose_dictionary(by=by, dictionary=many, version=many.version)
    assert len(queries) <= 12
    assert sign(row, ada, ben).state == Dictionary.State.AGREED
    with as_subject(ada.subject) as by, counting() as queries:
        made = draft_dictionary(by=by, integration=many.integration)
    assert made.terms.count() == 300
    assert len(queries) <= 16


def test_a_hundred_fields_are_taken_over_in_few_queries(story: Story, ada: Character) -> None:
    fields = [{"key": f"f{n}", "label": f"Field {n}", "type": "text", "max_length": n + 1} for n in range(100)]
    describe(story.desk, {"kind": "ticket", "fields": fields})
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
        picks = [Pick(f"f{n}", TermDraft(f"field-{n}", f"Field {n}")) for n in range(100)]
        with counting() as queries:
            take_over(by=by, dictionary=made, system=story.desk, picks=picks, version=made.version)
    assert Term.objects.filter(dictionary=made, name__startswith="field-").count() == 100
    assert len(queries) <= 25


@pytest.mark.parametrize("name", ["dictionary", "dictionary-take-over"])
def test_a_draft_is_read_in_the_pinned_number_of_queries(
    name: str, story: Story, ada: Character, query_counts: QueryCounts
) -> None:
    describe(story.desk)
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
    of = story.integration if name == "dictionary" else made
    more = "?tab=changes&no=2" if name == "dictionary" else "?pick=summary"
    ada.client.get(reverse("register"))
    with query_counts.pinned(f"GET {name}{more}"):
        assert ada.client.get(reverse(name, args=[of.uid]) + more).status_code == 200
