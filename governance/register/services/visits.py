"""A person's sign-in to a tracker in the browser comes back with a code; a worker turns it into tokens."""

import base64
import json

from django.conf import settings
from django.db import transaction

from governance.register import ports
from governance.register.acting import require
from governance.register.models import System
from governance.register.places import visit_place
from governance.register.visits import return_address
from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.core.secrets import seal
from portal.history.services import record

#: characters of a code that a tracker gives; more is no code
LONGEST = 2_000


@transaction.atomic
def bring_code(*, by: Subject, system: System, code: str, verifier: str) -> ports.Answer:
    """Seal the code for a worker, which alone can spend it; the answer comes later under the probe's uid."""
    require(by, "administer", system)
    if not code or len(code) > LONGEST:
        raise BadInput("The tracker sent no code. Sign in once more.", code="no-code")
    brought = {"code": code, "verifier": verifier, "redirect_uri": return_address()}
    place = visit_place(company=system.company_id, system=system.uid)
    sealed = seal(json.dumps(brought).encode(), public_key=settings.SEAL_PUBLIC_KEY, place=place)
    asked = {"sealed": base64.b64encode(sealed).decode("ascii")}
    answer = ports.sync().ask(by=by, kind="oauth", system=system, connection=None, asked=asked)
    record(by=by, verb="sign in to", thing=system, company=system.company_id)
    return answer
