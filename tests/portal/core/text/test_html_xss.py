"""No hostile text becomes an active element, in whatever language it comes in."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from portal.core.text import adf, html, wiki

from .strategies import TEXTS

HOSTILE_HTML = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href=http://x onclick=alert(1)>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<style>@import 'http://evil.example/x.css'</style>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=http://evil.example/>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<xmp><script>alert(1)</script></xmp>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<plaintext><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
HOSTILE_MARKDOWN = [
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html;base64,AAAA)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![x](http://x.example/"onerror="alert(1))',
    '[x](http://x.example/"onclick="alert(1))',
    "[x][1]\n\n[1]: javascript:alert(1)",
    '```"><script>alert(1)</script>\nx\n```',
    "`<script>alert(1)</script>`",
    "| <script>alert(1)</script> |\n| --- |",
]
ACTIVE = re.compile(r"^(script|style|iframe|object|embed|svg|math|img|form|input|button|link|meta|base|template)$")


class _Watch(HTMLParser):
    """Names every element, attribute and address that a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if ACTIVE.match(tag):
            self.found.append(tag)
        for name, value in attrs:
            if name not in {"href", "rel", "start", "class"}:
                self.found.append(f"{tag} {name}")
            if name == "href" and not re.match(r"(https?://|mailto:|tel:|ftp://)", value or ""):
                self.found.append(f"{tag} {name}={value}")


def active_parts(written: str) -> list[str]:
    watch = _Watch()
    watch.feed(written)
    watch.close()
    return watch.found


def test_the_watch_sees_what_is_active() -> None:
    assert active_parts("<script></script><a href='javascript:x' onclick=x>") == [
        "script",
        "a href=javascript:x",
        "a onclick",
    ]


@pytest.mark.parametrize("hostile", HOSTILE_HTML + HOSTILE_MARKDOWN)
def test_hostile_text_is_harmless_as_markdown(hostile: str) -> None:
    assert active_parts(html.safe(hostile)) == []
    assert active_parts(html.from_markdown(hostile)) == []


@pytest.mark.parametrize("hostile", HOSTILE_HTML + HOSTILE_MARKDOWN)
def test_hostile_html_is_harmless_after_both_ways(hostile: str) -> None:
    assert active_parts(html.safe(html.to_markdown(hostile))) == []


@pytest.mark.parametrize("hostile", HOSTILE_HTML + HOSTILE_MARKDOWN)
def test_hostile_text_is_harmless_through_jira(hostile: str) -> None:
    assert active_parts(html.safe(adf.normal(hostile))) == []
    assert active_parts(html.safe(wiki.to_markdown(hostile))) == []


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_no_text_at_all_becomes_active(text: str) -> None:
    assert active_parts(html.safe(text)) == []
    assert active_parts(html.safe(html.to_markdown(text))) == []


@pytest.mark.parametrize("script", ["<script>alert(1)</script>", "<style>p{}</style>", "<iframe>x</iframe>"])
def test_what_nobody_sees_leaves_no_words(script: str) -> None:
    assert html.to_markdown(f"<p>seen</p>{script}") == "seen"


@pytest.mark.parametrize("side", ["width=1", "height='1px'", "width=0 height=0"])
def test_a_tracking_pixel_vanishes(side: str) -> None:
    assert html.to_markdown(f"<p>seen<img src='https://t.example/u.gif?id=7' {side}></p>") == "seen"


@pytest.mark.parametrize(
    "element",
    [
        '<img src="https://x.zendesk.com/attachments/token/SECRET/?name=a.png">',
        '<a href="https://x.zendesk.com/attachments/token/SECRET/?name=a.png">a.png</a>',
        '<a href="https://x.example/secure/attachment/SECRET/a.png">a.png</a>',
    ],
)
def test_an_address_that_opens_a_file_stays_at_home(element: str) -> None:
    markdown = html.to_markdown(element)
    assert "a.png" in markdown
    assert "SECRET" not in markdown
