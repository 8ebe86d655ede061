"""Tickets: opened, changed, refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sync.sandbox.zendesk.ticketfields import KEYS
from tests.sync.sandbox.zendesk.desk import Desk


def details(answer: object) -> dict[str, list[dict[str, object]]]:
    """The `details` of a RecordInvalid answer."""
    body = answer.json()  # type: ignore[attr-defined]
    assert body["error"] == "RecordInvalid"
    return dict(body["details"])


def test_a_requester_is_found_by_address_or_made(desk: Desk) -> None:
    known = desk.create(requester={"name": "Other name", "email": "JANE.ROE@customer.example"})
    made = desk.create(requester={"name": "Ann New", "email": "ann@customer.example"})
    assert known["requester_id"] == desk.cast("jane")
    assert desk.get(f"users/{made['requester_id']}")["user"]["email"] == "ann@customer.example"


def test_an_unknown_requester_needs_a_name(desk: Desk) -> None:
    new = {"ticket": {"comment": {"body": "x"}, "requester": {"email": "ann@customer.example"}}}
    answer = desk.api.post("/api/v2/tickets", json=new)
    assert answer.status_code == 422
    assert details(answer)["requester"][0]["error"] == "BlankValue"


def test_a_refused_ticket_leaves_no_user_behind(desk: Desk) -> None:
    requester = {"name": "Ann", "email": "ann@customer.example"}
    new = {"ticket": {"comment": {"body": "x"}, "requester": requester, "custom_fields": "wrong"}}
    assert desk.api.post("/api/v2/tickets", json=new).status_code == 400
    assert desk.get("users/search?query=email:ann@customer.example")["users"] == []


def test_a_ticket_needs_a_comment(desk: Desk) -> None:
    assert desk.api.post("/api/v2/tickets", json={"ticket": {"subject": "x"}}).status_code == 422


def test_only_given_keys_change(desk: Desk) -> None:
    made = desk.create(priority="high", external_id="e1")
    after = desk.put(made["id"], subject="Other").json()["ticket"]
    assert (after["subject"], after["priority"], after["external_id"]) == ("Other", "high", "e1")


def test_a_write_that_changes_nothing_leaves_no_trace(desk: Desk) -> None:
    made = desk.create(priority="high")
    desk.practice.skew = 5
    after = desk.put(made["id"], priority="high").json()
    assert after["ticket"]["updated_at"] == made["updated_at"]
    assert after["audit"]["events"] == []
    assert desk.get(f"tickets/{made['id']}/audits")["count"] == 1


def test_a_repeated_idempotency_key_makes_one_ticket(desk: Desk) -> None:
    new = {"ticket": {"subject": "x", "comment": {"body": "y"}}}
    answers = [desk.api.post("/api/v2/tickets", json=new, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [a.headers["x-idempotency-lookup"] for a in answers] == ["miss", "hit"]
    assert answers[0].json()["ticket"]["id"] == answers[1].json()["ticket"]["id"]
    assert desk.get("tickets")["count"] == 1


def test_an_idempotency_key_with_another_body_is_refused(desk: Desk) -> None:
    headers = {"Idempotency-Key": "k1"}
    desk.api.post("/api/v2/tickets", json={"ticket": {"comment": {"body": "a"}}}, headers=headers)
    answer = desk.api.post("/api/v2/tickets", json={"ticket": {"comment": {"body": "b"}}}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "IdempotentRequestError")


def test_an_idempotency_key_has_at_most_255_characters(desk: Desk) -> None:
    headers = {"Idempotency-Key": "k" * 256}
    answer = desk.api.post("/api/v2/tickets", json={"ticket": {"comment": {"body": "a"}}}, headers=headers)
    assert answer.status_code == 400


def test_a_key_is_forgotten_after_a_while(desk: Desk) -> None:
    new = {"ticket": {"comment": {"body": "a"}}}
    desk.api.post("/api/v2/tickets", json=new, headers={"Idempotency-Key": "k1"})
    desk.practice.skew = 3 * 3600
    again = desk.api.post("/api/v2/tickets", json=new, headers={"Idempotency-Key": "k1"})
    assert again.headers["x-idempotency-lookup"] == "miss"


def test_a_safe_update_is_refused_when_somebody_wrote_since(desk: Desk) -> None:
    made = desk.create()
    desk.practice.skew = 2
    desk.put(made["id"], subject="Meanwhile")
    answer = desk.put(made["id"], subject="Mine", safe_update=True, updated_stamp=made["updated_at"])
    assert (answer.status_code, answer.json()["error"]) == (409, "UpdateConflict")
    stamp = desk.get(f"tickets/{made['id']}")["ticket"]["updated_at"]
    assert desk.put(made["id"], subject="Mine", safe_update=True, updated_stamp=stamp).status_code == 200


def test_tickets_are_found_by_external_id_at_once(desk: Desk) -> None:
    desk.options(search_lag=60)
    made = desk.create(external_id="desk:4711")
    assert [t["id"] for t in desk.get("tickets", external_id="desk:4711")["tickets"]] == [made["id"]]
    assert desk.get("tickets", external_id="desk:1")["tickets"] == []


def test_unknown_keys_are_dropped_and_named_in_a_header(desk: Desk) -> None:
    number = desk.create()["id"]
    answer = desk.api.put(
        f"/api/v2/tickets/{number}", json={"ticket": {"id": number, "comment": {"body": "x", "z": 1}}}
    )
    assert answer.status_code == 200
    told = answer.headers["X-Zendesk-API-Warn"]
    assert ':action=>"update"' in told
    assert ':unpermitted_keys=>["ticket.id", "ticket.comment.z"]' in told


def test_a_closed_ticket_takes_nothing_any_more(desk: Desk) -> None:
    number = desk.create()["id"]
    assert desk.put(number, status="closed").status_code == 200
    for given in ({"subject": "x"}, {"comment": {"body": "x"}}, {"status": "open"}, {"additional_tags": ["x"]}):
        answer = desk.put(number, **given)
        assert answer.status_code == 422
        assert "status" in details(answer)
    assert desk.api.put(f"/api/v2/tickets/{number}/tags", json={"tags": ["x"]}).status_code == 422


def test_a_closed_ticket_is_continued_by_a_follow_up(desk: Desk) -> None:
    number = desk.create()["id"]
    desk.put(number, status="closed")
    after = desk.create(via_followup_source_id=number)
    assert after["via"]["source"]["rel"] == "follow_up"
    assert desk.get(f"tickets/{number}")["ticket"]["followup_ids"] == [after["id"]]


def test_nothing_goes_back_to_new(desk: Desk) -> None:
    number = desk.create()["id"]
    desk.put(number, status="open")
    assert desk.put(number, status="new").status_code == 422


def test_hold_is_refused_where_it_is_switched_off(desk: Desk) -> None:
    number = desk.create()["id"]
    assert desk.put(number, status="hold").status_code == 200
    desk.options(hold=False)
    assert desk.put(number, status="open").status_code == 200
    assert desk.put(number, status="hold").status_code == 422


def test_solving_may_need_an_assignee(desk: Desk) -> None:
    desk.options(solve_requires_assignee=True)
    number = desk.create()["id"]
    answer = desk.put(number, status="solved")
    assert answer.status_code == 422
    assert details(answer)["base"][0]["ticket_field_type"] == "FieldAssignee"
    assert desk.put(number, status="solved", assignee_id=desk.cast("asha")).status_code == 200


def test_solving_needs_the_fields_that_are_required_for_it(desk: Desk) -> None:
    field = desk.practice.store.copy("ticket_fields", desk.cast("field-tagger"))
    assert field is not None
    desk.practice.store.put("ticket_fields", field["id"], {**field, "required": True})
    number = desk.create()["id"]
    answer = desk.put(number, status="solved")
    assert details(answer)["base"][0]["ticket_field_id"] == field["id"]
    assert desk.put(number, status="solved", custom_fields=[{"id": field["id"], "value": "product_app"}]).is_success


def test_the_first_assignment_opens_a_new_ticket_and_brings_the_group(desk: Desk) -> None:
    after = desk.put(desk.create()["id"], assignee_id=desk.cast("asha")).json()["ticket"]
    assert after["status"] == "open"
    assert after["group_id"] == desk.get("groups")["groups"][0]["id"]


def test_an_assignee_must_be_an_agent(desk: Desk) -> None:
    answer = desk.put(desk.create()["id"], assignee_id=desk.cast("jane"))
    assert answer.status_code == 422
    assert "assignee" in details(answer)


def test_a_status_and_its_custom_status_move_together(desk: Desk) -> None:
    statuses = {s["status_category"]: s["id"] for s in desk.get("custom_statuses")["custom_statuses"]}
    number = desk.create()["id"]
    assert desk.put(number, status="pending").json()["ticket"]["custom_status_id"] == statuses["pending"]
    assert desk.put(number, custom_status_id=statuses["solved"]).json()["ticket"]["status"] == "solved"


def test_a_drop_down_and_its_tag_follow_each_other(desk: Desk) -> None:
    field = desk.cast("field-tagger")
    made = desk.create(tags=["vip"], custom_fields=[{"id": field, "value": "product_app"}])
    assert made["tags"] == ["product_app", "vip"]
    after = desk.put(made["id"], custom_fields=[{"id": field, "value": "product_checkout"}]).json()["ticket"]
    assert after["tags"] == ["product_checkout", "vip"]
    emptied = desk.put(made["id"], remove_tags=["product_checkout"]).json()["ticket"]
    assert {f["id"]: f["value"] for f in emptied["custom_fields"]}[field] is None


def test_a_drop_down_takes_only_its_options(desk: Desk) -> None:
    answer = desk.put(desk.create()["id"], custom_fields=[{"id": desk.cast("field-tagger"), "value": "nonsense"}])
    assert answer.status_code == 422
    assert details(answer)["base"][0]["ticket_field_id"] == desk.cast("field-tagger")


@pytest.mark.parametrize("given", [{"priority": "extreme"}, {"status": "nearly"}, {"type": "riddle"}])
def test_a_value_outside_its_list_is_refused(desk: Desk, given: dict[str, str]) -> None:
    assert desk.put(desk.create()["id"], **given).status_code == 422


@pytest.mark.parametrize("given", [{"assignee_id": "me"}, {"tags": 7}, {"subject": []}, {"custom_fields": "x"}])
def test_a_value_of_the_wrong_type_is_400_with_an_error_object(desk: Desk, given: dict[str, object]) -> None:
    answer = desk.put(desk.create()["id"], **given)
    assert answer.status_code == 400
    assert answer.json()["error"]["title"] == "Invalid attribute"


def test_a_body_that_is_no_json_is_400(desk: Desk) -> None:
    headers = {"Content-Type": "application/json"}
    assert desk.api.post("/api/v2/tickets", content=b"{", headers=headers).status_code == 400
    assert desk.api.post("/api/v2/tickets", content=b"[]", headers=headers).status_code == 400


def test_the_suffix_json_is_optional(desk: Desk) -> None:
    number = desk.create()["id"]
    assert desk.get(f"tickets/{number}.json") == desk.get(f"tickets/{number}")


def test_users_and_groups_ride_along_when_asked_for(desk: Desk) -> None:
    made = desk.create(requester_id=desk.cast("jane"), assignee_id=desk.cast("asha"))
    shown = desk.get(f"tickets/{made['id']}", include="users,groups")
    assert {"Jane Roe", "Asha Rao", "Concord"} == {user["name"] for user in shown["users"]}
    assert [group["name"] for group in shown["groups"]] == ["Customer service"]


def test_lists_are_paged_by_cursor_and_by_number(desk: Desk) -> None:
    numbers = [desk.create()["id"] for _ in range(5)]
    seen, path = [], "/api/v2/tickets?page[size]=2"
    while True:
        page = desk.api.get(path).json()
        seen += [t["id"] for t in page["tickets"]]
        if not page["meta"]["has_more"]:
            break
        path = page["links"]["next"]
    assert seen == numbers
    second = desk.get("tickets?per_page=2&page=2")
    assert [t["id"] for t in second["tickets"]] == numbers[2:4]
    assert (second["count"], "page=3" in second["next_page"], "page=1" in second["previous_page"]) == (5, True, True)
    assert desk.api.get("/api/v2/tickets?page=101").status_code == 400


def test_a_page_before_a_cursor_can_be_read(desk: Desk) -> None:
    numbers = [desk.create()["id"] for _ in range(4)]
    second = desk.api.get(desk.get("tickets?page[size]=2")["links"]["next"]).json()
    first = desk.api.get(second["links"]["prev"]).json()
    assert [t["id"] for t in first["tickets"]] == numbers[:2]


def test_odd_names_of_unknown_keys_do_not_break_the_header(desk: Desk) -> None:
    answer = desk.put(desk.create()["id"], **{"ключ\r\nX-Evil: 1": 1})
    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers
    assert "X-Evil" in answer.headers["X-Zendesk-API-Warn"]


def test_a_fault_in_the_program_is_a_500_and_the_next_request_is_served(desk: Desk) -> None:
    number = desk.create()["id"]
    brands = desk.practice.store.all("brands")
    desk.practice.store.delete("brands", brands[0]["id"])
    assert desk.api.post("/api/v2/tickets", json={"ticket": {"comment": {"body": "x"}}}).status_code == 500
    assert desk.get(f"tickets/{number}")["ticket"]["id"] == number


def test_writes_at_the_same_time_are_all_kept(desk: Desk) -> None:
    number = desk.create()["id"]
    with ThreadPoolExecutor(8) as pool:
        bodies = [{"comment": {"body": f"c{place}"}} for place in range(24)]
        answers = list(pool.map(lambda given: desk.put(number, **given).status_code, bodies))
    assert answers == [200] * 24
    comments = desk.get(f"tickets/{number}/comments")["comments"]
    assert {c["body"] for c in comments} == {"Since noon", *(f"c{place}" for place in range(24))}
    assert desk.get(f"tickets/{number}/audits")["count"] == 25


def test_wrong_types_are_refused_and_never_break_anything(desk: Desk) -> None:
    number = desk.create()["id"]
    wrong: list[object] = [7, -1, 1.5, True, "x", [], [1], [None], {}, {"a": 1}, [[1]], {"body": []}, "\x00", 2**70]
    for key in sorted(KEYS):
        for value in wrong:
            answer = desk.put(number, **{key: value})
            assert answer.status_code in {200, 400, 409, 422}, (key, value, answer.text)
    assert desk.nobody.get(f"/tickets/{number}").status_code == 200
