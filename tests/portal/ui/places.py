"""Every page of the site from its URL conf: which addresses there are, who gets a page there, and of what shape."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from html.parser import HTMLParser

from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from portal.access.models import User
from tests.addresses import PARAMETER, addresses

#: parts of the site that are no pages of ours
ELSEWHERE = ("admin/", "api/", "hooks/", "flow/")
#: what stands in an address beside the uid of a thing
WORDS = {"side": "a", "no": "1", "kind": "check"}
NOWHERE = "00000000-0000-0000-0000-000000000000"
#: further views of a page that it links to itself: tabs, versions, kinds, orders
VIEW = re.compile(r'href="([^"?#]*)(\?[^"#]+)"')
EACH = re.compile(r"\?(tab|no|kind)=")
#: attributes that say how an element looks and what it is, not which thing it tells of
SHAPING = {"class", "role", "type", "hidden", "open", "disabled", "aria-current", "aria-invalid"}
#: elements that hold nothing
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
HUE = re.compile(r"\bhue-\d+")

Things = Mapping[str, Sequence[Mapping[str, object]]]


def candidates(things: Things) -> list[str]:
    """Every address that may be a page, filled in with the things of its head, or with nothing that there is."""
    found = []
    for address in addresses():
        if not address.route.startswith(ELSEWHERE):
            head = address.route.partition("<")[0]
            found += ["/" + filled(address.route, thing) for thing in things.get(head, ({},))]
    return list(dict.fromkeys(found))


def filled(route: str, thing: Mapping[str, object]) -> str:
    """An address with its parameters replaced."""
    words = {**WORDS, **thing}
    return PARAMETER.sub(lambda one: str(words.get(one["name"], NOWHERE)), route)


def readable(client: Client, paths: Sequence[str]) -> list[str]:
    """Those that can be read at all; the others are the targets of forms."""
    return [path for path in paths if client.get(path).status_code != 405]


def opened(client: Client, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(address, HTML) of those where this visitor gets a page, each followed by the views that it links to itself."""
    for path in paths:
        html = html_at(client, path)
        if html:
            yield path, html
            yield from ((path + view, html_at(client, path + view)) for view in views_in(html, path))


def views_in(html: str, path: str) -> list[str]:
    """The queries of the links of a page to itself: every tab, version and kind; of sorting, filters and the like
    one each, because they show the same in another order."""
    links = [unescape(query) for head, query in VIEW.findall(html.partition("<main")[2]) if head in ("", path)]
    first = {re.sub(r"=[^&]*", "", query): query for query in reversed(links)}
    return list(dict.fromkeys([*(query for query in links if EACH.match(query)), *first.values()]))


def html_at(client: Client, path: str) -> str:
    """A whole page, or "" where there is none for this visitor: a fragment, nothing, the sign-in."""
    answer = client.get(path)
    whole = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    html = answer.content.decode() if whole else ""
    return html if "<html" in html else ""


class Shape(HTMLParser):
    """What a page shows, as a set: every element with what shapes it, under the elements that it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.above: list[str] = []
        self.marks: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; the colour of a company counts for itself, not for all that stands in it."""
        mark = " ".join([tag, *(f"{name}={value}" for name, value in attrs if name in SHAPING)])
        self.marks.add(" > ".join([*self.above, mark]))
        if tag not in VOID:
            self.above.append(HUE.sub("", mark))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and whatever in it was not closed."""
        while self.above and self.above.pop().split(" ")[0] != tag:
            pass


def shape_of(html: str) -> set[str]:
    """What a page shows; a page whose shape is part of others' looks like them."""
    shape = Shape()
    shape.feed(html)
    return shape.marks


def sign_up_of(user: User) -> dict[str, object]:
    """The two words of a sign-up link."""
    return {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
