"""State models and mandatory fields, as the instance is delivered."""

import pytest

from tests.sync.sandbox.servicenow.site import TABLE, Site

CLOSING = {"close_code": "Solution provided", "close_notes": "Done."}


def refusal(site: Site, number: str, *, table: str = "incident", **fields: str) -> str:
    """What the instance says against a change."""
    answer = site.change(number, table=table, **fields)
    assert answer.status_code == 403, answer.text
    return str(answer.json()["error"]["detail"])


def test_on_hold_asks_for_a_reason_and_the_caller_for_a_comment(site: Site) -> None:
    number = str(site.create()["sys_id"])
    assert "On hold reason" in refusal(site, number, state="3")
    assert "Additional comments" in refusal(site, number, state="3", hold_reason="1")
    assert site.change(number, state="3", hold_reason="1", comments="When?").status_code == 200
    assert site.change(number, state="2").json()["result"]["hold_reason"] == ""


def test_resolving_asks_for_code_and_notes(site: Site) -> None:
    number = str(site.create()["sys_id"])
    assert refusal(site, number, state="6").endswith("Resolution code, Close notes")
    done = site.change(number, state="6", **CLOSING).json()["result"]
    assert done["resolved_at"]
    assert done["active"] == "true"


def test_a_closed_incident_takes_comments_only(site: Site) -> None:
    number = str(site.create()["sys_id"])
    assert site.change(number, state="7", **CLOSING).json()["result"]["active"] == "false"
    assert "ACL Exception" in refusal(site, number, state="2")
    assert site.change(number, comments="Thanks").status_code == 200


def test_a_refused_change_leaves_nothing(site: Site) -> None:
    number = str(site.create()["sys_id"])
    refusal(site, number, state="6", short_description="Other", comments="Hello")
    assert site.record(number)["short_description"] == "Printer on fire"
    assert site.rows("sys_journal_field", f"element_id={number}") == []


def test_a_change_goes_forward_step_by_step_or_is_canceled(site: Site) -> None:
    number = str(site.create("change_request")["sys_id"])
    assert "Check State Transition" in refusal(site, number, table="change_request", state="-2")
    for state in ("-4", "-3", "-2", "-1", "0"):
        assert site.change(number, table="change_request", state=state).status_code == 200
    assert "Close code" in refusal(site, number, table="change_request", state="3")
    closing = {"close_code": "successful", "close_notes": "Done."}
    assert site.change(number, table="change_request", state="3", **closing).status_code == 200
    assert "aborted" in refusal(site, number, table="change_request", state="0")
    other = str(site.create("change_request")["sys_id"])
    assert site.change(other, table="change_request", state="4").status_code == 200


def test_a_requested_item_ends_for_good(site: Site) -> None:
    number = str(site.create("sc_req_item")["sys_id"])
    assert site.change(number, table="sc_req_item", state="3").json()["result"]["active"] == "false"
    assert "aborted" in refusal(site, number, table="sc_req_item", state="2")


@pytest.mark.parametrize("impact, urgency, priority", [("1", "1", "1"), ("2", "1", "2"), ("3", "3", "5")])
def test_priority_is_computed(site: Site, impact: str, urgency: str, priority: str) -> None:
    assert site.create(impact=impact, urgency=urgency)["priority"] == priority


def test_a_rule_holds_for_new_records_too(site: Site) -> None:
    answer = site.lena.post(f"{TABLE}/incident", json={"short_description": "x", "state": "6"})
    assert answer.status_code == 403
    assert site.rows("incident") == []
