"""Who signs for a company: asked by every room whose versions an accountable person signs."""

from governance.raci.selectors import signers
from governance.register.models import Integration, Person
from portal.access.subject import Subject
from portal.core.errors import Denied


def signer(by: Subject, integration: Integration, company: int, *, activity: str, of: str) -> Person:
    """The signed-in person as a signer of their company for an activity; raises Denied naming who signs.

    `of` is what is signed, in words: "the RACI".
    """
    allowed = signers(integration=integration, company=company, activity=activity)
    mine = next((one for one in allowed if by.user_id is not None and one.user_id == by.user_id), None)
    if mine is not None:
        return mine
    if not allowed:
        raise Denied("Nobody of your company can sign. Name its accountable person on the integration's page.")
    names = " or ".join(one.name for one in allowed)
    raise Denied(f"{names} signs for your company: who is accountable for {of} does.")
