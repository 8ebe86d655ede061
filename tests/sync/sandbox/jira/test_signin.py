"""The practice Jira's door: tokens, OAuth with rotating refresh tokens, limits, faults, the outage."""

import httpx
import pytest

from sync.sandbox.jira.seed import CLOUD_ID, SYNC_EMAIL
from tests.sync.sandbox.jira.site import TOKEN, Site


def test_a_wrong_token_is_refused_as_text(site: Site) -> None:
    answer = httpx.get(f"{site.address}/rest/api/3/myself", auth=(SYNC_EMAIL, "wrong"))
    assert (answer.status_code, answer.headers["X-Seraph-LoginReason"]) == (401, "AUTHENTICATED_FAILED")
    assert answer.text == "Client must be authenticated to access this resource."


def test_oauth_goes_by_the_gateway_and_refresh_tokens_rotate(site: Site) -> None:
    first = site.switch("grant")
    bearer = {"Authorization": f"Bearer {first['access_token']}"}
    (found,) = site.nobody.get("/oauth/token/accessible-resources", headers=bearer).json()
    assert found["id"] == CLOUD_ID
    assert site.nobody.get(f"/ex/jira/{CLOUD_ID}/rest/api/3/myself", headers=bearer).status_code == 200
    assert site.nobody.get("/rest/api/3/myself", headers=bearer).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = site.nobody.post("/oauth/token", json=form)
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    again = site.nobody.post("/oauth/token", json=form)
    assert (again.status_code, again.json()["error"]) == (403, "invalid_grant")


def test_too_many_requests_are_told_to_wait(site: Site) -> None:
    site.switch("limits", burst=2)
    answers = [site.api.get("/rest/api/3/myself") for _ in range(4)]
    refused = next(one for one in answers if one.status_code == 429)
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["RateLimit-Reason"] == "jira-burst-based"
    assert refused.headers["X-RateLimit-Remaining"] == "0"


def test_writes_to_one_issue_are_limited_by_themselves(site: Site) -> None:
    one, two = site.create(), site.create()
    site.switch("limits", per_issue=1)
    said = [site.say(key, "x").status_code for key in (one["key"], one["key"], two["key"])]
    assert said == [201, 429, 201]


def test_a_lost_answer_has_done_its_work(site: Site) -> None:
    site.switch("faults", drop="after", match="POST /rest/api/3/issue")
    fields = {"project": {"key": "INF"}, "issuetype": {"name": "Task"}, "summary": "x"}
    with pytest.raises(httpx.HTTPError):
        site.api.post("/rest/api/3/issue", json={"fields": fields})
    assert site.found("project = INF") == ["INF-1"]


def test_while_it_is_down_the_pages_stay(site: Site) -> None:
    site.switch("down", down=True)
    with pytest.raises(httpx.HTTPError):
        site.api.get("/rest/api/3/myself")
    assert site.nobody.get("/").status_code == 200
    site.switch("down", down=False)
    assert site.api.get("/rest/api/3/myself").status_code == 200


def test_the_token_is_kept_as_a_digest_only(site: Site) -> None:
    assert TOKEN not in repr(site.practice.store.all("tokens"))


def test_a_switch_takes_json_only(site: Site) -> None:
    for name in ("index", "limits", "media", "move", "grant"):
        assert site.nobody.post(f"/_practice/{name}", data={"lag": "1"}).status_code == 415
