"""What changed between two versions, in words."""

from governance.dictionary.diff import Difference, diff
from governance.dictionary.models import Term


def test_an_equal_version_changes_nothing() -> None:
    assert diff([Term(name="title", label="Title")], [Term(name="title", label="Title")], {}) == []


def test_terms_are_added_and_removed_by_name() -> None:
    found = diff([Term(name="title", label="Title")], [Term(name="impact", label="Impact")], {})
    assert [(one.name, one.kind) for one in found] == [("impact", "added"), ("title", "removed")]


def test_a_changed_term_tells_each_field_old_and_new() -> None:
    old = Term(name="title", label="Title", max_length=1200)
    new = Term(name="title", label="Title", unique=True, source_of_truth_id=7)
    [found] = diff([old], [new], {7: "Mercuri"})
    assert found.kind == "changed"
    assert found.differences == (
        Difference("Longest text", "1,200", "any length"),
        Difference("Unique", "no", "yes"),
        Difference("Whose value wins", "the later change", "Mercuri"),
    )


def test_an_added_term_tells_all_that_it_says() -> None:
    impact = Term(
        name="impact", label="Impact", type="choice", allowed=["low"], allowed_labels=["Low"], mandatory=True
    )
    [found] = diff([], [impact], {})
    assert [(one.field, one.new) for one in found.differences] == [
        ("Holds", "One of a list"),
        ("Allowed values", "low = Low"),
        ("Mandatory", "yes"),
        ("Classification", "Internal"),
    ]
