"""Every party's word on a proposed dictionary: the accountable person of each says yes or no to exactly its terms."""

from collections.abc import Mapping

from django.db import transaction

from governance.agreements.evidence import proof_of
from governance.dictionary.digest import fingerprint
from governance.dictionary.models import Agreement, Dictionary
from governance.dictionary.selectors import SIGN
from governance.dictionary.services.terms import moved_on
from governance.dictionary.services.versions import State, proposed, reopen
from governance.raci.signing import signer
from governance.register.acting import acting_for
from governance.register.models import Party, Person
from governance.register.services.integrations import check_joined
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.services import record


@transaction.atomic
def agree_dictionary(*, by: Subject, dictionary: Dictionary, version: int) -> Dictionary:
    """The acting company's yes to exactly what `version` shows; in force once every party that joined said yes.

    1. the signed-in person is accountable there, or stands in; 2. the company has not signed, nor the person for
    another company; 3. the terms are the ones that were proposed; 4. with the last yes the version before retires.
    """
    company, row, person = at_the_table(by, dictionary, version)
    if fingerprint(row.no, row.terms.all()) != row.sha256:
        raise BadInput("The terms are not the ones that were proposed. Take it back and propose it again.")
    Agreement.objects.create(
        dictionary=row,
        company_id=company,
        companies=row.companies,
        person=person.name,
        signer=person,
        user=by.user_id,
        sha256=row.sha256,
        at=clock.now(),
    )
    parties = Party.objects.filter(integration=row.integration_id, joined__isnull=False)
    if not parties.exclude(company__in=row.agreements.filter(sha256=row.sha256).values("company")).exists():
        put_in_force(row)
    evidence = proof_of("dictionary", integration=row.integration_id, company=company, no=row.no)
    return spoken(row, by=by, verb="agree to", company=company, told={"signer": person.name, **evidence})


@transaction.atomic
def refuse_dictionary(*, by: Subject, dictionary: Dictionary, version: int, reason: str) -> Dictionary:
    """The acting company's no, with a reason that every party reads: the proposal is a draft again."""
    company, row, person = at_the_table(by, dictionary, version)
    if not 3 <= len(reason.strip()) <= 400:
        raise BadInput(
            "Nothing was changed.", fields={"reason": "Say why, in up to 400 characters. Every party reads it."}
        )
    reopen(row)
    row.reason = f"{person.name} refused it: {reason.strip()}"
    return spoken(row, by=by, verb="refuse", company=company, told={"reason": reason.strip(), "signer": person.name})


def at_the_table(by: Subject, dictionary: Dictionary, version: int) -> tuple[int, Dictionary, Person]:
    """The acting company, the locked proposal and the person who may sign it. Raises Denied or BadInput why not."""
    company = acting_for(by, "view", dictionary.companies)
    if by.read_only:
        raise Denied("This token may only read. Make one with write scope.")
    check_joined(dictionary.integration, company)
    row = proposed(dictionary, version)
    words = list(row.agreements.values_list("company_id", "user"))
    if any(one == company for one, _ in words):
        raise BadInput("Your company has signed this already.", code="signed")
    person = signer(by, row.integration, company, activity=SIGN, of="the dictionary")
    if any(user == by.user_id for _, user in words):
        raise Denied("You signed this for another company. Nobody signs for both: ask somebody else of this one.")
    return company, row, person


def spoken(row: Dictionary, *, by: Subject, verb: str, company: int, told: Mapping[str, object]) -> Dictionary:
    """Store what a party's word made of a proposal, and record it for every party."""
    moved_on(row)
    record(
        by=by,
        verb=verb,
        thing=row,
        company=company,
        readers=row.companies,
        after={"no": row.no, "state": row.state, "sha256": row.sha256, **told},
    )
    return row


def put_in_force(row: Dictionary) -> None:
    """The proposal becomes the agreed version, not yet saved, and the one before it retires."""
    for old in Dictionary.objects.filter(integration=row.integration_id, state=State.AGREED):
        old.state = State.RETIRED
        old.version += 1
        old.save()
    row.state, row.agreed = State.AGREED, clock.now()
