"""Every page that a person can reach keeps the house bar: eight queries, the frame's three included."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import resolve

from governance.register.models import Connection, Party
from tests import factories
from tests.addresses import things_of
from tests.characters import Character, WalledClient
from tests.query_counts import PAGE, counting, over
from tests.story import Story

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
#: not ours to count: files, Django's admin site, the API's document
APART = ("/static/", "/admin/", "/api/")


def reached(client: WalledClient) -> Iterator[tuple[str, list[str]]]:
    """Each page that links lead to from home, and the queries it took; of pages alike by view and tab the first."""
    waiting, seen = ["/", "/search/?q=es", "/register/companies/new/", "/register/people/new/"], set()
    while waiting:
        path = waiting.pop()
        parts = urlsplit(path)
        kind = (resolve(parts.path).view_name, parts.query if "tab=" in parts.query else bool(parts.query))
        if kind in seen:
            continue
        seen.add(kind)
        with counting() as queries:
            answer = client.get(path)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            yield path, queries
            links = (urljoin(path, unescape(link)) for link in LINK.findall(answer.content.decode()))
            waiting += [link for link in links if link.startswith("/") and not link.startswith(APART)]


@pytest.fixture
def lived_in(ada: Character, story: Story) -> Story:
    """A story with traffic, and with something of each kind that waits."""
    things_of(ada, story)
    third = factories.company("Cedar")
    factories.integration(third, story.a, name="Invited")
    Party.objects.filter(company=story.a, integration__name="Invited").update(joined=None)
    Connection.objects.filter(pk=story.connection.pk).update(state=Connection.State.PAUSED)
    return story


@pytest.mark.parametrize("name", ["ada", "vic"])
def test_no_page_takes_more_than_eight_queries(name: str, lived_in: Story, request: pytest.FixtureRequest) -> None:
    who: Character = request.getfixturevalue(name)
    client = who.client
    client.get("/")
    pages = dict(reached(client))
    assert len(pages) >= 20, sorted(pages)
    wrong = [over(path, queries, PAGE) for path, queries in pages.items() if len(queries) > PAGE]
    assert not wrong, "\n\n".join(wrong)
