"""Two keys for tests: who is accountable, and a version's way from a draft to live."""

from governance.register.models import Party
from governance.rulebook.models import Proposal, Rulebook, Signature
from governance.rulebook.rules import RuleSet
from governance.rulebook.services.drafts import save_draft
from governance.rulebook.services.golive import put_due_live
from governance.rulebook.services.signing import propose, sign
from portal.access import rls
from tests.characters import Character, as_subject
from tests.story import Story


def accountable(story: Story, *characters: Character) -> None:
    """Each is accountable for the own company's part in the story's integration."""
    for one in characters:
        Party.objects.filter(integration=story.integration, company=one.company).update(accountable=one.person)


def proposed(book: Rulebook, who: Character, rules: RuleSet, **more: object) -> Proposal:
    """Save a draft and propose it."""
    with as_subject(who.subject) as by:
        book.refresh_from_db()
        save_draft(by=by, rulebook=book, rules=rules, version=book.version)
        book.refresh_from_db()
        made = propose(by=by, rulebook=book, version=book.version, **more)  # type: ignore[arg-type]
    book.refresh_from_db()
    return made


def signed(proposal: Proposal, *characters: Character) -> list[Signature]:
    """Each says yes to what the own page shows."""
    found = []
    for one in characters:
        with as_subject(one.subject) as by:
            found.append(sign(by=by, proposal=proposal, digest=proposal.to_sign(one.company.pk)))
    return found


def swept(book: Rulebook | None = None) -> None:
    """A worker's sweep."""
    try:
        put_due_live()
    finally:
        rls.leave()
    if book is not None:
        book.refresh_from_db()


def went_live(book: Rulebook, rules: RuleSet, *characters: Character) -> Proposal:
    """Written and proposed by the first, signed by all, put live by a worker."""
    made = proposed(book, characters[0], rules)
    signed(made, *characters)
    swept(book)
    made.refresh_from_db()
    return made
