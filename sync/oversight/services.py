"""Reading through a pass is an act: it is recorded before anything is told."""

from django.db import transaction

from governance.accessmatrix.models import AccessPass
from governance.accessmatrix.services.passes import note_use
from portal.access.subject import Subject
from sync.oversight.selectors import Lent, lent_through


@transaction.atomic
def read_lent(*, by: Subject, access: AccessPass) -> list[Lent] | None:
    """What the pass opens to `by` at this moment; None when it opens nothing: over, ended, or somebody else's.

    The use is recorded first, where both companies read it, at most once an hour.
    """
    opening = next((one for one in by.openings if one.id == access.pk), None)
    if opening is None or access.company_id == access.asker_id:
        return None
    note_use(by=by, opening=opening, thing=access)
    return lent_through(access, by=by)
