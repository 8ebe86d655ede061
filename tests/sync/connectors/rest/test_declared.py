"""A declaration is taken whole or not at all, and each wrong line says what is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Misconfigured
from sync.connectors.registry import TRACKERS
from sync.connectors.rest.declared import SECTIONS, declared, problems
from sync.connectors.rest.shape import Body, Path, Unclear
from sync.engine.types import FieldType
from tests.sync.connectors.rest.crm import DECLARATION


def refusal(**changed: str) -> str:
    """Why a declaration with these settings instead is not taken."""
    with pytest.raises(Misconfigured) as caught:
        declared({**DECLARATION, **changed})
    return str(caught.value)


def line(section: str, before: str, after: str) -> str:
    """A section with one line written otherwise."""
    assert before in DECLARATION[section]
    return DECLARATION[section].replace(before, after)


def test_fields_have_type_length_options_and_rights() -> None:
    found = declared(DECLARATION).fields
    assert (found["subject"].max_length, found["subject"].required) == (120, True)
    assert found["state"].options == ("new", "in progress", "done")
    assert found["state"].type is FieldType.STATUS
    assert not found["opened"].writable


WRONG = {
    "an unknown name": (
        {"records": line("records", "label = ", "lable = ")},
        "Records, line 7: there is no lable",
    ),
    "a missing name": ({"records": line("records", "rows = $.orders", "")}, "Records: rows is missing"),
    "no line": ({"fields": "subject $.subject"}, "Fields, line 1: write it as name = value"),
    "no path": ({"fields": "subject = subject"}, "“subject” is no JSON path"),
    "a filter": ({"fields": "subject = $.a[?match(@.b,'(x+)+')]"}, "filters are not taken"),
    "an unknown type": ({"fields": "subject = $.subject string"}, "“string” is neither a type"),
    "a path that cannot be written": ({"fields": "subject = $.subjects[0]"}, "nothing can be written to it"),
    "another host": (
        {"records": line("records", "read = /", "read = https://evil.example/")},
        "begin with one slash",
    ),
    "a host by two slashes": ({"records": line("records", "read = /", "read = //evil.example/")}, "one slash"),
    "an unknown place": ({"records": line("records", "{since}", "{sense}")}, "{sense} is not known here"),
    "a write by GET": ({"records": line("records", "create = POST", "create = GET")}, "“GET” is not taken here"),
    "a body that is no JSON": ({"comments": line("comments", '"ref": "{marker}"}', "")}, "it is no JSON"),
    "a body with an unknown place": (
        {"comments": line("comments", "{private}", "{secret}")},
        "{secret} is not known",
    ),
    "no kind": ({"kind": ""}, "Kind: say what one record is called"),
    "no fields": ({"fields": ""}, "Fields: declare at least one"),
    "creations without a marker": (
        {"records": line("records", "marker = $.external_ref", "")},
        "Records: create needs marker and find, or a lost answer makes a double",
    ),
}


@pytest.mark.parametrize("settings, sentence", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_line(settings: dict[str, str], sentence: str) -> None:
    assert sentence in refusal(**settings)


def test_what_is_wrong_is_told_by_setting_for_the_form() -> None:
    assert problems(DECLARATION) == {}
    said = problems({**DECLARATION, "kind": "", "fields": "a = b\nc = d"})
    assert set(said) >= {"kind", "fields"}
    assert said["fields"].count("line") == 2


def test_the_examples_in_the_form_are_a_declaration() -> None:
    (rest,) = [one for one in TRACKERS if one.kind == "rest"]
    assert problems({one.key: one.example for one in rest.settings}) == {}


def test_everything_that_is_wrong_is_told_at_once() -> None:
    said = refusal(kind="", fields="subject = x")
    assert "Kind" in said
    assert "Fields, line 1" in said


@given(st.dictionaries(st.sampled_from(["kind", "fields", *SECTIONS]), st.text(max_size=200)))
def test_no_text_does_more_than_be_refused(settings: dict[str, str]) -> None:
    try:
        declared(settings)
    except Misconfigured as error:
        assert str(error).endswith(".")


names = st.text("abcdefgh", min_size=1, max_size=4)


@given(st.lists(names, min_size=1, max_size=4), st.one_of(st.text(), st.integers(), st.booleans()))
def test_what_is_put_at_a_path_is_found_there(way: list[str], value: object) -> None:
    path = Path.parse("$." + ".".join(way))
    document: dict[str, object] = {}
    path.put(document, value)
    assert path.first(document) == value


def test_a_body_leaves_out_what_has_no_value_now() -> None:
    body = Body.parse('{"a": "{x}", "b": {"c": "{y}"}, "d": "is {x}", "e": 1}', frozenset({"x", "y"}))
    assert body.of({"x": 5}) == {"a": 5, "d": "is 5", "e": 1}
    assert body.of({"y": None}) == {"b": {"c": None}, "e": 1}


def test_a_path_that_takes_several_gives_a_list() -> None:
    assert Path.parse("$.tags[*].name").first({"tags": [{"name": "a"}, {"name": "b"}]}) == ["a", "b"]
    with pytest.raises(Unclear):
        Path.parse("tags")
