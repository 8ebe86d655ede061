"""The nouns of this floor in the API, nothing else."""

from rest_framework.routers import SimpleRouter

from governance.accessmatrix.api import AccessMatrixViewSet, AccessPassViewSet, GrantViewSet
from governance.dictionary.api import AgreementViewSet, DictionaryViewSet, TermViewSet
from governance.landscape.api import LandscapeViewSet
from governance.raci.api import ActivityViewSet, DutyViewSet, HolderViewSet, MatrixViewSet, NoticeViewSet
from governance.register.api.companies import CompanyViewSet
from governance.register.api.connections import ConnectionViewSet, SideViewSet
from governance.register.api.downtimes import DowntimeViewSet
from governance.register.api.integrations import IntegrationViewSet, PartyViewSet
from governance.register.api.invitations import InvitationViewSet
from governance.register.api.people import AbsenceViewSet, PersonViewSet
from governance.register.api.systems import SystemViewSet
from governance.register.api.teams import TeamViewSet
from governance.rehearsals.api import RehearsalViewSet
from governance.rulebook.api import ProposalViewSet, RulebookViewSet, RuleVersionViewSet
from governance.sight.api import SightViewSet

router = SimpleRouter(use_regex_path=False)
router.register("companies", CompanyViewSet, "api-company")
router.register("people", PersonViewSet, "api-person")
router.register("absences", AbsenceViewSet, "api-absence")
router.register("teams", TeamViewSet, "api-team")
router.register("invitations", InvitationViewSet, "api-invitation")
router.register("downtimes", DowntimeViewSet, "api-downtime")
router.register("systems", SystemViewSet, "api-system")
router.register("integrations", IntegrationViewSet, "api-integration")
router.register("parties", PartyViewSet, "api-party")
router.register("connections", ConnectionViewSet, "api-connection")
router.register("sides", SideViewSet, "api-side")
router.register("dictionaries", DictionaryViewSet, "api-dictionary")
router.register("terms", TermViewSet, "api-term")
router.register("agreements", AgreementViewSet, "api-agreement")
router.register("access-matrices", AccessMatrixViewSet, "api-access-matrix")
router.register("grants", GrantViewSet, "api-grant")
router.register("access-passes", AccessPassViewSet, "api-access-pass")
router.register("sights", SightViewSet, "api-sight")
router.register("rulebooks", RulebookViewSet, "api-rulebook")
router.register("proposals", ProposalViewSet, "api-proposal")
router.register("rehearsals", RehearsalViewSet, "api-rehearsal")
router.register("rule-versions", RuleVersionViewSet, "api-rule-version")
router.register("matrices", MatrixViewSet, "api-matrix")
router.register("activities", ActivityViewSet, "api-activity")
router.register("holders", HolderViewSet, "api-holder")
router.register("duties", DutyViewSet, "api-duty")
router.register("notices", NoticeViewSet, "api-notice")
router.register("landscape", LandscapeViewSet, "api-landscape")
urlpatterns = router.urls
