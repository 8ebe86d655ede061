"""The table at which a dictionary is signed: who is accountable, and the way from a draft to a version in force."""

from governance.dictionary.models import Dictionary
from governance.dictionary.services.signing import agree_dictionary
from governance.dictionary.services.versions import propose_dictionary
from governance.register.models import Party
from tests.characters import Character, as_subject


def accountable_are(*characters: Character) -> None:
    """Each signs for the own company, wherever it is a party."""
    for one in characters:
        Party.objects.filter(company=one.company).update(accountable=one.person)


def propose(draft: Dictionary, by: Character) -> Dictionary:
    """The draft before the parties."""
    with as_subject(by.subject) as subject:
        row = Dictionary.objects.get(pk=draft.pk)
        return propose_dictionary(by=subject, dictionary=row, version=row.version)


def sign(draft: Dictionary, *characters: Character) -> Dictionary:
    """Each one's yes to what stands there."""
    for one in characters:
        with as_subject(one.subject) as subject:
            row = Dictionary.objects.get(pk=draft.pk)
            agree_dictionary(by=subject, dictionary=row, version=row.version)
    return Dictionary.objects.get(pk=draft.pk)


def put_in_force(draft: Dictionary, *characters: Character) -> Dictionary:
    """Proposed by the first, signed by all."""
    accountable_are(*characters)
    propose(draft, characters[0])
    return sign(draft, *characters)
