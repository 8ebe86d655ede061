"""Signing in to the practice Azure DevOps, and its limits."""

import httpx

from tests.sync.sandbox.azuredevops.site import TOKEN, WIT, Site, V

SUPPRESS = {"X-TFS-FedAuthRedirect": "Suppress"}
RESOURCE = "499b84ac-1321-427f-aa17-267ca6975798/.default"


def test_a_bad_token_gets_a_page_and_not_always_401(site: Site) -> None:
    place = f"{site.address}{WIT}/workitemtypes"
    wrong = httpx.get(place, params=V, auth=("", "wrong"))
    assert (wrong.status_code, "text/html" in wrong.headers["content-type"]) == (203, True)
    assert httpx.get(place, params=V).status_code == 302
    assert httpx.get(place, params=V, auth=("", "wrong"), headers=SUPPRESS).status_code == 401


def test_the_name_beside_a_token_does_not_count(site: Site) -> None:
    answer = httpx.get(f"{site.address}/global/_apis/connectionData", auth=("whoever", TOKEN))
    assert answer.json()["authenticatedUser"]["providerDisplayName"] == "Concord"


def test_entra_tokens_are_renewed_and_a_service_signs_in_by_itself(site: Site) -> None:
    place = "/global/oauth2/v2.0/token"
    first = site.switch("grant")
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "scope": RESOURCE}
    fresh = site.nobody.post(place, data=form).json()
    bearer = {"Authorization": f"Bearer {fresh['access_token']}"}
    assert site.nobody.get(f"{WIT}/workitemtypes", params=V, headers=bearer).status_code == 200
    service = {"grant_type": "client_credentials", "client_id": "practice-client", "scope": RESOURCE}
    good = site.nobody.post(place, data=service | {"client_secret": "practice-secret"}).json()
    assert "refresh_token" not in good
    bad = site.nobody.post(place, data=service | {"client_secret": "guess"})
    assert (bad.status_code, bad.json()["error"]) == (401, "invalid_client")
    dead = site.nobody.post(place, data=form | {"refresh_token": "dead"})
    assert (dead.status_code, dead.json()["error"]) == (400, "invalid_grant")


def test_beyond_a_limit_answers_ask_for_patience_and_then_stop(site: Site) -> None:
    site.switch("limits", delay=1, block=2)
    answers = [site.api.get(f"{WIT}/workitemtypes", params=V) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [("retry-after" in one.headers) for one in answers] == [False, True, True]
    assert answers[2].json()["message"].startswith("TF400733")
    assert answers[2].headers["x-ratelimit-remaining"] == "0"


def test_an_address_that_there_is_not_is_told_in_plain_text(site: Site) -> None:
    answer = site.api.get(f"{WIT}/nonsense", params=V)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (404, "text/plain")
    project = site.api.get("/global/Nowhere/_apis/wit/workitemtypes", params=V)
    assert (project.status_code, project.json()["typeKey"]) == (404, "ProjectDoesNotExistWithNameException")
