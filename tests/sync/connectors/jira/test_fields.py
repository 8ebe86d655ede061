"""Field values: both ways, by shape, with a sentence for what cannot be."""

import pytest

from portal.core.errors import Rejected
from portal.core.text import adf
from sync.connectors.jira.fields import Shape, info, native, portable, shape_of, travels
from sync.engine.types import FieldType, Value

PAIRS: dict[str, tuple[Shape, Value, object]] = {
    "text": (Shape("string"), "a", "a"),
    "number": (Shape("number"), 3, 3),
    "rich": (Shape("string", rich=True), "**a**", adf.from_markdown("**a**")),
    "option": (Shape("option"), "Gold", {"value": "Gold"}),
    "cascade": (Shape("option-with-child"), "A / B", {"value": "A", "child": {"value": "B"}}),
    "options": (Shape("array", "option"), ("A", "B"), [{"value": "A"}, {"value": "B"}]),
    "labels": (Shape("array", "string"), ("a", "b"), ["a", "b"]),
    "components": (Shape("array", "component"), ("A",), [{"name": "A"}]),
    "priority": (Shape("priority"), "High", {"name": "High"}),
    "date": (Shape("date"), "2026-01-31", "2026-01-31"),
    "empty": (Shape("option"), None, None),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_value_goes_and_comes(name: str) -> None:
    shape, value, raw = PAIRS[name]
    assert native("customfield_1", value, shape, lambda who: who) == raw
    assert portable(raw, shape) == value


def test_a_time_goes_in_jiras_form_and_comes_in_utc() -> None:
    shape = Shape("datetime")
    assert native("customfield_1", "2026-01-31T10:00:00+00:00", shape, str) == "2026-01-31T10:00:00.000+0000"
    assert portable("2026-01-31T12:00:00.000+0200", shape) == "2026-01-31T10:00:00+00:00"


def test_a_text_that_looks_like_a_time_stays_a_text() -> None:
    assert portable("2026-01-31T12:00:00.000+0200", Shape("string")) == "2026-01-31T12:00:00.000+0200"


def test_an_empty_list_empties_the_field() -> None:
    assert native("labels", None, Shape("array", "string"), str) == []
    assert portable([], Shape("array", "string")) is None


def test_a_single_line_has_no_line_breaks() -> None:
    assert native("summary", " a\r\nb\tc ", shape_of("summary", None), str) == "a b c"


def test_people_are_looked_up() -> None:
    assert native("assignee", "Jane", Shape("user"), {"Jane": "id-1"}.__getitem__) == {"accountId": "id-1"}


WRONG: dict[str, tuple[Value, Shape]] = {
    "a list for one": (("a", "b"), Shape("option")),
    "no number": ("many", Shape("number")),
    "no date": ("tomorrow", Shape("date")),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_value_of_the_wrong_kind_names_its_field(name: str) -> None:
    value, shape = WRONG[name]
    with pytest.raises(Rejected) as caught:
        native("customfield_1", value, shape, str)
    assert caught.value.field == "customfield_1"


def test_what_only_jira_understands_is_not_portable() -> None:
    for raw in ({"hasEpicLinkFieldDependency": False}, [{"boardId": 1}]):
        with pytest.raises(ValueError, match="portable"):
            portable(raw, Shape("any"))


def test_which_fields_travel() -> None:
    assert travels("summary")
    assert travels("customfield_10050")
    assert not travels("votes")
    assert not travels("customfield_10050.requestTypePractice")


def test_a_required_field_with_a_default_need_not_be_given() -> None:
    meta: dict[str, object] = {"name": "Priority", "required": True, "hasDefaultValue": True}
    meta |= {"schema": {"type": "priority"}, "allowedValues": [{"id": "1", "name": "High"}]}
    found = info("priority", meta)
    assert found is not None
    assert (found.required, found.type, [one.value for one in found.options]) == (False, FieldType.OPTION, ["High"])


def test_limits_are_told() -> None:
    summary = info("summary", {"name": "Summary", "required": True, "schema": {"type": "string"}})
    text = info("description", {"name": "Description", "schema": {"type": "string"}})
    assert summary is not None
    assert text is not None
    assert (summary.max_length, summary.required, text.max_length) == (254, True, 32_767)
