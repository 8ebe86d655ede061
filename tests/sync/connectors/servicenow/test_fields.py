"""Columns: portable values and back, by what the dictionary says."""

import pytest

from portal.core.errors import Rejected
from sync.connectors.servicenow.fields import Column, labelled
from sync.engine.types import FieldType, Value

STATE = Column("state", "State", "integer", options={"1": "New", "2": "In Progress"})
KINDS = {
    FieldType.TEXT: Column("u_a", "A", "string", 40),
    FieldType.RICH: Column("description", "Description", "string", 4000),
    FieldType.NUMBER: Column("u_n", "N", "decimal"),
    FieldType.BOOLEAN: Column("u_b", "B", "boolean"),
    FieldType.DATE: Column("u_d", "D", "glide_date"),
    FieldType.DATETIME: Column("due_date", "Due", "due_date"),
    FieldType.OPTION: Column("close_code", "Code", "string", options={"a": "A"}),
    FieldType.STATUS: STATE,
    FieldType.USER: Column("assigned_to", "Assigned", "reference", 32, reference="sys_user"),
}


@pytest.mark.parametrize("kind, column", KINDS.items(), ids=[kind.value for kind in KINDS])
def test_every_type_has_its_portable_one(kind: FieldType, column: Column) -> None:
    found = column.info()
    assert found is not None
    assert found.type is kind
    assert (found.max_length is not None) == (kind in (FieldType.TEXT, FieldType.RICH))


def test_journals_ids_and_our_marker_do_not_travel() -> None:
    for key, kind in (("comments", "journal_input"), ("sys_id", "GUID"), ("correlation_id", "string")):
        assert Column(key, key, kind, 40).info() is None


@pytest.mark.parametrize(
    "column, stored, portable",
    [
        (KINDS[FieldType.NUMBER], "2.50", 2.5),
        (KINDS[FieldType.NUMBER], "7", 7),
        (KINDS[FieldType.NUMBER], "about 7", "about 7"),
        (KINDS[FieldType.BOOLEAN], "true", True),
        (KINDS[FieldType.BOOLEAN], "false", False),
        (KINDS[FieldType.DATE], "2026-01-05", "2026-01-05"),
        (KINDS[FieldType.DATETIME], "2026-01-05 10:00:00", "2026-01-05T10:00:00+00:00"),
        (STATE, "2", "In Progress"),
        (STATE, "99", "99"),
        (KINDS[FieldType.TEXT], "", None),
        (Column("u_page", "Page", "html", 65000), "<p>a <b>b</b></p>", "a **b**"),
    ],
)
def test_stored_values_are_read(column: Column, stored: str, portable: Value) -> None:
    assert column.portable(stored) == portable


@pytest.mark.parametrize(
    "column, portable, stored",
    [
        (KINDS[FieldType.NUMBER], 2.5, "2.5"),
        (KINDS[FieldType.NUMBER], "3.0", "3"),
        (KINDS[FieldType.BOOLEAN], False, "false"),
        (KINDS[FieldType.DATE], "2026-01-05T09:00:00", "2026-01-05"),
        (KINDS[FieldType.DATETIME], "2026-01-05T11:00:00+01:00", "2026-01-05 10:00:00"),
        (STATE, "In Progress", "2"),
        (STATE, "2", "2"),
        (STATE, None, ""),
        (KINDS[FieldType.TEXT], "a\nb", "a b"),
        (KINDS[FieldType.RICH], "a **b**", "a b"),
        (Column("u_page", "Page", "html", 65000), "a **b**", "<p>a <strong>b</strong></p>"),
    ],
)
def test_portable_values_are_written(column: Column, portable: Value, stored: str) -> None:
    assert column.native(portable).strip() == stored


@pytest.mark.parametrize(
    "column, value",
    [
        (STATE, "Elsewhere"),
        (STATE, ("New",)),
        (KINDS[FieldType.TEXT], "x" * 41),
        (KINDS[FieldType.TEXT], "😀" * 21),
        (KINDS[FieldType.NUMBER], "many"),
        (KINDS[FieldType.DATETIME], "tomorrow"),
        (Column("priority", "Priority", "integer", options={"1": "High"}), "High"),
        (Column("u_r", "R", "string", 40, read_only=True), "x"),
    ],
)
def test_a_value_that_would_be_lost_is_refused_by_its_field(column: Column, value: Value) -> None:
    with pytest.raises(Rejected) as caught:
        column.native(value)
    assert caught.value.field == column.key


def test_choices_of_one_name_are_told_apart() -> None:
    assert labelled([("1", "Open"), ("2", "Open"), ("3", "Done")]) == {"1": "Open (1)", "2": "Open (2)", "3": "Done"}
