"""Moves: the transition by its target, what its screen asks, and a sentence where there is none."""

import pytest

from portal.core.errors import Rejected
from sync.engine.types import Move, SetFields
from tests.sync.connectors.jira.site import Site

PATH = "/issue/10042/transitions"
ASKS = {"resolution": {"required": True, "hasDefaultValue": False, "name": "Resolution"}}


def arrow(number: str, to: str, **more: object) -> dict[str, object]:
    return {"id": number, "name": f"to {to}", "to": {"name": to}, "fields": {}, **more}


def workflow(*arrows: dict[str, object], **fields: object) -> Site:
    site = Site(fields=dict(fields))
    site.answers |= {f"GET {PATH}": {"transitions": list(arrows)}, f"POST {PATH}": {}}
    return site


def test_the_transition_is_chosen_by_where_it_leads() -> None:
    site = workflow(arrow("11", "In Progress"), arrow("21", "Done"))
    site.connector().apply("10042", Move("status", "Done"), "k-1")
    sent = site.sent(f"POST {PATH}")
    assert sent["transition"] == {"id": "21"}
    assert sent["historyMetadata"]["extraData"] == {"concord": "k-1"}
    assert site.calls() == [f"GET {PATH}", f"POST {PATH}"]


def test_of_two_ways_the_one_that_asks_less_is_taken() -> None:
    site = workflow(arrow("11", "Done", fields=ASKS), arrow("12", "Done"))
    site.connector().apply("10042", Move("status", "Done"), "k")
    assert site.sent(f"POST {PATH}")["transition"] == {"id": "12"}


def test_without_a_way_the_possible_ones_are_named() -> None:
    site = workflow(arrow("11", "In Progress"), arrow("12", "Blocked"))
    with pytest.raises(Rejected) as caught:
        site.connector().apply("10042", Move("status", "Done"), "k")
    assert "no transition from To Do to Done" in caught.value.sentence
    assert "In Progress, Blocked" in caught.value.sentence
    assert caught.value.field == "status"


def test_being_there_already_is_done() -> None:
    site = workflow(arrow("11", "In Progress"), arrow("12", "To Do", looped=True))
    site.connector().apply("10042", Move("status", "To Do"), "k")
    assert f"POST {PATH}" not in site.calls()


def test_a_missing_field_of_the_screen_is_named() -> None:
    site = workflow(arrow("11", "Done", fields=ASKS))
    with pytest.raises(Rejected) as caught:
        site.connector().apply("10042", Move("status", "Done"), "k")
    assert "Resolution" in caught.value.sentence
    assert caught.value.field == "resolution"


def test_a_field_that_is_filled_or_has_a_default_is_not_missing() -> None:
    filled = workflow(arrow("11", "Done", fields=ASKS), resolution={"name": "Done"})
    default = workflow(arrow("11", "Done", fields={"resolution": {"required": True, "hasDefaultValue": True}}))
    for site in (filled, default):
        site.connector().apply("10042", Move("status", "Done"), "k")
        assert "fields" not in site.sent(f"POST {PATH}")


def test_fields_beside_the_status_go_along_or_before() -> None:
    site = workflow(arrow("11", "Done", fields=ASKS))
    step = SetFields({"status": "Done", "resolution": "Duplicate", "summary": "x"})
    site.connector().apply("10042", step, "k")
    assert site.sent(f"POST {PATH}")["fields"] == {"resolution": {"name": "Duplicate"}}
    assert site.sent("PUT /issue/10042")["fields"] == {"summary": "x"}
    assert site.calls().index("PUT /issue/10042") < site.calls().index(f"POST {PATH}")


def test_a_transition_that_is_not_available_is_no_way() -> None:
    site = workflow(arrow("11", "Done", isAvailable=False))
    with pytest.raises(Rejected):
        site.connector().apply("10042", Move("status", "Done"), "k")
