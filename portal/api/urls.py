"""Addresses of the API's frame and of the portal's own nouns."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from portal.access.api import MeViewSet, TokenViewSet
from portal.api.root import root
from portal.api.schema import docs, document
from portal.history.api import DeedViewSet

router = SimpleRouter(use_regex_path=False)
router.register("tokens", TokenViewSet, "api-token")
router.register("deeds", DeedViewSet, "api-deed")
router.register("me", MeViewSet, "api-me")

urlpatterns = [
    path("api/docs/", docs, name="api-docs"),
    path("api/v1/", root, name="api-root"),
    path("api/v1/openapi.json", document, name="api-document"),
    path("api/v1/", include(router.urls)),
]
