"""Checking and describing: what is missing is told in sentences, what there is by name."""

import httpx
import pytest

from portal.core.errors import Missing, Rejected
from sync.engine.types import FieldType
from tests.sync.connectors.servicenow.instance import ME, Instance

DENIED = httpx.Response(403, json={"error": {"message": "User Not Authorized", "detail": ""}, "status": "failure"})


def healthy() -> Instance:
    return Instance(answers={"GET /incident": [], "GET /sys_properties": [{"value": "Australia"}]})


def test_a_healthy_instance_has_no_problems() -> None:
    found = healthy().connector().check()
    assert (found.problems, found.kinds, found.account.id) == ((), ("incident",), "concord")
    assert (found.product, found.version) == ("ServiceNow", "Australia")
    assert "servicenow.md" in found.notes[0]


def test_each_table_that_cannot_be_read_is_a_problem() -> None:
    instance = healthy()
    instance.answers["GET /sys_audit"] = instance.answers["GET /change_request"] = lambda _: DENIED
    found = instance.connector(tables="incident,change_request").check()
    assert found.kinds == ("incident",)
    assert [one.split(".")[0] for one in found.problems] == [
        "The account may not read change_request: ServiceNow does not allow it: User Not Authorized",
        "The account may not read the history of records",
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", ""])
def test_another_time_zone_is_a_problem(zone: str) -> None:
    instance = healthy()
    body = {"result": [ME | {"time_zone": zone}]}
    instance.answers["GET /sys_user"] = lambda _: httpx.Response(200, json=body)
    (problem,) = instance.connector().check().problems
    assert "Set it to GMT" in problem


def test_an_account_that_may_not_read_itself_is_told_so() -> None:
    instance = healthy()
    instance.answers["GET /sys_user"] = []
    with pytest.raises(Rejected, match="sys_user"):
        instance.connector().check()


def test_columns_are_described_with_inherited_ones_and_the_nearest_choices() -> None:
    schema = Instance().connector().describe("incident")
    known = {one.key: one for one in schema.fields}
    assert {"comments", "work_notes", "correlation_id", "watch_list"}.isdisjoint(known)
    assert known["short_description"].max_length == 160
    assert [one.value for one in known["state"].options] == ["New", "In Progress", "On Hold", "Resolved"]
    assert known["state"].type is FieldType.STATUS
    assert not known["priority"].writable
    assert known["description"].type is FieldType.RICH
    assert schema.comment_max_length == 3760


def test_a_dictionary_that_is_hidden_is_told() -> None:
    instance = Instance(answers={"GET /sys_dictionary": []})
    with pytest.raises(Missing, match="sys_dictionary"):
        instance.connector().describe("incident")


def test_columns_are_asked_for_once() -> None:
    instance = Instance()
    connector = instance.connector()
    connector.describe("incident")
    connector.describe("incident")
    assert len(instance.queries("sys_dictionary")) == 1
