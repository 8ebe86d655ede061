"""Who does what in the reference scenario: the RACI of customer care, filled, proposed and signed."""

from governance.raci.models import Matrix
from governance.raci.selectors import paper_of
from governance.raci.services.cells import HolderDraft, add_holder, remove_holder, save_cells
from governance.raci.services.matrices import draft_matrix, propose_matrix, sign_matrix
from governance.register.models import Integration, Person
from governance.story.acting import acting

#: the columns, in their order
PEOPLE = (
    "ines@infinity.example",
    "ivo@infinity.example",
    "vera@infinity.example",
    "asha@mercuri.example",
    "ben@mercuri.example",
)
#: the accountable person of each party signs the first version
SIGNERS = ("ivo@infinity.example", "asha@mercuri.example")
#: activity → letters of Ines, Ivo, Vera, Asha, Ben
LETTERS = {
    "pain-points": "I R I A R",
    "objectives": "R R A C I",
    "requirements": "A R I C R",
    "people": "A R I RA I",
    "sign-raci": "A R I RA C",
    "approve-dictionary": "A R I A R",
    "approve-matrix": "A R I A R",
    "approve-rules": "A R Q A R",
    "solution-choice": "R C A C I",
    "test-scenarios": "C RA I C R",
    "accept-tests": "A R Q A R",
    "go-live": "R R A C I",
    "train": "A R I A R",
    "service-review": "C RA I C C",
    "monitor": "I RA - I R",
    "review-health": "C R A C C",
    "root-cause": "C RA I I R",
    "know-data": "A R - C C",
    "vendor-news": "A R - A R",
    "log-changes": "I RA I I R",
    "share-access": "I RA - A R",
    "knowledge": "C RA - C R",
    "test-systems": "A R - A R",
    "assigned-owner": "C R A C I",
    "change-request": "C R A C I",
    "accept-connection": "RA I I I RA",
    "restore-connection": "I RA - A R",
    "reach-system": "A R - A R",
    "downtimes": "RA I I I RA",
    "solve-parked": "I RA - A R",
    "extend-map": "A R - A R",
    "settle-conflict": "C RA - C R",
    "withheld-terms": "A R - A R",
    "meet-targets": "C RA I R R",
    "grant-access": "A R - A R",
    "triage-incident": "C RA I C R",
}


def share_duties(name: str) -> None:
    """The integrator drafts and proposes the RACI of this integration, and both parties sign it; once."""
    with acting(PEOPLE[1]) as by:
        care = Integration.objects.get(name=name)
        if Matrix.objects.filter(integration=care).exists():
            return
        draft = draft_matrix(by=by, integration=care)
        for column in list(draft.columns.all()):
            draft.refresh_from_db()
            remove_holder(by=by, matrix=draft, column=column, version=draft.version)
    for email in PEOPLE:
        own = "asha@mercuri.example" if email.endswith("@mercuri.example") else PEOPLE[1]
        with acting(own) as by:
            draft = Matrix.objects.get(integration__name=name)
            holder = HolderDraft(person=Person.objects.get(email=email))
            add_holder(by=by, matrix=draft, draft=holder, version=draft.version)
    with acting(PEOPLE[1]) as by:
        draft = Matrix.objects.get(integration__name=name)
        holders = list(paper_of(draft, by=by).columns)
        cells = {
            (activity, holder): letters.strip("-")
            for activity, row in LETTERS.items()
            for holder, letters in zip(holders, row.split(), strict=True)
        }
        save_cells(by=by, matrix=draft, cells=cells, version=draft.version)
        draft.refresh_from_db()
        propose_matrix(by=by, matrix=draft, version=draft.version)
    for email in SIGNERS:
        with acting(email) as by:
            draft = Matrix.objects.get(integration__name=name)
            sign_matrix(by=by, matrix=draft, version=draft.version)
