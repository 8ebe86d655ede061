"""Where the recorded traffic beside the project is, and the bodies in it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

_ROOT = Path(__file__).resolve().parents[4]


def recorded(tracker: str) -> list[Path]:
    """The data files recorded from a tracker; skips loudly where the papers are not beside the project."""
    shared = Path(os.environ.get("CONCORD_SHARED", _ROOT.parent / "shared"))
    folder = shared / "apis" / "recorded" / tracker
    if not folder.is_dir():
        pytest.skip(f"NOT TESTED: no recorded traffic at {folder}; set CONCORD_SHARED to where the papers are")
    return sorted(p for p in folder.rglob("*") if p.suffix in {".json", ".yaml"} and p.name != "index.json")


def values(path: Path) -> Iterator[tuple[str, object]]:
    """Every name and value in a recording, also those inside bodies that are recorded as text."""
    text = path.read_text(encoding="utf-8")
    data: object = json.loads(text) if path.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)
    stack: list[tuple[str, object]] = [("", data)]
    while stack:
        name, value = stack.pop()
        yield name, value
        if isinstance(value, dict):
            stack += [(str(key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            stack += [(name, inner) for inner in value]
        elif isinstance(value, str) and value[:1] in {"{", "["}:
            try:
                stack.append((name, json.loads(value)))
            except ValueError:
                continue
