"""The connector against recorded answers of real instances and the vendor's own examples."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from portal.core.errors import Missing, Unavailable
from sync.connectors.servicenow.answers import moment, shown, text
from sync.connectors.servicenow.errors import explain
from sync.connectors.servicenow.reading import key_of
from sync.engine.types import Attach, PartKind, SetFields
from tests.sync.connectors.papers import papers, recordings
from tests.sync.connectors.servicenow.instance import DICTIONARY, FILES, ID, Instance, entry
from tests.sync.connectors.stage import content

pytestmark = pytest.mark.shared
GROUPS = ("swimlane-live-responses", "insightconnect-fixtures", "servicenow-docs-examples")


def bodies() -> Iterator[tuple[str, Any]]:
    """File name and body of every recorded answer."""
    for group in GROUPS:
        for path in recordings(f"servicenow/{group}"):
            said = json.loads(path.read_text())
            answers = said.get("responses", [said])
            for one in answers:
                yield path.name, one.get("json_body", one.get("response_body", one))


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record in them."""
    for name, body in bodies():
        result = body.get("result") if isinstance(body, dict) else None
        for one in result if isinstance(result, list) else [result]:
            if isinstance(one, dict) and "sys_id" in one:
                yield name, one


def test_every_recorded_record_is_read_without_loss() -> None:
    seen = 0
    for name, row in rows():
        if "number" not in row or "sys_created_on" not in row:
            continue
        columns = [entry(key, "string", 4000) for key in row if not key.startswith("sys_") and key != "number"]
        number = text(row["sys_id"]) if len(text(row["sys_id"])) == 32 else ID
        instance = Instance(answers={"GET /sys_dictionary": columns, "GET /sys_choice": []})
        instance.answers[f"GET /incident/{number}"] = row | {"sys_id": number}
        item = instance.connector().read(number)
        assert item.label == text(row["number"]), name
        assert item.created_at == moment(row["sys_created_on"]), name
        for key, column in instance.connector().home.catalogue.columns("incident").items():
            if column.kind is not None and text(row[key]):
                assert item.fields[key] is not None, (name, key)
        seen += 1
    assert seen >= 6


def test_every_recorded_file_is_a_part() -> None:
    seen = 0
    for name, row in rows():
        if "file_name" not in row:
            continue
        instance = Instance(files=[row | {"table_sys_id": ID}])
        (part,) = (one for one in instance.connector().read(ID).parts if one.kind is PartKind.ATTACHMENT)
        assert (part.name, str(part.size)) == (row["file_name"], row["size_bytes"]), name
        seen += 1
    assert seen >= 5


def test_a_real_upload_is_answered_as_the_connector_reads_it() -> None:
    path = papers("recorded", "servicenow", "swimlane-live-responses", "add_attachment_to_table.json")
    body = json.loads(path.read_text())["responses"][0]["json_body"]
    size = int(body["result"]["size_bytes"])
    instance = Instance(answers={f"POST {FILES}/file": lambda _: httpx.Response(201, json=body)})
    with pytest.raises(Unavailable, match="as it was sent"):
        instance.connector().apply(ID, Attach("test", "application/json", size), "k", content(b"x" * size))


def test_a_real_answer_with_labels_is_told_apart_from_stored_values() -> None:
    path = papers("recorded", "servicenow", "swimlane-live-responses", "update_table_row.json")
    row = json.loads(path.read_text())["responses"][0]["json_body"]["result"]
    assert (text(row["resolved_by"]), shown(row["resolved_by"])) == ("", "David Loo")
    assert key_of(row) is None


def test_an_empty_answer_to_a_write_names_the_field() -> None:
    instance = Instance(answers={f"PATCH /incident/{ID}": lambda _: httpx.Response(200, text="")})
    instance.audit = [{"newvalue": "x"}]
    assert instance.connector().apply(ID, SetFields({"short_description": "x"}), "k").record == ID


def test_a_recorded_refusal_is_explained_and_missing() -> None:
    path = next(recordings("servicenow/insightconnect-fixtures", "*invalid_sys_id.json"))
    body = json.loads(path.read_text())
    assert explain(body).sentence.startswith("No Record found: ")
    instance = Instance(answers={f"GET /incident/{ID}": lambda _: httpx.Response(404, json=body)})
    with pytest.raises(Missing, match="No Record found"):
        instance.connector().read(ID)


def test_the_columns_of_tests_are_real_ones() -> None:
    known = {key for _, row in rows() for key in row}
    ours = {one["element"] for one in DICTIONARY if not one["element"].startswith("u_")}
    assert ours - known <= {"caller_id", "hold_reason", "close_code"}
