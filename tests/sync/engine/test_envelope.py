"""What one side lets the other read."""

import json

from sync.engine.envelope import drawn, opened, portable
from sync.engine.parts import PartView
from sync.engine.path import Pass
from sync.engine.plan import Past, viewed
from sync.engine.types import PartKind
from tests.sync.engine import sides
from tests.sync.engine.sides import link

FIELDS = {"title": "one", "status": "work", "secret": "canary"}
PAST = Past("1", 2, {"status": [Pass(2, sides.at(1), "work", news=True)], "secret": [Pass(1, None, "canary")]})
VIEW = viewed(link(), "a", FIELDS, PAST, {})
PART = PartView(4, PartKind.COMMENT, sides.at(3), "Ann", "hello", remote_id="r-7", version="v")


def test_an_envelope_holds_terms_ways_and_parts_and_nothing_else() -> None:
    body = drawn(link(), "a", VIEW, [PART]).body()
    assert body["terms"] == {"summary": "one", "status": "busy"}
    assert body["ways"] == {"status": [[2, sides.at(1).isoformat(), "busy"]]}
    assert "canary" not in json.dumps(body)
    assert "r-7" not in json.dumps(body)


def test_equal_content_has_one_digest() -> None:
    assert drawn(link(), "a", VIEW, []).digest() == drawn(link(), "a", VIEW, []).digest()
    assert drawn(link(), "a", VIEW, []).digest() != drawn(link(), "a", VIEW, [PART]).digest()


def test_the_receiver_reads_no_field_of_the_sender() -> None:
    seen = opened(drawn(link(), "a", VIEW, []), VIEW)
    assert seen.fields == {}
    assert seen.draft.values == {"summary": "one", "status": "busy"}
    assert seen.draft.withheld == {}
    assert seen.brought == {}


def test_the_newest_change_inside_is_told() -> None:
    assert drawn(link(), "a", VIEW, [PART]).newest() == sides.at(3)
    assert drawn(link(), "a", VIEW, []).newest() == sides.at(1)


def test_lists_come_back_from_json_as_they_went() -> None:
    assert portable(json.loads(json.dumps(["a", "b"]))) == ("a", "b")
    assert portable("a") == "a"
