"""An integration of two companies, and its first draft."""

import pytest

from governance.dictionary.models import Dictionary, Term
from governance.dictionary.rules import TermDraft
from governance.dictionary.services.terms import save_term
from governance.dictionary.services.versions import draft_dictionary
from governance.register.models import Integration
from tests import factories
from tests.characters import Character, as_subject

STATUS = TermDraft("status", "Status", Term.Type.CHOICE, allowed=("new", "done"), path=True)


@pytest.fixture
def care(ada: Character, ben: Character) -> Integration:
    """An integration of companies A and B without a dictionary."""
    return factories.integration(ada.company, ben.company)


@pytest.fixture
def draft(care: Integration, ada: Character) -> Dictionary:
    """Its first draft, with one term."""
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=care)
        save_term(by=by, dictionary=made, draft=STATUS, version=made.version)
    return Dictionary.objects.get(pk=made.pk)
