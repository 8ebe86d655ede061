"""Addresses of the sync floor."""

from django.urls import path

from sync.flow import pages as flow
from sync.flow import webhooks
from sync.oversight import pages as oversight
from sync.triage import pages as triage

urlpatterns = [
    path("hooks/<str:path>/", webhooks.receive, name="webhook"),
    path("cases/", flow.cases, name="cases"),
    path("cases/<uuid:uid>/", flow.case, name="case"),
    path("disclosures/", flow.disclosures, name="disclosures"),
    path("overseen/", oversight.overseen, name="overseen"),
    path("access-passes/<uuid:uid>/lent/", oversight.lent, name="lent"),
    path("quality/<uuid:uid>/<slug:kind>/<slug:term>/", flow.quality_items, name="quality-items"),
    path("flow/<slug:noun>/<uuid:uid>/", flow.flow, name="flow-fragment"),
    path("triage/", triage.triage, name="triage"),
    path("triage/retry/", triage.retry_all, name="triage-retry-cause"),
    path("triage/<uuid:uid>/retry/", triage.retry, name="triage-retry"),
    path("triage/<uuid:uid>/skip/", triage.skip, name="triage-skip"),
]
