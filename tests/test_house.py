"""The house rules, held: sizes, imports, names, services, guard, rooms, templates and words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from django.apps import apps

from portal.access.guard import protected
from portal.access.rls import EXEMPT
from portal.embedded.place import ROOT
from tests import house

CODE = house.sources(*house.FLOORS, "tests")
#: take `by` but only build what their caller stores and records
BUILDERS = {
    "take_side": "a side of the connection that the caller proposes",
    "new_version": "an unsaved version of a rulebook",
    "record": "the deed itself",
    "record_all": "the deeds themselves",
    "chained": "a deed that its caller stores",
    "read_lent": "notes the use of a pass through its own service",
}
#: called from pages or api without `by`: they read or refuse, and write nothing
READERS = {"check_joined", "broken_at"}
LONG_WORDS = re.compile(r"manager|helper|utils?\b|utils?_|handler", re.IGNORECASE)
LEFTOVERS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bfor now\b|\bNotImplementedError\b")
FOREIGN = re.compile(r"(?<![\w.])/(?:work|root|Users)/\w|(?:--|extra-)index-ur[l]|--find-link[s]|tool[.]uv[.]inde[x]")


def where(path: Path, line: int = 1) -> str:
    """A place as a person opens it."""
    return f"{path.relative_to(ROOT)}:{line}"


def test_no_file_is_longer_than_400_lines() -> None:
    assert [where(path) for path in CODE if len(path.read_text().splitlines()) > 400] == []


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        where(path, node.lineno)
        for path in CODE
        for node in house.functions(path)
        if (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert long == []


def test_only_ready_imports_inside_a_function() -> None:
    late = [
        where(path, inner.lineno)
        for path in CODE
        for node in house.functions(path)
        if not (path.name == "apps.py" and node.name == "ready")
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_no_module_imports_itself_through_others() -> None:
    graph = grimp.build_graph(*house.FLOORS)
    rounds = {
        (one, other)
        for one in graph.modules
        for other in graph.find_modules_directly_imported_by(one)
        if graph.chain_exists(importer=other, imported=one)
    }
    assert rounds == set()


def test_every_module_says_its_purpose_and_no_name_is_vague() -> None:
    silent = [where(path) for path in CODE if path.read_text().strip() and not ast.get_docstring(house.tree(path))]
    vague = [
        where(path, node.lineno)
        for path in CODE
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and LONG_WORDS.search(node.name)
    ]
    assert silent + vague + [where(path) for path in CODE if LONG_WORDS.search(path.name)] == []


@pytest.mark.parametrize("path", house.services(), ids=where)
def test_a_service_takes_by_and_records_last(path: Path) -> None:
    known = {node.name: node for node in house.tree(path).body if isinstance(node, ast.FunctionDef)}

    def records(name: str) -> bool:
        last = house.calls(*known[name].body[-3:])
        further = any(inner in known and inner != name and records(inner) for inner in last)
        return bool({"record", "record_all"} & last) or further

    acting = [name for name, node in known.items() if "by" in {one.arg for one in node.args.kwonlyargs}]
    untyped = [name for name in acting if "by: Subject" not in ast.unparse(known[name].args)]
    silent = [name for name in acting if name not in BUILDERS and not records(name)]
    assert (untyped, silent) == ([], [])


def test_pages_and_api_call_no_service_without_by() -> None:
    public = {
        node.name
        for path in house.services()
        for node in house.tree(path).body
        if isinstance(node, ast.FunctionDef) and "by" not in {one.arg for one in node.args.kwonlyargs}
    }
    front = [path for path in house.sources(*house.FLOORS) if {"pages", "api"} & {path.stem, path.parent.name}]
    used = {(where(path), name) for path in front for name in house.names_of_services(path)}
    assert {(place, name) for place, name in used if name in public - READERS} == set()


def test_every_model_with_a_companys_data_is_under_the_guard() -> None:
    told = protected()
    bare = {
        model.__name__
        for floor in house.FLOORS
        for model in apps.get_app_config(floor).get_models()
        if model not in told and model._meta.db_table not in EXEMPT
    }
    # Grants are read by django-guardian, history by its owner's page; both tables are policed in PostgreSQL.
    assert {name for name in bare if not name.startswith("Historical") and not name.endswith("UserGrant")} == set()


@pytest.mark.parametrize("room", house.rooms(), ids=where)
def test_a_room_has_tests_and_a_line_in_the_tour(room: Path) -> None:
    name = room.relative_to(ROOT)
    assert any((ROOT / "tests" / name).rglob("test_*.py")), f"{name} has no tests"
    assert f"{name}/" in (ROOT / "docs" / "tour.md").read_text(), f"docs/tour.md does not tell of {name}"


def test_templates_lie_on_their_floor_and_none_is_forgotten() -> None:
    named = {(path, name) for path in house.sources(*house.FLOORS) for name in house.template_names(path)}
    abroad = [
        (where(path), name)
        for path, name in named
        if name.split("/")[0] not in {path.relative_to(ROOT).parts[0], "portal"}
        or not (ROOT / "templates" / name).exists()
    ]
    folder = ROOT / "templates"
    every = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    inside = {name for name in every for text in included(folder) if f'"{name}' in text}
    assert (abroad, every - inside - {name for _, name in named}) == ([], set())


def included(folder: Path) -> Iterator[str]:
    """The text of every template."""
    yield from (path.read_text() for path in folder.rglob("*.html"))


def test_nothing_is_left_over_and_nothing_names_a_machine() -> None:
    left = [where(path) for path in house.texts() for text in house.words(path) if LEFTOVERS.search(text)]
    foreign = [where(path) for path in house.texts() if FOREIGN.search(path.read_text(errors="replace"))]
    assert (left, foreign) == ([], [])


def test_no_lock_names_a_host() -> None:
    assert [path.name for path in (ROOT / "requirements").iterdir() if "://" in path.read_text()] == []
