"""The nouns of this floor in the API, nothing else."""

from rest_framework.routers import SimpleRouter

from sync.flow.api.cases import CaseViewSet, ItemViewSet
from sync.flow.api.disclosed import DisclosedViewSet
from sync.flow.api.facts import ChangeViewSet, EnvelopeViewSet, WithheldViewSet
from sync.flow.api.streams import ProbeViewSet, StreamViewSet
from sync.flow.api.writes import ConflictViewSet, IntentViewSet
from sync.oversight.api import LentViewSet, OverseenViewSet
from sync.triage.api import ParkedViewSet

router = SimpleRouter(use_regex_path=False)
router.register("cases", CaseViewSet, "api-case")
router.register("items", ItemViewSet, "api-item")
router.register("changes", ChangeViewSet, "api-change")
router.register("envelopes", EnvelopeViewSet, "api-envelope")
router.register("disclosures", DisclosedViewSet, "api-disclosure")
router.register("overseen", OverseenViewSet, "api-overseen")
router.register("lent", LentViewSet, "api-lent")
router.register("withheld", WithheldViewSet, "api-withheld")
router.register("intents", IntentViewSet, "api-intent")
router.register("conflicts", ConflictViewSet, "api-conflict")
router.register("parked", ParkedViewSet, "api-parked")
router.register("streams", StreamViewSet, "api-stream")
router.register("probes", ProbeViewSet, "api-probe")
urlpatterns = router.urls
