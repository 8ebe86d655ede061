"""What the house consists of: its source files, their trees, rooms, services and template names."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from portal.embedded.place import ROOT

FLOORS = ("portal", "governance", "sync", "slas")
#: folders that Django fills or looks into by name
NOT_ROOMS = {"migrations", "management", "templatetags", "__pycache__"}


def sources(*floors: str) -> list[Path]:
    """Every Python file of the floors (and tests), without migrations."""
    found = (path for floor in floors for path in (ROOT / floor).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def texts() -> Iterator[Path]:
    """Every file that a person wrote, of whatever kind."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix != ".png")
    for folder in (*FLOORS, "tests", "docs", "templates", "static", "requirements", ".ci"):
        for path in sorted((ROOT / folder).rglob("*")):
            wanted = path.is_file() and path.suffix not in {".pyc", ".png", ".woff2", ".ico"}
            if wanted and "vendor" not in path.parts:
                yield path


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file, nested ones too."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def rooms() -> list[Path]:
    """Every folder of a floor that holds code."""
    found = (folder for floor in FLOORS for folder in sorted((ROOT / floor).iterdir()) if folder.is_dir())
    return [folder for folder in found if folder.name not in NOT_ROOMS and any(folder.rglob("*.py"))]


def services() -> list[Path]:
    """Every file of services."""
    return sorted(
        [*ROOT.glob("*/*/services.py"), *ROOT.glob("*/*/*/services.py"), *ROOT.glob("*/*/services/[!_]*.py")]
    )


def calls(*nodes: ast.AST) -> set[str]:
    """Names of what is called in these nodes."""
    found = (node.func for root in nodes for node in ast.walk(root) if isinstance(node, ast.Call))
    return {func.id if isinstance(func, ast.Name) else func.attr for func in found if named(func)}  # type: ignore[attr-defined]


def named(func: ast.expr) -> bool:
    """Whether what is called has a name of its own."""
    return isinstance(func, ast.Name | ast.Attribute)


def names_of_services(path: Path) -> Iterator[str]:
    """What a file takes out of a room's services, by import or as `services.name`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and "services" in (node.module or ""):
            yield from (one.name for one in node.names)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "services":
            yield node.attr


def words(path: Path) -> Iterator[str]:
    """The comments and docstrings of a Python file; the whole text of any other."""
    text = path.read_text(errors="replace")
    if path.suffix != ".py":
        yield text
        return
    yield from (line[line.index("# ") :] for line in text.splitlines() if "# " in line)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def template_names(path: Path) -> set[str]:
    """Templates that a Python file names."""
    found = (node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant))
    return {value for value in found if isinstance(value, str) and value.endswith(".html") and "/" in value}
