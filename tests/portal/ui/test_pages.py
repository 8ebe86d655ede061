"""The frame's pages: signing in, the company one acts for, faults, the account."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from governance.register.models import Company
from portal.access.models import ApiToken
from portal.access.subject import Role
from portal.history.models import Deed
from tests import factories
from tests.characters import Character, WalledClient
from tests.factories import PASSWORD
from tests.query_counts import QueryCounts


def test_a_page_sends_a_stranger_to_the_sign_in_and_back(db: None) -> None:
    answer = WalledClient().get("/cases/?state=parked")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Fcases%2F%3Fstate%3Dparked"


def test_a_part_asked_for_after_the_session_ended_sends_the_whole_page_to_the_sign_in(db: None) -> None:
    answer = WalledClient().get("/", headers={"hx-request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/sign-in/")


def test_a_right_password_signs_in_whatever_the_case_of_the_address(ada: Character) -> None:
    answer = WalledClient().post("/sign-in/", {"username": "ADA@People.example", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_a_wrong_password_says_what_to_do_and_keeps_the_address(ada: Character) -> None:
    answer = WalledClient().post("/sign-in/", {"username": "ada@people.example", "password": "wrong"})
    assert answer.status_code == 200
    assert "do not belong together" in answer.content.decode()
    assert 'value="ada@people.example"' in answer.content.decode()


def test_too_many_wrong_passwords_rest_the_sign_in(ada: Character) -> None:
    browser = WalledClient()
    for _ in range(5):
        answer = browser.post("/sign-in/", {"username": "ada@people.example", "password": "wrong"})
    assert answer.status_code == 429
    assert "Too many wrong tries" in answer.content.decode()


def test_signing_in_goes_nowhere_else(ada: Character) -> None:
    answer = WalledClient().post(
        "/sign-in/?next=https://evil.example/", {"username": "ada@people.example", "password": PASSWORD}
    )
    assert answer["Location"] == "/"


def test_signing_out_needs_a_post(ada: Character) -> None:
    assert ada.client.get("/sign-out/").status_code == 405
    assert ada.client.post("/sign-out/").status_code == 303
    assert ada.client.get("/").status_code == 302


def test_a_person_of_two_companies_chooses_the_one_to_act_for(ada: Character, company_b: Company) -> None:
    factories.person(company_b, "Ada B", role=Role.VIEWER, signs_in_as=ada.user)
    ada.client.post("/company/", {"company": company_b.pk, "next": "/account/"})
    assert "Viewer of Birch" in ada.client.get("/account/").content.decode()


def test_nobody_acts_for_a_company_of_others(ada: Character, company_b: Company) -> None:
    ada.client.post("/company/", {"company": company_b.pk})
    assert "company" not in ada.client.session


def test_home_greets_somebody_without_a_company(db: None) -> None:
    browser = WalledClient()
    browser.force_login(factories.user("Nia"), backend="portal.access.backend.Backend")
    body = browser.get("/").content.decode()
    assert "Nia" in body
    assert "No company yet" in body


@pytest.mark.parametrize("address", ["/nowhere/", "/cases/00000000-0000-0000-0000-000000000000/"])
def test_a_missing_page_is_a_calm_404(ada: Character, address: str) -> None:
    answer = ada.client.get(address)
    assert answer.status_code == 404
    assert "not yours to see" in answer.content.decode()


def test_a_form_without_its_token_says_to_load_the_page_again(ada: Character) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in/", {"username": "a@b.example", "password": "x"})
    assert answer.status_code == 403
    assert "load it again" in answer.content.decode()


def test_a_token_is_shown_once_and_stored_as_a_digest(ada: Character) -> None:
    body = ada.client.post(
        "/account/tokens/", {"name": "export", "company": ada.company.pk, "days": "90"}
    ).content.decode()
    found = re.search(r"concord_[\w-]{20,}", body)
    assert found
    assert found.group() not in ada.client.get("/account/").content.decode()
    assert ApiToken.objects.get(name="export").digest != found.group()
    assert Deed.objects.filter(verb="create", noun="apitoken", company_id=ada.company.pk).count() == 1


def test_a_token_for_another_company_is_not_made(ada: Character, company_b: Company) -> None:
    answer = ada.client.post("/account/tokens/", {"name": "spy", "company": company_b.pk, "days": "90"})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_what_was_typed_into_the_token_form_stays_after_an_error(ada: Character) -> None:
    body = ada.client.post(
        "/account/tokens/", {"name": "nightly", "company": ada.company.pk, "days": "9"}
    ).content.decode()
    assert 'value="nightly"' in body
    assert 'href="#id_days"' in body


def test_a_revoked_token_opens_nothing(ada: Character) -> None:
    factories.token(ada.user, ada.company)
    token = ApiToken.objects.get()
    ada.client.post(reverse("token-revoke", args=[token.uid]))
    token.refresh_from_db()
    assert token.revoked is not None


def test_nobody_revokes_anothers_token(ada: Character, ben: Character) -> None:
    factories.token(ada.user, ada.company)
    answer = ben.client.post(reverse("token-revoke", args=[ApiToken.objects.get().uid]))
    assert answer.status_code == 404


def test_times_follow_the_chosen_zone(ada: Character) -> None:
    ada.client.post("/account/zone/", {"time_zone": "Europe/Berlin"})
    ada.user.refresh_from_db()
    assert ada.user.time_zone == "Europe/Berlin"


def test_without_a_choice_times_are_in_the_zone_of_the_company(ada: Character) -> None:
    Company.objects.filter(pk=ada.company.pk).update(time_zone="Asia/Kolkata")
    factories.token(ada.user, ada.company)
    assert "Asia/Kolkata ·" in ada.client.get("/account/").content.decode()


def test_the_palette_finds_places(ada: Character) -> None:
    body = ada.client.get("/search/?q=cas", headers={"hx-request": "true"}).content.decode()
    assert 'href="/cases/"' in body
    assert "<html" not in body


def test_the_account_page_takes_few_queries(ada: Character, query_counts: QueryCounts) -> None:
    with query_counts.pinned("GET /account/"):
        ada.client.get("/account/")


def test_every_answer_forbids_inline_code(ada: Character) -> None:
    answer: Any = ada.client.get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
