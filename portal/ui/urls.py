"""Addresses of the portal's own pages."""

from django.urls import path

from portal.ui import account, doors, health, home, search

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", doors.sign_in, name="sign-in"),
    path("sign-out/", doors.sign_out, name="sign-out"),
    path("company/", doors.act_for, name="act-for"),
    path("search/", search.search, name="search"),
    path("account/", account.account, name="account"),
    path("account/zone/", account.change_zone, name="account-zone"),
    path("account/tokens/", account.create, name="token-create"),
    path("account/tokens/<uuid:uid>/revoke/", account.revoke, name="token-revoke"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
