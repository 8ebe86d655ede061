"""Every link of the documents leads to a file, and every ADR is short and in its place."""

import re
from pathlib import Path

import pytest

from portal.embedded.place import ROOT

PAPERS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


def name(path: Path) -> str:
    """A paper as a person calls it."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_every_link_of_a_paper_leads_somewhere(paper: Path) -> None:
    broken = [link for link in LINK.findall(paper.read_text()) if not (paper.parent / link).exists()]
    assert broken == []


def test_every_paper_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        paper = ahead.pop()
        seen.add(paper)
        for link in LINK.findall(paper.read_text()):
            found = (paper.parent / link).resolve()
            inside = sorted(found.glob("*.md")) if found.is_dir() else [found] if found.suffix == ".md" else []
            ahead += [one for one in inside if one not in seen]
    assert set(PAPERS) - seen == set()


@pytest.mark.parametrize("paper", ADRS, ids=name)
def test_a_decision_is_short_and_numbered(paper: Path) -> None:
    text = paper.read_text()
    assert len(text.splitlines()) <= 40
    assert text.startswith(f"# {int(paper.name[:4])}. ")


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(paper.name[:4]) for paper in ADRS] == list(range(1, len(ADRS) + 1))


def test_make_knows_every_target_that_the_papers_name() -> None:
    targets = set(re.findall(r"^([a-z][a-z -]*):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    known = {word for line in targets for word in line.split()}
    named = {
        word for paper in PAPERS for word in re.findall(r"(?:^|`)make ([a-z-]+)", paper.read_text(), re.MULTILINE)
    }
    assert named - known == set()
