"""Random document trees and texts for the property tests of all text languages."""

from collections.abc import Callable

from hypothesis import strategies as st

from portal.core.text import links
from portal.core.text.builder import Builder, Kind
from portal.core.text.tree import Blocks, Mark

Event = Callable[[Builder], None]

#: Texts made of what the languages give a meaning to.
SPIKY = st.text(alphabet="ab1 \n\t\\`*_[]()<>~|!#+-=.:&;{}^?\"'@/é\u00a0\u200d", max_size=14)
WORDS = st.one_of(
    SPIKY,
    st.text(max_size=8),
    st.sampled_from(
        ["word", "a b", "snake_case_name", "http://x.y/a_b?c=1", "C:\\temp\\x", "h1. x", "&amp;", "<br>"]
    ),
    st.sampled_from(["{code}", "[~ada]", "!a.png!", "|a|b|", "- [x] a", "1. a", "***", "---", "```", "> q", "~~~"]),
)
MARKS: st.SearchStrategy[frozenset[Mark]] = st.frozensets(
    st.sampled_from(["strong", "em", "strike", "code"]), max_size=3
)
HREFS = st.one_of(
    st.just(""),
    st.just(""),
    st.sampled_from(["https://x.example/a_(b)", "mailto:a@b.example", "http://h/?a=1&copy;=2"]),
    st.text(alphabet="ab()*_!&;|[]^ é", max_size=8).map(lambda tail: links.tidy(f"http://h/{tail}")),
)
LANGUAGES = st.sampled_from(["", "python", "c++", "two words", "`"])


def _run(text: str, marks: frozenset[Mark], href: str) -> Event:
    return lambda builder: builder.text(text, marks, href)


def _flush(level: int) -> Event:
    return lambda builder: builder.flush(level=level)


def _code(text: str, language: str) -> Event:
    return lambda builder: builder.code(text, language)


def _container(kind: Kind, events: list[Event], *, start: int | None, done: bool | None, head: bool) -> Event:
    def play(builder: Builder) -> None:
        builder.begin(kind, start=start, done=done, head=head)
        for event in events:
            event(builder)
        builder.end()

    return play


RUNS = st.builds(_run, WORDS, MARKS, HREFS)
LEAVES = st.one_of(
    RUNS,
    RUNS,
    RUNS,
    st.builds(_flush, st.integers(0, 7)),
    st.builds(_code, WORDS, LANGUAGES),
    st.just(Builder.line_break),
    st.just(Builder.divider),
)


def _inside(events: st.SearchStrategy[Event]) -> st.SearchStrategy[Event]:
    kinds: st.SearchStrategy[Kind] = st.sampled_from(
        ["quote", "list", "entry", "entry", "table", "row", "row", "cell", "cell", "list"]
    )
    return st.builds(
        _container,
        kinds,
        st.lists(events, max_size=5),
        start=st.one_of(st.none(), st.integers(0, 12)),
        done=st.sampled_from([None, None, True, False]),
        head=st.booleans(),
    )


def _build(events: list[Event]) -> Blocks:
    builder = Builder()
    for event in events:
        event(builder)
    return builder.finish()


#: Trees that hold the promises of `tree`, as every reader builds them.
TREES: st.SearchStrategy[Blocks] = st.lists(st.recursive(LEAVES, _inside, max_leaves=12), max_size=8).map(_build)
#: Anything a person may have typed.
TEXTS = st.one_of(st.text(), st.lists(WORDS, max_size=12).map(" ".join), st.lists(WORDS, max_size=12).map("\n".join))
