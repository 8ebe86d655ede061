"""Sign-in and patience: sign-in pages instead of 401, Retry-After on good answers, renewal by Entra."""

from datetime import timedelta

import httpx
import pytest

from portal.core import clock
from portal.core.errors import RateLimited, Rejected, Unauthorized, Unavailable
from sync.connectors.azuredevops.errors import explain
from sync.connectors.base import Basic, OAuth
from tests.sync.connectors.azuredevops.site import Site

PAGE = "<html><title>Sign In</title></html>"


@pytest.mark.parametrize("status", [203, 302, 401])
def test_a_sign_in_page_means_that_the_credential_is_refused(status: int) -> None:
    answer = httpx.Response(status, html=PAGE, headers={"Location": "https://login.example"})
    site = Site(answers={"GET workitems/42": lambda _: answer})
    with pytest.raises(Unauthorized):
        site.connector().read("42")


def test_another_redirect_is_a_wrong_address() -> None:
    moved = httpx.Response(301, headers={"Location": "https://dev.azure.com/other"})
    site = Site(answers={"GET workitems/42": lambda _: moved})
    with pytest.raises(Unavailable, match="address"):
        site.connector().read("42")


def test_a_sign_in_page_is_no_file() -> None:
    site = Site(answers={"GET attachments/a-1": lambda _: httpx.Response(203, html=PAGE)})
    with pytest.raises(Unauthorized), site.connector().attachment("42", "a-1") as pieces:
        list(pieces)


def test_a_web_page_of_somebody_else_is_no_answer() -> None:
    site = Site(answers={"GET workitems/42": lambda _: httpx.Response(200, html=PAGE)})
    with pytest.raises(Unavailable):
        site.connector().read("42")


def test_nobody_who_is_answered_like_somebody_is_refused() -> None:
    nobody = {"authenticatedUser": {"id": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"}}
    with pytest.raises(Unauthorized):
        Site(answers={"GET _apis/connectionData": nobody}).connector().check()


def test_a_token_goes_without_a_name_and_asks_for_no_page() -> None:
    site = Site()
    site.connector(Basic("jane@example.org", "t")).read("42")
    assert site.asked[0].headers["authorization"] == "Basic OnQ="
    assert site.asked[0].headers["x-tfs-fedauthredirect"] == "Suppress"


def test_patience_asked_for_with_a_good_answer_is_kept_by_the_next_verb() -> None:
    site = Site()
    item = site.item()
    site.answers["GET workitems/42"] = lambda _: httpx.Response(200, json=item, headers={"Retry-After": "20"})
    azure = site.connector()
    assert azure.read("42").label == "#42"
    asked = len(site.asked)
    with pytest.raises(RateLimited) as caught:
        azure.read("42")
    assert timedelta(seconds=15) < caught.value.retry_at - clock.now() <= timedelta(seconds=20)
    assert len(site.asked) == asked


def token_service(site: Site, *answers: httpx.Response) -> None:
    left = list(answers)
    site.answers["POST /tenant-1/oauth2/v2.0/token"] = lambda _: left.pop(0)


def test_an_access_token_is_renewed_at_the_tenants_address() -> None:
    site = Site()
    seen: list[str] = []

    def item(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(401) if len(seen) == 1 else httpx.Response(200, json=site.item())

    site.answers["GET workitems/42"] = item
    fresh = {"access_token": "new", "refresh_token": "next", "expires_in": 3600}
    token_service(site, httpx.Response(200, json=fresh))
    site.connector(OAuth("old", "r", "client", "secret"), tenant="tenant-1").read("42")
    assert seen == ["Bearer old", "Bearer new"]
    asked = next(one for one in site.asked if one.url.host == "login.microsoftonline.com")
    form = dict(httpx.QueryParams(asked.content.decode()))
    assert (form["grant_type"], form["refresh_token"], form["client_secret"]) == ("refresh_token", "r", "secret")
    assert "499b84ac-1321-427f-aa17-267ca6975798/.default" in form["scope"]


def test_a_service_signs_in_by_itself_and_a_dead_token_is_told() -> None:
    site = Site(answers={"GET workitems/42": lambda _: httpx.Response(401)})
    told = {"error": "invalid_grant", "error_description": "AADSTS70008: expired."}
    token_service(site, httpx.Response(400, json=told))
    with pytest.raises(Unauthorized, match="AADSTS70008"):
        site.connector(OAuth("old", "", "client", "secret"), tenant="tenant-1").read("42")
    assert b"grant_type=client_credentials" in site.asked[-1].content
    with pytest.raises(Unauthorized, match="Sign in again"):
        site.connector(OAuth("old"), tenant="tenant-1").read("42")


def test_a_token_service_that_is_down_is_tried_again() -> None:
    site = Site(answers={"GET workitems/42": lambda _: httpx.Response(401)})
    token_service(site, httpx.Response(503))
    with pytest.raises(Unavailable):
        site.connector(OAuth("old", "r", "client"), tenant="tenant-1").read("42")


def test_errors_are_told_in_the_services_words() -> None:
    rule = {"message": "TF401320: Rule Error for field Priority. Error code: HasValues."}
    assert explain(rule).field == "Priority"
    assert explain({"message": "TF51535: Cannot find field Custom.Cause."}).field == "Custom.Cause."[:-1]
    assert explain({"error": "invalid_grant", "error_description": "Old."}).sentence == "Old."
    assert explain("nonsense").sentence == ""


def test_a_controller_that_is_not_there_is_a_plain_sentence() -> None:
    site = Site(answers={"GET workitems/42": lambda _: httpx.Response(403, text="No.")})
    with pytest.raises(Rejected):
        site.connector().read("42")
