"""Credentials, roles, limits."""

import pytest

from tests.sync.sandbox.zendesk.desk import Desk, client

SYNC = "concord@mercuri.example"


def test_an_api_token_speaks_for_the_address_it_comes_with(desk: Desk) -> None:
    assert desk.get("users/me")["user"]["email"] == SYNC
    assert desk.asha.get("/api/v2/users/me").json()["user"]["name"] == "Asha Rao"


def test_a_wrong_token_is_an_anonymous_user_with_status_200(desk: Desk) -> None:
    for wrong in (desk.nobody, client(desk.address, SYNC, "wrong"), client(desk.address, "who@mercuri.example")):
        answer = wrong.get("/api/v2/users/me.json")
        assert answer.status_code == 200
        assert (answer.json()["user"]["name"], answer.json()["user"]["id"]) == ("Anonymous user", None)


@pytest.mark.parametrize("path", ["tickets", "tickets/4711", "incremental/tickets/cursor?start_time=0", "webhooks"])
def test_everywhere_else_it_is_401(desk: Desk, path: str) -> None:
    answer = client(desk.address, SYNC, "wrong").get(f"/api/v2/{path}")
    assert (answer.status_code, answer.json()) == (401, {"error": "Couldn't authenticate you"})


def test_a_password_is_no_credential_any_more(desk: Desk) -> None:
    assert desk.nobody.get("/api/v2/tickets", auth=(SYNC, "practice-zendesk-token")).status_code == 401


def test_a_suspended_user_is_nobody(desk: Desk) -> None:
    asha = desk.practice.store.copy("users", desk.cast("asha"))
    assert asha is not None
    desk.practice.store.put("users", asha["id"], {**asha, "suspended": True})
    assert desk.asha.get("/api/v2/tickets").status_code == 401


def test_an_end_user_may_not_read_tickets(desk: Desk) -> None:
    jane = client(desk.address, "jane.roe@customer.example")
    assert jane.get("/api/v2/users/me").json()["user"]["role"] == "end-user"
    answer = jane.get("/api/v2/tickets")
    assert (answer.status_code, answer.json()["error"]["title"]) == (403, "Forbidden")


def test_the_limit_is_told_and_kept(desk: Desk) -> None:
    desk.options(rate_limit=3)
    answers = [desk.api.get("/api/v2/users/me") for _ in range(3)]
    assert [a.headers["X-Rate-Limit-Remaining"] for a in answers] == ["2", "1", "0"]
    assert answers[0].headers["ratelimit-limit"] == "3"
    refused = desk.api.get("/api/v2/users/me")
    assert (refused.status_code, refused.json()["error"]) == (429, "APIRateLimitExceeded")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_incremental_exports_have_a_limit_of_their_own(desk: Desk) -> None:
    desk.options(incremental_limit=1)
    path = "/api/v2/incremental/tickets/cursor?start_time=0"
    assert [desk.api.get(path).status_code for _ in range(2)] == [200, 429]
    assert desk.api.get("/api/v2/tickets").status_code == 200


def test_an_address_that_does_not_exist_is_404(desk: Desk) -> None:
    answer = desk.api.get("/api/v2/nonsense.json")
    assert (answer.status_code, answer.json()["error"]) == (404, "InvalidEndpoint")


def test_an_option_that_does_not_exist_is_refused(desk: Desk) -> None:
    assert desk.nobody.post("/_practice/options", json={"hold_bakc": 3}).status_code == 400
    assert desk.nobody.post("/_practice/options", json={"hold": 3}).status_code == 400
    assert desk.nobody.get("/_practice/options").json()["hold_back"] == 1
