"""Who may fill a list from a file at all; what exactly is allowed, the room's own services say."""

from portal.access.guard import VERBS
from portal.access.subject import Subject
from portal.core.errors import BadInput, Denied
from portal.ui.listing.declare import Listing
from portal.ui.listing.imports import Importer


def importing(by: Subject, listing: Listing) -> Importer:
    """The list's importer for somebody who may change rows; raises Denied."""
    may_write(by)
    if listing.importer is None:
        raise BadInput(f"{listing.words.capitalize()} are not imported from a file.", code="no-import")
    return listing.importer


def may_write(by: Subject) -> None:
    """Raises Denied for viewers and tokens that only read; what exactly is allowed, the room's services say."""
    role = by.role(by.acting)
    if by.read_only or role is None or "change" not in VERBS[role]:
        raise Denied("Your role does not allow this. Ask an operator or administrator of your company.")
