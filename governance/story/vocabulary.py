"""The dictionary of the story: drafted by the integrator, its homes named by each company, signed by both.

Its second version is proposed and waits for Mercuri.
"""

from dataclasses import replace

from governance.dictionary.listing import draft_now
from governance.dictionary.models import Dictionary, Term
from governance.dictionary.rules import TermDraft
from governance.dictionary.services.signing import agree_dictionary
from governance.dictionary.services.terms import save_term, save_terms
from governance.dictionary.services.versions import draft_dictionary, propose_dictionary
from governance.register.models import Integration, System
from governance.story import words
from governance.story.acting import acting

#: who drafts and proposes, and who is accountable in each company by the RACI
DRAFTER = "ivo@infinity.example"
SIGNERS = ("ines@infinity.example", "asha@mercuri.example")
#: e-mail of who names it → the terms that are at home in the own system of this name
HOMES = {
    "asha@mercuri.example": ("Mercuri Zendesk", ("description", "product", "customer-reference")),
    "ivo@infinity.example": ("Infinity Jira", ("title",)),
}
#: what version 2 says anew: how far a matter reaches, and a shorter reference, which live rules do not keep to yet
IMPACT = TermDraft(
    "impact",
    "Impact",
    Term.Type.CHOICE,
    semantics="How far it reaches, as the customer tells it. With the urgency it makes the priority.",
    samples=("site",),
    allowed=("person", "site", "all"),
    allowed_labels=("One person", "One site", "Everybody"),
    mandatory=True,
)
SHORTER = 60


def agree_on_words(name: str) -> None:
    """The first version, from its draft to the last signature; once."""
    with acting(DRAFTER) as by:
        care = Integration.objects.get(name=name)
        if Dictionary.objects.filter(integration=care).exists():
            return
        draft = draft_dictionary(by=by, integration=care)
        save_terms(by=by, dictionary=draft, drafts=words.TERMS, version=draft.version)
    for email, (system, names) in HOMES.items():
        with acting(email) as by:
            home = System.objects.get(company_id=by.company, name=system)
            for term in Term.objects.filter(dictionary__integration__name=name, name__in=names):
                draft = Dictionary.objects.get(pk=term.dictionary_id)
                told = replace(draft_now(term), system_of_record=home.pk)
                save_term(by=by, dictionary=draft, draft=told, version=draft.version, term=term)
    with acting(DRAFTER) as by:
        draft = Dictionary.objects.get(integration__name=name)
        propose_dictionary(by=by, dictionary=draft, version=draft.version)
    for email in SIGNERS:
        with acting(email) as by:
            draft = Dictionary.objects.get(integration__name=name)
            agree_dictionary(by=by, dictionary=draft, version=draft.version)


def propose_next(name: str) -> None:
    """The second version, drafted and signed by Infinity, waits for Mercuri; once."""
    with acting(DRAFTER) as by:
        care = Integration.objects.get(name=name)
        if Dictionary.objects.filter(integration=care, no=2).exists():
            return
        draft = draft_dictionary(by=by, integration=care)
        reference = Term.objects.get(dictionary=draft, name="customer-reference")
        drafts = [replace(draft_now(reference), max_length=SHORTER), IMPACT]
        save_terms(by=by, dictionary=draft, drafts=drafts, version=draft.version)
        draft.refresh_from_db()
        propose_dictionary(by=by, dictionary=draft, version=draft.version)
    with acting(SIGNERS[0]) as by:
        draft = Dictionary.objects.get(pk=draft.pk)
        agree_dictionary(by=by, dictionary=draft, version=draft.version)
