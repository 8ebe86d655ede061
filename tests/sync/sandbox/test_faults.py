"""The faults that tests and the demo switch on, over real HTTP."""

import time

import httpx
import pytest

from tests.sync.sandbox.zendesk.desk import Desk

NEW = {"ticket": {"subject": "Printer on fire", "comment": {"body": "Since noon"}}}


def test_a_planned_status_is_answered_as_often_as_asked_and_nothing_is_done(desk: Desk) -> None:
    desk.fault(status=503, times=2, retry_after=7, match="POST /api/v2/tickets")
    answers = [desk.api.post("/api/v2/tickets", json=NEW) for _ in range(3)]
    assert [a.status_code for a in answers] == [503, 503, 201]
    assert answers[0].headers["Retry-After"] == "7"
    assert desk.get("tickets")["count"] == 1


def test_a_fault_meets_only_its_method_and_path(desk: Desk) -> None:
    desk.fault(status=500, match="POST /api/v2/tickets")
    assert desk.api.get("/api/v2/tickets").status_code == 200
    assert desk.api.post("/api/v2/tickets", json=NEW).status_code == 500


def test_a_html_page_can_stand_in_for_json(desk: Desk) -> None:
    desk.fault(html=True)
    answer = desk.api.get("/api/v2/tickets")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")


def test_a_connection_dropped_before_the_work_writes_nothing(desk: Desk) -> None:
    desk.fault(drop="before", match="POST")
    with pytest.raises(httpx.RemoteProtocolError):
        desk.api.post("/api/v2/tickets", json=NEW)
    assert desk.get("tickets")["count"] == 0


def test_a_connection_dropped_after_the_work_leaves_the_ticket(desk: Desk) -> None:
    desk.fault(drop="after", match="POST")
    with pytest.raises(httpx.RemoteProtocolError):
        desk.api.post("/api/v2/tickets", json=NEW)
    assert desk.get("tickets")["count"] == 1


def test_half_an_answer_is_cut_in_the_middle(desk: Desk) -> None:
    desk.fault(half=True)
    with pytest.raises(httpx.RemoteProtocolError):
        desk.api.get("/api/v2/tickets")


def test_a_delay_holds_the_answer_back(desk: Desk) -> None:
    desk.fault(delay=0.3)
    began = time.monotonic()
    assert desk.api.get("/api/v2/tickets").status_code == 200
    assert time.monotonic() - began >= 0.3


def test_a_system_that_is_down_answers_nothing_until_it_is_up(desk: Desk) -> None:
    desk.nobody.post("/_practice/down", json={"down": True})
    with pytest.raises(httpx.RemoteProtocolError):
        desk.api.get("/api/v2/tickets")
    assert desk.nobody.get("/").status_code == 200
    desk.nobody.post("/_practice/down", json={"down": True, "how": "503"})
    assert desk.api.get("/api/v2/tickets").status_code == 503
    desk.nobody.post("/_practice/down", json={"down": False})
    assert desk.api.get("/api/v2/tickets").status_code == 200


def test_all_faults_can_be_cleared(desk: Desk) -> None:
    desk.fault(status=500, times=99)
    desk.nobody.delete("/_practice/faults")
    assert desk.api.get("/api/v2/tickets").status_code == 200


def test_an_unknown_key_is_refused_with_a_sentence(desk: Desk) -> None:
    answer = desk.nobody.post("/_practice/faults", json={"statsu": 500})
    assert answer.status_code == 400
    assert "statsu" in answer.json()["error"]


def test_a_form_of_a_foreign_web_page_cannot_switch_faults(desk: Desk) -> None:
    answer = desk.nobody.post("/_practice/faults", content=b'{"status":500}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_the_clock_can_be_set_ahead(desk: Desk) -> None:
    desk.nobody.post("/_practice/clock", json={"skew": 3600})
    ahead = desk.create()["created_at"]
    desk.nobody.post("/_practice/clock", json={"skew": 0})
    assert ahead > desk.create()["created_at"]
