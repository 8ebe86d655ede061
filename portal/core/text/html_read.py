"""HTML as trackers and mail programs write it, read into a document tree; only what a reader sees."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Final

import nh3

from portal.core.text import links
from portal.core.text.builder import Builder, Kind
from portal.core.text.inline import clean
from portal.core.text.tree import Blocks, Mark, Marks

#: Elements whose content nobody sees; every other unknown element keeps its text.
_UNSEEN: Final = frozenset(
    {
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "textarea",
        "select",
    }
    | {"noembed", "noframes", "xmp", "audio", "video", "canvas", "map", "datalist"}
)
_MARKS: Final[dict[str, Mark]] = {
    **dict.fromkeys(("b", "strong"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "var", "dfn"), "em"),
    **dict.fromkeys(("s", "strike", "del"), "strike"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
}
_CONTAINERS: Final[dict[str, Kind]] = {
    "blockquote": "quote",
    "ul": "list",
    "ol": "list",
    "dl": "list",
    "li": "entry",
    "dt": "entry",
    "dd": "entry",
    "table": "table",
    "tr": "row",
    "td": "cell",
    "th": "cell",
}
_BLOCKS: Final = frozenset(
    {"p", "div", "section", "article", "aside", "header", "footer", "main", "nav", "address", "figure"}
    | {"figcaption", "details", "summary", "center", "caption", "thead", "tbody", "tfoot", "hgroup", "form"}
)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_VOID: Final = frozenset({"br", "hr", "img", "input"})
_PLAIN_TAGS: Final = frozenset({"a", "pre", "q"})

_TAGS: Final = {*_MARKS, *_CONTAINERS, *_BLOCKS, *_HEADINGS, *_VOID, *_PLAIN_TAGS}
_ATTRIBUTES: Final = {
    "a": {"href"},
    "code": {"class"},
    "img": {"src", "alt", "width", "height"},
    "input": {"type", "checked"},
    "ol": {"start"},
    "pre": {"class"},
}

_BOXES: Final = {"☐": False, "☑": True, "☒": True}
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
_LANGUAGE = re.compile(r"\b(?:language|lang|highlight|brush)[-:] ?([\w+#.-]+)")
_PIXEL = re.compile(r"\s*[01](?:px)?\s*")


def read(html: str) -> Blocks:
    """The blocks of an HTML text. First nh3 repairs the tags and takes out what is dangerous or unseen.

    Pictures become a note that names them, linked where their address is a public one; pictures of one
    pixel, which only tell somebody that a mail was read, vanish.
    """
    repaired = nh3.clean(
        clean(html),
        tags=_TAGS,
        clean_content_tags=set(_UNSEEN),
        attributes=_ATTRIBUTES,
        url_schemes=set(links.SCHEMES),
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(repaired)
    reader.close()
    return reader.builder.finish()


class _Reader(HTMLParser):
    """Turns the tags of repaired HTML into events; it keeps no tree, so depth costs nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = Builder()
        self._marks: Counter[Mark] = Counter()
        self._hrefs: list[str] = []
        self._literal: list[str] | None = None
        self._language = ""
        self._in_head = False
        self._starts_entry = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._literal is not None:
            self._start_in_literal(tag, values)
        elif tag in _MARKS:
            self._marks[_MARKS[tag]] += 1
        elif tag in _CONTAINERS:
            self._begin(tag, values)
        elif tag == "pre":
            self.builder.flush()
            self._literal, self._language = [], _language(values)
        elif tag in _BLOCKS or tag in _HEADINGS:
            self.builder.flush()
            self._in_head |= tag == "thead"
        else:
            self._start_inline(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if self._literal is not None:
            if tag == "pre":
                self.builder.code("".join(self._literal), self._language)
                self._literal = None
        elif tag in _MARKS:
            self._marks[_MARKS[tag]] -= 1
        elif tag in _CONTAINERS:
            self.builder.end()
        elif tag in _BLOCKS:
            self.builder.flush()
            self._in_head &= tag != "thead"
        elif tag in _HEADINGS:
            self.builder.flush(level=_HEADINGS[tag])
        elif tag == "a" and self._hrefs:
            self._hrefs.pop()
        elif tag == "q":
            self._say('"')

    def handle_data(self, data: str) -> None:
        if self._literal is not None:
            self._literal.append(data)
        else:
            self._say(_BLANKS.sub(" ", data))

    def _say(self, text: str) -> None:
        if self._starts_entry and text.strip():
            self._starts_entry = False
            box = text.lstrip()[0]
            if box in _BOXES:
                self.builder.task(done=_BOXES[box])
                text = text.lstrip()[1:]
        self.builder.text(text, self._open_marks(), self._hrefs[-1] if self._hrefs else "")

    def _open_marks(self) -> Marks:
        return frozenset(mark for mark, times in self._marks.items() if times > 0)

    def _begin(self, tag: str, values: dict[str, str]) -> None:
        start = None
        if tag == "ol":
            start = int(values["start"]) if re.fullmatch(r"[0-9]{1,9}", values.get("start", "")) else 1
        self.builder.begin(_CONTAINERS[tag], start=start, head=tag == "th" or self._in_head)
        self._starts_entry = tag == "li"

    def _start_in_literal(self, tag: str, values: dict[str, str]) -> None:
        if self._literal is None:
            return
        if tag == "br":
            self._literal.append("\n")
        elif tag == "code":
            self._language = self._language or _language(values)

    def _start_inline(self, tag: str, values: dict[str, str]) -> None:
        if tag == "br":
            self.builder.line_break()
        elif tag == "hr":
            self.builder.divider()
        elif tag == "a":
            self._hrefs.append(links.tidy(values.get("href", "")))
        elif tag == "q":
            self._say('"')
        elif tag == "img":
            self._image(values)
        elif values.get("type", "").lower() == "checkbox":
            self.builder.task(done="checked" in values)

    def _image(self, values: dict[str, str]) -> None:
        if any(_PIXEL.fullmatch(values.get(side, "")) for side in ("width", "height")):
            return
        source = values.get("src", "")
        name = values.get("alt", "") or links.file_name(source)
        href = (self._hrefs[-1] if self._hrefs else "") or links.tidy(source)
        self.builder.text(links.note("image", name), self._open_marks(), href)


def _language(values: dict[str, str]) -> str:
    found = _LANGUAGE.search(values.get("class", ""))
    return found[1] if found else ""
