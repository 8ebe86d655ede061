"""The access matrices of the story: what each company lets the other and its own people do, signed and in force."""

from governance.accessmatrix.models import AccessMatrix
from governance.accessmatrix.services.cells import Cell, set_cells, withdraw
from governance.accessmatrix.services.versions import SIGN, draft_access, propose_access, sign_access
from governance.raci.selectors import signers
from governance.register.models import Integration, Party
from governance.story import words
from governance.story.acting import acting
from portal.access.subject import Subject


def grant_all(name: str) -> None:
    """What each lets the other read and write, and its own roles; labels too, until Mercuri takes them back."""
    for email, levels, roles in (
        ("asha@mercuri.example", {**words.MERCURI_GRANTS, "labels": "read"}, words.MERCURI_ROLES),
        ("ines@infinity.example", words.INFINITY_GRANTS, words.INFINITY_ROLES),
    ):
        with acting(email) as by:
            care = Integration.objects.get(name=name)
            if AccessMatrix.objects.filter(integration=care, company_id=by.company).exists():
                continue
            partner = partner_of(care, by)
            cells = [Cell(partner, term, level) for term, level in levels.items()]
            cells += [Cell(None, term, level, role) for role, term, level in roles]
            draft = draft_access(by=by, integration=care)
            set_cells(by=by, matrix=draft, cells=cells, version=draft.version)
            draft.refresh_from_db()
            propose_access(by=by, matrix=draft, version=draft.version)
            accountable = signers(integration=care, company=by.company, activity=SIGN)[0].email
        with acting(accountable) as by:
            draft.refresh_from_db()
            sign_access(by=by, matrix=draft, version=draft.version)


def withdraw_labels(name: str) -> None:
    """Mercuri keeps its labels to itself after all: the line stays, the engine withholds the term."""
    with acting("asha@mercuri.example") as by:
        care = Integration.objects.get(name=name)
        withdraw(by=by, integration=care, cells=[Cell(partner_of(care, by), "labels", "none")])


def partner_of(integration: Integration, by: Subject) -> int:
    """The other party."""
    row = Party.objects.filter(integration=integration).exclude(company_id=by.company).get()
    return row.company_id
