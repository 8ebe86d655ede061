"""Encoded queries, as the instance reads them."""

from zoneinfo import ZoneInfo

import pytest

from sync.sandbox.servicenow.query import Query, literal, parse, run
from sync.sandbox.store import Doc
from tests.sync.sandbox.servicenow.site import Site

DOCS: list[Doc] = [
    {"id": "1", "name": "Anna", "size": "2", "at": "2026-01-05 10:00:00"},
    {"id": "2", "name": "Berta", "size": "10", "at": "2026-01-05 12:00:00"},
    {"id": "3", "name": "", "size": "", "at": "2026-01-06 00:00:00"},
]
GMT = ZoneInfo("GMT")


def found(query: str, zone: ZoneInfo = GMT) -> str:
    """The ids that a query finds, in order."""

    def get(doc: Doc, path: str) -> str | None:
        return str(doc[path])

    rows = run(parse(query), DOCS, get, lambda path: path in DOCS[0], zone)
    return "".join(row["id"] for row in rows)


@pytest.mark.parametrize(
    "query, ids",
    [
        ("", "123"),
        ("name=anna", "1"),
        ("name!=Anna", "23"),
        ("size>2", "2"),
        ("size>=2^size<=10", "12"),
        ("nameLIKErt", "2"),
        ("nameNOT LIKErt", "13"),
        ("nameSTARTSWITHb", "2"),
        ("nameENDSWITHa", "12"),
        ("idIN1,3", "13"),
        ("idNOT IN1,3", "2"),
        ("nameISEMPTY", "3"),
        ("nameISNOTEMPTY", "12"),
        ("size=2^ORsize=10^nameSTARTSWITHa", "1"),
        ("id=3^NQname=anna", "13"),
        ("ORDERBYDESCsize", "321"),
        ("ORDERBYsize", "123"),
        ("at>2026-01-05 10:00:00", "23"),
        ("atBETWEEN2026-01-05 11:00:00@2026-01-06 00:00:00", "23"),
        ("at>=javascript:gs.dateGenerate('2026-01-06','00:00:00')", "3"),
        ("nonsense=1", "123"),
        ("id=1^nonsense=1", "1"),
        ("???", "123"),
        ("name=An^^na", ""),
    ],
)
def test_a_query_finds_what_it_says(query: str, ids: str) -> None:
    assert found(query) == ids


def test_dates_are_read_in_the_zone_of_who_asks() -> None:
    assert found("at=2026-01-05 11:00:00", ZoneInfo("Europe/Berlin")) == "1"
    assert literal("2026-01-05 11:00:00", ZoneInfo("Europe/Berlin")) == "2026-01-05 10:00:00"
    assert literal("2026-99-05 11:00:00", GMT) == "2026-99-05 11:00:00"


def test_a_plain_equality_is_an_index() -> None:
    assert parse("documentkey=1^fieldname=x").equal("documentkey") == "1"
    assert parse("documentkey=1^ORdocumentkey=2").equal("documentkey") == ""
    assert parse("documentkey=1^NQdocumentkey=2").equal("documentkey") == ""
    assert Query().equal("documentkey") == ""


def test_queries_walk_through_references(site: Site) -> None:
    site.create(caller_id="Tom Baker", short_description="His")
    site.create(short_description="Ours")
    assert [row["short_description"] for row in site.rows("incident", "caller_id.nameSTARTSWITHtom")] == ["His"]
    assert [row["name"] for row in site.rows("sys_user", "user_name=javascript:gs.getUserName()")] == ["Concord"]
