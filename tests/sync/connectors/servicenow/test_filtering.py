"""Filters in ServiceNow's own query language: what it would quietly ignore is refused."""

from dataclasses import replace

import pytest

from portal.core import clock
from portal.core.errors import Rejected
from sync.connectors.base import Matched
from tests.sync.connectors.servicenow.instance import ID, Instance


def test_a_trial_counts_and_names_the_newest() -> None:
    instance = Instance(answers={"GET /incident": [{"sys_id": ID, "number": "INC0010042"}]})
    found = instance.connector().trial("urgency=1^ORurgency=2")
    assert (found.count, found.samples) == (1, ("INC0010042",))
    assert instance.queries("incident") == ["urgency=1^ORurgency=2^ORDERBYDESCsys_updated_on"]


def test_a_column_behind_a_dot_is_a_note() -> None:
    connector = Instance(answers={"GET /incident": []}).connector()
    assert "dot" in connector.trial("urgency=1^ORassignment_group.nameLIKEpartner").note
    assert connector.trial("short_descriptionLIKEa.b").note == ""


@pytest.mark.parametrize(
    "query",
    ["", "urgncy=1", "urgency=1^nonsense", "urgency=1^ORDERBYnumber", "state=javascript:gs.x()", "urgency=1^^x"],
)
def test_what_servicenow_would_ignore_is_refused(query: str) -> None:
    with pytest.raises(Rejected):
        Instance().connector().trial(query)


def test_each_alternative_names_the_records() -> None:
    instance = Instance(answers={"GET /incident": [{"sys_id": ID}, {"sys_id": "e" * 32}]})
    connector = instance.connector()
    item = connector.read(ID)
    other = replace(item, record="d" * 32)
    found = connector.matching("urgency=1^NQstate=2", [item, other], now=clock.now())
    named = f"sys_idIN{ID},{'d' * 32}^"
    assert instance.queries("incident")[-1] == f"{named}urgency=1^NQ{named}state=2"
    assert found == Matched(frozenset({ID}))
