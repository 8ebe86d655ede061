"""Addresses of what every list can do."""

from django.urls import path

from portal.ui.listing.pages import edits, exports, imports, views

urlpatterns = [
    path("lists/<slug:key>/export/<slug:kind>/", exports.export, name="listing-export"),
    path("lists/<slug:key>/views/", views.view_save, name="view-save"),
    path("lists/<slug:key>/edit/", edits.edit_rows, name="listing-edit"),
    path("lists/<slug:key>/import/", imports.import_file, name="listing-import"),
    path("lists/<slug:key>/import/<uuid:uid>/", imports.import_file_into, name="listing-import-into"),
    path("lists/<slug:key>/template/<slug:kind>/", imports.import_template, name="listing-template"),
    path("views/<uuid:uid>/", views.view_change, name="view-change"),
    path("imports/<uuid:uid>/", imports.import_plan, name="import-plan"),
    path("imports/<uuid:uid>/verdicts/", imports.import_verdicts, name="import-verdicts"),
    path("imports/<uuid:uid>/act/", imports.import_act, name="import-act"),
]
