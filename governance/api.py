"""The nouns of this floor in the API, nothing else."""

from rest_framework.routers import SimpleRouter

from governance.accessmatrix.api import GrantViewSet
from governance.dictionary.api import AgreementViewSet, DictionaryViewSet, TermViewSet
from governance.register.api.companies import CompanyViewSet, PersonViewSet
from governance.register.api.connections import ConnectionViewSet, SideViewSet
from governance.register.api.integrations import IntegrationViewSet, PartyViewSet
from governance.register.api.systems import SystemViewSet
from governance.rulebook.api import RulebookViewSet, RuleVersionViewSet

router = SimpleRouter(use_regex_path=False)
router.register("companies", CompanyViewSet, "api-company")
router.register("people", PersonViewSet, "api-person")
router.register("systems", SystemViewSet, "api-system")
router.register("integrations", IntegrationViewSet, "api-integration")
router.register("parties", PartyViewSet, "api-party")
router.register("connections", ConnectionViewSet, "api-connection")
router.register("sides", SideViewSet, "api-side")
router.register("dictionaries", DictionaryViewSet, "api-dictionary")
router.register("terms", TermViewSet, "api-term")
router.register("agreements", AgreementViewSet, "api-agreement")
router.register("grants", GrantViewSet, "api-grant")
router.register("rulebooks", RulebookViewSet, "api-rulebook")
router.register("rule-versions", RuleVersionViewSet, "api-rule-version")
urlpatterns = router.urls
