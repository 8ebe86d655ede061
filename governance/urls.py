"""Addresses of the governance floor, by room."""

from django.urls import path

from governance.accessmatrix import pages as accessmatrix
from governance.dictionary import pages as dictionary
from governance.register.pages import companies, connections, integrations, systems
from governance.rulebook import pages as rulebook

register_urls = [
    path("register/", companies.register, name="register"),
    path("register/companies/new/", companies.company_new, name="company-new"),
    path("register/companies/<uuid:uid>/", companies.company, name="company"),
    path("register/people/new/", companies.person_new, name="person-new"),
    path("register/people/<uuid:uid>/", companies.person, name="person"),
    path("register/people/<uuid:uid>/invite/", companies.person_invite, name="person-invite"),
    path("register/people/<uuid:uid>/suspend/", companies.person_suspend, name="person-suspend"),
    path("sign-up/<str:uidb64>/<str:token>/", companies.sign_up, name="sign-up"),
    path("register/systems/", systems.systems, name="systems"),
    path("register/systems/new/", systems.system_new, name="system-new"),
    path("register/systems/<uuid:uid>/", systems.system, name="system"),
    path("register/systems/<uuid:uid>/edit/", systems.system_edit, name="system-edit"),
    path("register/systems/<uuid:uid>/credential/", systems.system_credential, name="system-credential"),
    path("register/systems/<uuid:uid>/webhook/", systems.system_webhook, name="system-webhook"),
    path("register/systems/<uuid:uid>/ask/<slug:kind>/", systems.system_ask, name="system-ask"),
    path("register/probes/<uuid:uid>/", systems.probe, name="probe"),
]
integration_urls = [
    path("integrations/", integrations.integrations, name="integrations"),
    path("integrations/new/", integrations.integration_new, name="integration-new"),
    path("integrations/<uuid:uid>/", integrations.integration, name="integration"),
    path("integrations/<uuid:uid>/edit/", integrations.integration_edit, name="integration-edit"),
    path("integrations/<uuid:uid>/invite/", integrations.integration_invite, name="integration-invite"),
    path("integrations/<uuid:uid>/join/", integrations.integration_join, name="integration-join"),
    path("integrations/<uuid:uid>/leave/", integrations.integration_leave, name="integration-leave"),
    path("integrations/<uuid:uid>/connections/new/", connections.connection_new, name="connection-new"),
    path("connections/<uuid:uid>/", connections.connection, name="connection"),
    path("connections/<uuid:uid>/accept/", connections.connection_accept, name="connection-accept"),
    path("connections/<uuid:uid>/pause/", connections.connection_pause, name="connection-pause"),
    path("connections/<uuid:uid>/resume/", connections.connection_resume, name="connection-resume"),
]
dictionary_urls = [
    path("integrations/<uuid:uid>/dictionary/", dictionary.dictionary, name="dictionary"),
    path("integrations/<uuid:uid>/dictionary/draft/", dictionary.dictionary_draft, name="dictionary-draft"),
    path("dictionaries/<uuid:uid>/terms/new/", dictionary.term_new, name="term-new"),
    path("dictionaries/<uuid:uid>/agree/", dictionary.dictionary_agree, name="dictionary-agree"),
    path("dictionaries/<uuid:uid>/discard/", dictionary.dictionary_discard, name="dictionary-discard"),
    path("terms/<uuid:uid>/", dictionary.term, name="term"),
    path("terms/<uuid:uid>/remove/", dictionary.term_remove, name="term-remove"),
]
accessmatrix_urls = [
    path("integrations/<uuid:uid>/access-matrix/", accessmatrix.grants, name="grants"),
]
rulebook_urls = [
    path("connections/<uuid:uid>/rulebook/<slug:side>/", rulebook.rulebook, name="rulebook"),
    path(
        "connections/<uuid:uid>/rulebook/<slug:side>/publish/",
        rulebook.rulebook_publish,
        name="rulebook-publish",
    ),
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
        "connections/<uuid:uid>/rulebook/<slug:side>/versions/<int:no>/restore/",
        rulebook.rulebook_rollback,
        name="rulebook-rollback",
    ),
]
urlpatterns = [*register_urls, *integration_urls, *dictionary_urls, *accessmatrix_urls, *rulebook_urls]
