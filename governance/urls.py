"""Addresses of the governance floor, by room."""

from django.urls import path

from governance.accessmatrix.pages import passes, sheet
from governance.accessmatrix.pages import versions as accessmatrix
from governance.agreements import pages as agreements
from governance.dictionary.pages import takeover
from governance.dictionary.pages import terms as dictionary_terms
from governance.dictionary.pages import versions as dictionary
from governance.landscape import pages as landscape
from governance.quality import pages as quality
from governance.raci.pages import matrix as raci
from governance.raci.pages import notices as raci_notices
from governance.raci.pages import sheet as raci_sheet
from governance.raci.pages import vacancies as raci_vacancies
from governance.register.pages import (
    companies,
    connections,
    downtimes,
    integrations,
    invitations,
    lists,
    people,
    systems,
    teams,
    visits,
)
from governance.rehearsals import pages as papers
from governance.rulebook.pages import editor as rulebook
from governance.rulebook.pages import proposals, rehearsals, versions
from governance.sight import pages as sight
from governance.terms import pages as terms

register_urls = [
    path("register/", companies.register, name="register"),
    path("register/companies/", lists.companies, name="companies"),
    path("register/companies/new/", companies.company_new, name="company-new"),
    path("register/companies/<uuid:uid>/", companies.company, name="company"),
    path("register/people/", lists.people, name="people"),
    path("register/companies/invite/", invitations.company_invite, name="company-invite"),
    path("register/people/new/", people.person_new, name="person-new"),
    path("register/people/<uuid:uid>/", people.person, name="person"),
    path("register/people/<uuid:uid>/invite/", people.person_invite, name="person-invite"),
    path("register/people/<uuid:uid>/email/", people.person_email, name="person-email"),
    path("register/people/<uuid:uid>/suspend/", people.person_suspend, name="person-suspend"),
    path("register/people/<uuid:uid>/absence/", people.person_absence, name="person-absence"),
    path("register/people/<uuid:uid>/hand-over/", people.person_hand_over, name="person-hand-over"),
    path("register/absences/<uuid:uid>/remove/", people.absence_remove, name="absence-remove"),
    path("register/teams/new/", teams.team_new, name="team-new"),
    path("register/teams/<uuid:uid>/", teams.team, name="team"),
    path("register/teams/<uuid:uid>/dissolve/", teams.team_dissolve, name="team-dissolve"),
    path("register/invitations/<uuid:uid>/resend/", invitations.invitation_resend, name="invitation-resend"),
    path("register/invitations/<uuid:uid>/revoke/", invitations.invitation_revoke, name="invitation-revoke"),
    path("invitation/<str:secret>/", invitations.invitation, name="invitation"),
    path("register/systems/", lists.systems, name="systems"),
    path("register/systems/new/", systems.system_new, name="system-new"),
    path("register/systems/<uuid:uid>/", systems.system, name="system"),
    path("register/systems/<uuid:uid>/edit/", systems.system_edit, name="system-edit"),
    path("register/systems/<uuid:uid>/credential/", systems.system_credential, name="system-credential"),
    path("register/systems/<uuid:uid>/webhook/", systems.system_webhook, name="system-webhook"),
    path("register/systems/<uuid:uid>/sign-in/", visits.visit, name="visit"),
    path("register/systems/signed-in/", visits.visit_back, name="visit-back"),
    path("register/systems/<uuid:uid>/ask/<slug:kind>/", systems.system_ask, name="system-ask"),
    path("register/systems/<uuid:uid>/downtime/", downtimes.downtime_new, name="downtime-new"),
    path("register/downtimes/<uuid:uid>/cancel/", downtimes.downtime_cancel, name="downtime-cancel"),
    path("register/probes/<uuid:uid>/", systems.probe, name="probe"),
]
integration_urls = [
    path("integrations/", lists.integrations, name="integrations"),
    path("integrations/new/", integrations.integration_new, name="integration-new"),
    path("integrations/<uuid:uid>/", integrations.integration, name="integration"),
    path("integrations/<uuid:uid>/edit/", integrations.integration_edit, name="integration-edit"),
    path("integrations/<uuid:uid>/invite/", integrations.integration_invite, name="integration-invite"),
    path("integrations/<uuid:uid>/invite-company/", invitations.company_invite, name="integration-invite-company"),
    path("integrations/<uuid:uid>/review/", downtimes.integration_review, name="integration-review"),
    path("integrations/<uuid:uid>/exchange/", downtimes.integration_exchange, name="integration-exchange"),
    path("integrations/<uuid:uid>/join/", integrations.integration_join, name="integration-join"),
    path("integrations/<uuid:uid>/leave/", integrations.integration_leave, name="integration-leave"),
    path("integrations/<uuid:uid>/connections/new/", connections.connection_new, name="connection-new"),
    path("connections/", lists.connections, name="connections"),
    path("connections/<uuid:uid>/", connections.connection, name="connection"),
    path("connections/<uuid:uid>/accept/", connections.connection_accept, name="connection-accept"),
    path("connections/<uuid:uid>/refuse/", connections.connection_refuse, name="connection-refuse"),
    path("connections/<uuid:uid>/withdraw/", connections.connection_withdraw, name="connection-withdraw"),
    path("connections/<uuid:uid>/pause/", connections.connection_pause, name="connection-pause"),
    path("connections/<uuid:uid>/resume/", connections.connection_resume, name="connection-resume"),
]
dictionary_urls = [
    path("integrations/<uuid:uid>/dictionary/", dictionary.dictionary, name="dictionary"),
    path("integrations/<uuid:uid>/dictionary/draft/", dictionary.dictionary_draft, name="dictionary-draft"),
    path("integrations/<uuid:uid>/dictionary/origins/", takeover.dictionary_drift, name="dictionary-drift"),
    path("dictionaries/<uuid:uid>/take-over/", takeover.dictionary_take_over, name="dictionary-take-over"),
    path("dictionaries/origins/<uuid:uid>/keep/", takeover.origin_keep, name="origin-keep"),
    path("dictionaries/origins/<uuid:uid>/forget/", takeover.origin_forget, name="origin-forget"),
    path("dictionaries/<uuid:uid>/terms/new/", dictionary_terms.term_new, name="term-new"),
    path("dictionaries/<uuid:uid>/propose/", dictionary.dictionary_propose, name="dictionary-propose"),
    path("dictionaries/<uuid:uid>/withdraw/", dictionary.dictionary_withdraw, name="dictionary-withdraw"),
    path("dictionaries/<uuid:uid>/agree/", dictionary.dictionary_agree, name="dictionary-agree"),
    path("dictionaries/<uuid:uid>/refuse/", dictionary.dictionary_refuse, name="dictionary-refuse"),
    path("dictionaries/<uuid:uid>/discard/", dictionary.dictionary_discard, name="dictionary-discard"),
    path("terms/", dictionary.terms, name="terms"),
    path("terms/<uuid:uid>/", dictionary_terms.term, name="term"),
    path("terms/<uuid:uid>/remove/", dictionary_terms.term_remove, name="term-remove"),
]
accessmatrix_urls = [
    path("integrations/<uuid:uid>/access-matrix/", accessmatrix.grants, name="grants"),
    path("integrations/<uuid:uid>/access-matrix/draft/", accessmatrix.access_draft, name="access-draft"),
    path("access-matrices/<uuid:uid>/cells/", accessmatrix.access_save, name="access-save"),
    path("access-matrices/<uuid:uid>/propose/", accessmatrix.access_turn, {"act": "propose"}, name="access-propose"),
    path(
        "access-matrices/<uuid:uid>/take-back/",
        accessmatrix.access_turn,
        {"act": "take-back"},
        name="access-take-back",
    ),
    path("access-matrices/<uuid:uid>/sign/", accessmatrix.access_turn, {"act": "sign"}, name="access-sign"),
    path("access-matrices/<uuid:uid>/enforce/", accessmatrix.access_turn, {"act": "enforce"}, name="access-enforce"),
    path("access-matrices/<uuid:uid>/discard/", accessmatrix.access_turn, {"act": "discard"}, name="access-discard"),
    path("access-matrices/<uuid:uid>/export/", sheet.access_export, name="access-export"),
    path("access-matrices/<uuid:uid>/import/", sheet.access_import, name="access-import"),
    path("access-passes/", passes.passes, name="access-passes"),
    path("integrations/<uuid:uid>/access-passes/ask/", passes.pass_ask, name="access-pass-ask"),
    path("access-passes/<uuid:uid>/", passes.access_pass, name="access-pass"),
    path("access-passes/<uuid:uid>/answer/", passes.pass_answer, name="access-pass-answer"),
    path("integrations/<uuid:uid>/sight/", sight.sight_of_term, name="sight"),
    path("register/people/<uuid:uid>/sight/", sight.sight_of_person, name="person-sight"),
]
quality_urls = [
    path("integrations/<uuid:uid>/quality/", quality.quality, name="quality"),
    path("integrations/<uuid:uid>/quality/count/", quality.quality_count, name="quality-count"),
    path("integrations/<uuid:uid>/terms/<slug:name>/", terms.term_path, name="term-path"),
]
landscape_urls = [
    path("landscape/", landscape.landscape, name="landscape"),
    path("landscape/file/", landscape.landscape_file, name="landscape-file"),
    path("integrations/<uuid:uid>/landscape/", landscape.of_integration, name="integration-landscape"),
]
raci_urls = [
    path("raci/", raci.matrices, name="matrices"),
    path("integrations/<uuid:uid>/raci/", raci.raci, name="raci"),
    path("integrations/<uuid:uid>/raci/vacancies/", raci_vacancies.of_integration, name="raci-vacancies"),
    path("register/companies/<uuid:uid>/vacancies/", raci_vacancies.of_company, name="vacancies"),
    path("integrations/<uuid:uid>/raci/draft/", raci.raci_draft, name="raci-draft"),
    path("raci/<uuid:uid>/cells/", raci.raci_save, name="raci-save"),
    path("raci/<uuid:uid>/activities/", raci.raci_rows, name="raci-rows"),
    path("raci/<uuid:uid>/holders/", raci.raci_holders, name="raci-holders"),
    path("raci/<uuid:uid>/export/", raci_sheet.raci_export, name="raci-export"),
    path("raci/<uuid:uid>/import/", raci_sheet.raci_import, name="raci-import"),
    path("raci/<uuid:uid>/propose/", raci.raci_turn, {"act": "propose"}, name="raci-propose"),
    path("raci/<uuid:uid>/withdraw/", raci.raci_turn, {"act": "withdraw"}, name="raci-withdraw"),
    path("raci/<uuid:uid>/sign/", raci.raci_turn, {"act": "sign"}, name="raci-sign"),
    path("raci/<uuid:uid>/discard/", raci.raci_turn, {"act": "discard"}, name="raci-discard"),
    path("notices/", raci_notices.notices, name="notices"),
    path("notices/unrouted/", raci_notices.unrouted_events, name="unrouted"),
    path("notices/<uuid:uid>/", raci_notices.notice, name="notice"),
]
rulebook_urls = [
    path("connections/<uuid:uid>/rulebook/<slug:side>/", rulebook.rulebook, name="rulebook"),
    path(
        "connections/<uuid:uid>/rulebook/<slug:side>/discard/",
        rulebook.rulebook_discard,
        name="rulebook-discard",
    ),
    path(
        "connections/<uuid:uid>/rulebook/<slug:side>/dry-run/",
        rulebook.rulebook_dry_run,
        name="rulebook-dry-run",
    ),
    path(
        "connections/<uuid:uid>/rulebook/<slug:side>/four-eyes/",
        versions.rulebook_four_eyes,
        name="rulebook-four-eyes",
    ),
    path(
        "connections/<uuid:uid>/rulebook/<slug:side>/versions/<int:no>/",
        versions.version,
        name="rulebook-version",
    ),
    path(
        "connections/<uuid:uid>/rulebook/<slug:side>/versions/<int:no>/restore/",
        versions.rulebook_rollback,
        name="rulebook-rollback",
    ),
    path(
        "connections/<uuid:uid>/rulebook/<slug:side>/rehearse/",
        rehearsals.rehearsal_start,
        name="rehearsal-start",
    ),
    path("rehearsals/<uuid:uid>/", rehearsals.rehearsal, name="rehearsal"),
    path("rehearsals/<uuid:uid>/cancel/", rehearsals.rehearsal_cancel, name="rehearsal-cancel"),
    path("rehearsals/<uuid:uid>/resume/", rehearsals.rehearsal_resume, name="rehearsal-resume"),
    path(
        "integrations/<uuid:uid>/access-matrix/rehearsals/",
        papers.paper_rehearsals,
        {"what": "matrix"},
        name="matrix-rehearsals",
    ),
    path(
        "integrations/<uuid:uid>/access-matrix/rehearse/",
        papers.paper_rehearse,
        {"what": "matrix"},
        name="matrix-rehearse",
    ),
    path(
        "integrations/<uuid:uid>/dictionary/rehearsals/",
        papers.paper_rehearsals,
        {"what": "dictionary"},
        name="dictionary-rehearsals",
    ),
    path(
        "integrations/<uuid:uid>/dictionary/rehearse/",
        papers.paper_rehearse,
        {"what": "dictionary"},
        name="dictionary-rehearse",
    ),
    path("agreements/", agreements.agreements, name="agreements"),
    path("proposals/<uuid:uid>/", proposals.proposal, name="proposal"),
    path("proposals/<uuid:uid>/sign/", proposals.proposal_sign, name="proposal-sign"),
    path("proposals/<uuid:uid>/refuse/", proposals.proposal_refuse, name="proposal-refuse"),
    path("proposals/<uuid:uid>/schedule/", proposals.proposal_schedule, name="proposal-schedule"),
    path("proposals/<uuid:uid>/withdraw/", proposals.proposal_withdraw, name="proposal-withdraw"),
]
urlpatterns = [
    *register_urls,
    *integration_urls,
    *dictionary_urls,
    *accessmatrix_urls,
    *raci_urls,
    *rulebook_urls,
    *quality_urls,
    *landscape_urls,
]
