"""Writing: what ServiceNow drops without a word is noticed, states take along what they ask for."""

import httpx
import pytest

from portal.core.errors import Missing, Rejected, Unavailable
from sync.engine.types import AddComment, Attach, EditComment, Fields, Move, SetFields
from tests.sync.connectors.servicenow.instance import FILES, ID, JANE, Instance
from tests.sync.connectors.stage import content

CREATE, PATCH = "POST /incident", f"PATCH /incident/{ID}"


def test_a_new_record_carries_the_marker_and_the_caller() -> None:
    instance = Instance()
    fields: Fields = {"short_description": "Printer", "urgency": "1 - High", "assigned_to": None}
    made = instance.connector(caller="jane@example.org").create("incident", fields, "k-1")
    assert instance.sent(CREATE) == {
        "short_description": "Printer",
        "urgency": "1",
        "caller_id": JANE,
        "correlation_id": "concord:k-1",
        "correlation_display": "Concord",
    }
    assert (made.record, made.label) == (ID, "INC0010042")
    assert made.url == f"https://acme.service-now.com/nav_to.do?uri=incident.do?sys_id={ID}"


def test_another_table_is_missing_and_another_field_rejected() -> None:
    connector = Instance().connector()
    with pytest.raises(Missing):
        connector.create("problem", {"short_description": "x"}, "k")
    for name in ("u_unknown", "work_notes", "correlation_id"):
        with pytest.raises(Rejected) as caught:
            connector.apply(ID, SetFields({name: "x"}), "k")
        assert caught.value.field == name


def test_a_value_that_was_dropped_without_a_word_is_rejected_by_its_field() -> None:
    result = {"result": {"sys_id": ID, "short_description": "Old", "urgency": ""}}
    instance = Instance(answers={PATCH: lambda _: httpx.Response(200, json=result)})
    with pytest.raises(Rejected) as caught:
        instance.connector().apply(ID, SetFields({"urgency": "1 - High"}), "k")
    assert caught.value.field == "urgency"


def test_a_value_that_a_rule_changed_afterwards_was_taken() -> None:
    result = {"result": {"sys_id": ID, "short_description": "PRINTER"}}
    instance = Instance(
        answers={PATCH: lambda _: httpx.Response(200, json=result), "GET /sys_audit": [{"newvalue": "Printer"}]}
    )
    assert instance.connector().apply(ID, SetFields({"short_description": "Printer"}), "k").record == ID
    assert "user=concord" in instance.queries("sys_audit")[0]


def test_a_number_in_another_form_is_the_same() -> None:
    result = {"result": {"sys_id": ID, "u_cost": "2.50"}}
    instance = Instance(answers={PATCH: lambda _: httpx.Response(200, json=result)})
    instance.connector().apply(ID, SetFields({"u_cost": 2.5}), "k")
    assert instance.sent(PATCH) == {"u_cost": "2.5"}


def test_a_person_is_found_by_address_or_name_and_only_one() -> None:
    instance = Instance()
    connector = instance.connector()
    for who in ("jane@example.org", "Jane Roe", "Jane Roe <jane@example.org>"):
        connector.apply(ID, SetFields({"assigned_to": who}), "k")
        assert instance.sent(PATCH) == {"assigned_to": JANE}
    for who in ("Nobody", "Jane^Roe", "nobody@example.org"):
        with pytest.raises(Rejected) as caught:
            connector.apply(ID, SetFields({"assigned_to": who}), "k")
        assert caught.value.field == "assigned_to"


def test_a_group_is_found_by_its_name() -> None:
    groups = [{"sys_id": "d" * 32, "name": "Network"}]
    instance = Instance(answers={"GET /sys_user_group": groups})
    instance.connector().apply(ID, SetFields({"assignment_group": "Network"}), "k")
    assert instance.sent(PATCH) == {"assignment_group": "d" * 32}


def present(**values: str) -> Instance:
    """An incident whose values a move looks at."""
    instance = Instance()
    instance.answers[f"GET /incident/{ID}"] = {"sys_id": ID, "state": "2", **values}
    return instance


def test_a_state_takes_along_what_it_asks_for() -> None:
    instance = present(close_code="", close_notes="")
    connector = instance.connector(close_code="Solution provided", close_notes="Done there.")
    connector.apply(ID, Move("state", "Resolved"), "k")
    assert instance.sent(PATCH) == {
        "state": "6",
        "close_code": "Solution provided",
        "close_notes": "Done there.",
    }


def test_what_is_there_or_given_goes_before_the_setting() -> None:
    instance = present(close_code="Solution provided", close_notes="")
    connector = instance.connector(close_code="Solution provided", close_notes="Done there.")
    connector.apply(ID, SetFields({"state": "Resolved", "close_notes": "Given"}), "k")
    assert instance.sent(PATCH) == {"state": "6", "close_notes": "Given"}


def test_a_state_without_what_it_asks_for_is_rejected_before_the_write() -> None:
    instance = present(close_code="", close_notes="")
    with pytest.raises(Rejected, match="Close code") as caught:
        instance.connector().apply(ID, Move("state", "Resolved"), "k")
    assert caught.value.field == "close_code"
    assert PATCH not in instance.calls()


def test_a_comment_is_found_by_its_marker_afterwards() -> None:
    instance = Instance()
    entry = {"sys_id": "e" * 32, "value": "Hi[code]<!-- concord:k-1 -->[/code]"}
    instance.journal = [{"sys_id": "f" * 32, "value": "Hi"}, entry]
    made = instance.connector().apply(ID, AddComment("Hi"), "k-1")
    assert made.part == "e" * 32
    assert instance.sent(PATCH) == {"comments": entry["value"]}
    instance.connector(code_tags="no").apply(ID, AddComment("**Hi**", public=False), "k-1")
    assert instance.sent(PATCH) == {"work_notes": "Hi\n[concord:k-1]"}


def test_an_entry_that_was_dropped_without_a_word_is_rejected() -> None:
    with pytest.raises(Rejected, match="sys_journal_field"):
        Instance().connector().apply(ID, AddComment("Hi"), "k-1")


def test_an_edit_and_a_private_file_are_rejected() -> None:
    connector = Instance().connector()
    with pytest.raises(Rejected):
        connector.apply(ID, EditComment("e" * 32, "x"), "k")
    with pytest.raises(Rejected):
        connector.apply(ID, Attach("a.txt", "text/plain", 1, public=False), "k", content(b"x"))
    with pytest.raises(Rejected):
        connector.apply(ID, Attach("a.txt", "text/plain", 1), "k")


def test_a_file_that_arrived_otherwise_is_sent_again() -> None:
    for result in ({"sys_id": "e" * 32, "size_bytes": "2"}, {"sys_id": "e" * 32, "size_bytes": "1", "hash": "00"}):
        answer = httpx.Response(201, json={"result": result})
        instance = Instance(answers={f"POST {FILES}/file": lambda _, answer=answer: answer})  # type: ignore[misc]
        with pytest.raises(Unavailable):
            instance.connector().apply(ID, Attach("a.txt", "text/plain", 1), "k", content(b"x"))


def test_a_change_goes_through_its_states_one_by_one() -> None:
    states: list[str] = []

    def patched(request: httpx.Request) -> httpx.Response:
        states.append(request.read().decode())
        return Instance._echo(request)

    instance = Instance()
    names = {"-5": "New", "-4": "Assess", "-3": "Authorize", "-2": "Scheduled"}
    rows = [
        {"name": "change_request", "element": "state", "value": one, "label": name} for one, name in names.items()
    ]
    instance.answers |= {
        "GET /sys_choice": rows,
        f"GET /change_request/{ID}": {"state": "-5"},
        f"PATCH /change_request/{ID}": patched,
    }
    instance.connector(tables="change_request").apply(ID, Move("state", "Scheduled"), "k")
    assert states == ['{"state": "-4"}', '{"state": "-3"}', '{"state": "-2"}']
