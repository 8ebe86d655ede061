"""Users: found, made, matched."""

from tests.sync.sandbox.zendesk.desk import Desk


def test_a_user_is_found_by_address_name_and_external_id(desk: Desk) -> None:
    desk.api.put(f"/api/v2/users/{desk.cast('jane')}", json={"user": {"external_id": "x1"}})
    for query in ("query=email:JANE.ROE@customer.example", "query=jane", "external_id=x1"):
        assert [u["name"] for u in desk.get(f"users/search?{query}")["users"]] == ["Jane Roe"]


def test_create_or_update_says_which_it_did(desk: Desk) -> None:
    user = {"name": "Ann", "email": "ann@customer.example"}
    path = "/api/v2/users/create_or_update"
    assert desk.api.post(path, json={"user": user}).status_code == 201
    again = desk.api.post(path, json={"user": {**user, "name": "Anna"}})
    assert (again.status_code, again.json()["user"]["name"]) == (200, "Anna")


def test_an_address_belongs_to_one_user(desk: Desk) -> None:
    answer = desk.api.post("/api/v2/users", json={"user": {"name": "X", "email": "ASHA@mercuri.example"}})
    assert answer.status_code == 422
    assert answer.json()["details"]["email"][0]["error"] == "DuplicateValue"


def test_an_address_that_was_given_up_is_free_again(desk: Desk) -> None:
    path = f"/api/v2/users/{desk.cast('jane')}"
    assert desk.api.put(path, json={"user": {"email": "jane@elsewhere.example"}}).status_code == 200
    new = {"name": "X", "email": "jane.roe@customer.example"}
    assert desk.api.post("/api/v2/users", json={"user": new}).status_code == 201


def test_many_are_shown_and_unknown_ones_left_out(desk: Desk) -> None:
    ids = f"{desk.cast('jane')},{desk.cast('asha')},1"
    assert {u["name"] for u in desk.get(f"users/show_many?ids={ids}")["users"]} == {"Jane Roe", "Asha Rao"}
    assert desk.api.get("/api/v2/users/show_many?ids=" + ",".join(["1"] * 101)).status_code == 400


def test_agents_can_be_listed_by_role(desk: Desk) -> None:
    names = {u["name"] for u in desk.get("users?role[]=agent&role[]=admin")["users"]}
    assert names == {"Mira Lind", "Concord", "Asha Rao", "Tomas Weber"}
