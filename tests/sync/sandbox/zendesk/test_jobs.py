"""Bulk work and merging."""

from tests.sync.sandbox.zendesk.desk import Desk


def results(desk: Desk, answer: dict[str, dict[str, str]]) -> list[dict[str, object]]:
    """The results of the job that an answer names."""
    assert answer["job_status"]["status"] == "queued"
    done = desk.get(f"job_statuses/{answer['job_status']['id']}")["job_status"]
    assert done["status"] == "completed"
    return list(done["results"])


def test_each_task_of_a_job_succeeds_or_fails_for_itself(desk: Desk) -> None:
    tickets = [{"comment": {"body": "a"}}, {"subject": "no comment"}, {"comment": {"body": "c"}}]
    answer = desk.api.post("/api/v2/tickets/create_many", json={"tickets": tickets}).json()
    done = results(desk, answer)
    assert ["id" in one for one in done] == [True, False, True]
    assert done[1]["error"] == "RecordInvalid"
    assert desk.get("tickets")["count"] == 2


def test_one_change_goes_to_many_tickets(desk: Desk) -> None:
    numbers = [desk.create(tags=["keep"])["id"] for _ in range(2)]
    path = f"/api/v2/tickets/update_many?ids={numbers[0]},{numbers[1]},99"
    answer = desk.api.put(path, json={"ticket": {"status": "open", "additional_tags": ["new"]}}).json()
    assert [one["success"] for one in results(desk, answer)] == [True, True, False]
    assert [t["tags"] for t in desk.get("tickets")["tickets"]] == [["keep", "new"]] * 2


def test_each_ticket_of_a_list_gets_its_own_change(desk: Desk) -> None:
    numbers = [desk.create()["id"] for _ in range(2)]
    tickets = [{"id": n, "subject": f"S{n}"} for n in numbers]
    results(desk, desk.api.put("/api/v2/tickets/update_many", json={"tickets": tickets}).json())
    assert [t["subject"] for t in desk.get("tickets")["tickets"]] == [f"S{n}" for n in numbers]


def test_merged_tickets_are_closed_and_point_to_their_target(desk: Desk) -> None:
    target, source = desk.create()["id"], desk.create()["id"]
    results(desk, desk.api.post(f"/api/v2/tickets/{target}/merge", json={"ids": [source]}).json())
    gone = desk.get(f"tickets/{source}")["ticket"]
    assert (gone["status"], "closed_by_merge" in gone["tags"]) == ("closed", True)
    assert f"#{target}" in desk.get(f"tickets/{source}/comments")["comments"][-1]["body"]
    assert f"#{source}" in desk.get(f"tickets/{target}/comments")["comments"][-1]["body"]


def test_a_job_that_is_not_known_is_404(desk: Desk) -> None:
    assert desk.api.get("/api/v2/job_statuses/V3-nothing").status_code == 404
