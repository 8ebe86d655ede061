"""All addresses of the site; each floor lists its own rooms."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.ui.urls")),
    path("", include("portal.ui.listing.urls")),
    path("admin/", admin.site.urls),
    path("", include("portal.api.urls")),
    path("api/v1/", include("governance.api")),
    path("api/v1/", include("sync.api")),
    path("", include("governance.urls")),
    path("", include("sync.urls")),
]
handler400 = "portal.ui.faults.bad_request"
handler403 = "portal.ui.faults.forbidden"
handler404 = "portal.ui.faults.not_found"
handler500 = "portal.ui.faults.broken"
