"""Texts cleaned, cut between whole characters and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.text import adf, html
from portal.core.text.length import Cut, Unit, clean, cut, measure, same

from .strategies import TEXTS

FAMILY = "👨‍👩‍👧"
FLAG = "🇩🇪"
WAVE = "👋🏽"
UNITS: list[Unit] = ["chars", "bytes", "utf16"]
CLUSTERS = [
    FAMILY,
    FLAG,
    WAVE,
    "e\u0301",
    "✈️",
    "각",
    "\u1112\u1161\u11ab",
    "क्ष",
    "1️⃣",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "ก็",
    "a\u200d\u0301",
]


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_that_fits_is_left_alone(unit: Unit) -> None:
    assert cut("short", limit=5, unit=unit) == Cut("short", was_cut=False)


def test_a_text_too_long_ends_with_the_note() -> None:
    assert cut("abcdefgh", limit=5) == Cut("abcd…", was_cut=True)


def test_bytes_count_the_note_as_well() -> None:
    assert cut("abcdefgh", limit=5, unit="bytes") == Cut("ab…", was_cut=True)


def test_utf16_counts_surrogate_pairs_as_two() -> None:
    assert cut("😀😀😀", limit=4, unit="utf16") == Cut("😀…", was_cut=True)


def test_a_note_that_does_not_fit_is_left_away() -> None:
    assert cut("abcdef", limit=3, note=" (cut)") == Cut("abc", was_cut=True)


def test_blanks_before_the_note_are_left_away() -> None:
    assert cut("one two", limit=5) == Cut("one…", was_cut=True)


def test_a_limit_of_nothing_leaves_nothing() -> None:
    assert cut("abc", limit=0) == Cut("", was_cut=True)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_cluster_is_kept_whole_or_left_away(cluster: str, unit: Unit) -> None:
    text = f"ab{cluster}{cluster}cd"
    allowed = {text[:end] for end in (0, 1, 2, 2 + len(cluster), 2 + 2 * len(cluster), len(text) - 1, len(text))}
    for limit in range(measure(text, unit) + 1):
        assert cut(text, limit=limit, unit=unit, note="").text in allowed


@given(st.text(), st.integers(0, 40), st.sampled_from(UNITS), st.text(max_size=5))
def test_the_limit_is_never_exceeded(text: str, limit: int, unit: Unit, note: str) -> None:
    found = cut(text, limit=limit, unit=unit, note=note)
    assert measure(found.text, unit) <= limit
    assert found.was_cut == (measure(clean(text), unit) > limit)


@given(
    st.lists(st.sampled_from([*CLUSTERS, "a", "\n", "\u0301", "\u200d", "🇦", "각", "ᄀ", "ᆨ", "\u094d", "क"])),
    st.integers(0, 30),
)
def test_no_cut_falls_within_a_cluster_of_unicode(pieces: list[str], limit: int) -> None:
    regex = pytest.importorskip("regex", reason="NOT TESTED: the regex module knows Unicode's clusters")
    text = "".join(pieces)
    end = len(cut(text, limit=limit, note="").text)
    bounds = {0, len(text), *(found.end() for found in regex.finditer(r"\X", text))}
    assert end in bounds or text[end].isspace()


def test_clean_takes_out_what_databases_refuse() -> None:
    assert clean("a\x00b\ud800c\r\nd\re") == "abc\nd\ne"


@given(st.text(st.characters()))
def test_clean_text_is_encodable_and_stays_clean(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode("utf-8")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("one\r\ntwo", "one\ntwo"),
        ("one  \n", "one"),
        ("caf\u00e9", "cafe\u0301"),
        ("* a\n* b", "- a\n- b"),
        ("**a**", "__a__"),
        ("Title\n===", "# Title"),
        ("a\\*b", "a\\*b "),
        ("see http://x.example/a_b", "see <http://x.example/a_b>"),
        ("a   b", "a b"),
        ("|a|\n|-|", "| a |\n| --- |"),
    ],
)
def test_same_sees_through_the_ways_to_write(a: str, b: str) -> None:
    assert same(a, b)


@pytest.mark.parametrize(
    ("a", "b"), [("a", "b"), ("*a*", "**a**"), ("a b", "ab"), ("- a", "1. a"), ("a", "A"), ("a", "")]
)
def test_same_tells_different_texts_apart(a: str, b: str) -> None:
    assert not same(a, b)


def test_same_recognises_what_a_language_could_not_hold() -> None:
    sent = "> # Title"
    assert not same(sent, adf.normal(sent))
    assert same(sent, adf.normal(sent), through=adf.normal)


@given(TEXTS)
def test_every_text_is_the_same_after_its_own_way_there_and_back(text: str) -> None:
    assert same(text, text)
    assert same(text, adf.normal(text), through=adf.normal)
    assert same(text, html.normal(text), through=html.normal)
