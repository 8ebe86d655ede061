"""The landscape's page and file: narrowed, sorted, safe with hostile names, and fast with many companies."""

import time
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from governance.landscape.layout import LABEL_H
from governance.register.models import Connection, Side, System
from tests import factories
from tests.characters import Character
from tests.governance.landscape.worlds import crowd
from tests.query_counts import QueryCounts
from tests.story import Story

HOSTILE = "</text></svg><script>alert(1)</script> \"'&\x00\x1b\u202e"
SVG = "{http://www.w3.org/2000/svg}"


def html_of(who: Character, address: str) -> str:
    """A page's HTML; it must be there."""
    answer = who.client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def picture_in(html: str) -> ElementTree.Element:
    """The page's picture, read as XML."""
    start = html.index('<svg xmlns="http://www.w3.org/2000/svg"')
    return read(html[start : html.index("</svg>", html.index("</desc>", start)) + 6])


def read(svg: str) -> ElementTree.Element:
    """An SVG as XML."""
    return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


def test_the_page_shows_a_picture_and_the_tables_behind_it(ada: Character, story: Story) -> None:
    html = html_of(ada, reverse("landscape"))
    picture = picture_in(html)
    words = {text.text for text in picture.iter(f"{SVG}text")}
    assert {"Aster", "Birch", "Desk", "Board", "Running"} <= words
    links = {link.get("href") for link in picture.iter(f"{SVG}a")}
    assert {f"/register/systems/{story.desk.uid}/", f"/connections/{story.connection.uid}/"} <= links
    assert str(story.board.uid) not in html
    assert 'aria-sort="ascending"' in html


def test_every_state_is_said_by_colour_icon_and_word(ada: Character, story: Story) -> None:
    story.connection.state = Connection.State.PAUSED
    story.connection.save()
    picture = picture_in(html_of(ada, reverse("landscape")))
    (label,) = [part for part in picture.iter(f"{SVG}rect") if part.get("height") == str(LABEL_H)]
    (group,) = [part for part in picture.iter(f"{SVG}g") if label in list(part)]
    assert group.get("class") == "is-paused"
    assert [part.get("class") for part in group.iter(f"{SVG}path")] == ["map-icon"]
    assert [part.text for part in group.iter(f"{SVG}text")] == ["Paused"]


def test_hostile_names_stay_text_in_page_and_file(ada: Character, story: Story) -> None:
    name = HOSTILE.replace("\x00", "")
    System.objects.filter(pk=story.desk.pk).update(name=name)
    Side.objects.update(system_name=name)
    Connection.objects.update(name=name)
    story.a.name = name
    story.a.save()
    for address in (reverse("landscape"), reverse("landscape-file")):
        html = html_of(ada, address)
        assert "<script>alert" not in html
        assert not {"\x1b", "\u202e"} & set(picture_text(picture_in(html)))
        assert not list(picture_in(html).iter(f"{SVG}script"))


def picture_text(picture: ElementTree.Element) -> str:
    """All that the picture says, and its attributes."""
    return "".join(picture.itertext()) + "".join(v for part in picture.iter() for v in part.attrib.values())


def test_the_file_stands_alone_without_links_script_or_classes(ada: Character, story: Story) -> None:
    answer = ada.client.get(reverse("landscape-file"))
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert "attachment" in answer["Content-Disposition"]
    picture = read(answer.content.decode())
    assert {part.tag.removeprefix(SVG) for part in picture.iter()} <= {
        "svg",
        "title",
        "desc",
        "rect",
        "g",
        "path",
        "text",
    }
    assert all(not {"class", "style", "href", "onload"} & set(part.attrib) for part in picture.iter())
    assert (picture.findtext(f"{SVG}title"), bool(picture.findtext(f"{SVG}desc"))) == ("Landscape", True)


def test_a_filter_narrows_picture_and_table_alike(ada: Character, story: Story) -> None:
    other = factories.integration(story.a, story.b, name="Network")
    line = factories.connection(other, factories.system(story.a, "Switch"), story.board, name="Second line")
    line.state = Connection.State.PAUSED
    line.save()
    for query in (f"integration={other.uid}", "unhealthy=yes"):
        html = html_of(ada, f"{reverse('landscape')}?{query}")
        assert "Second line" in html
        assert "Desk to Board" not in html
        assert "Desk" not in picture_text(picture_in(html))
    html = html_of(ada, f"{reverse('landscape')}?company={story.b.uid}")
    assert "Second line" in html
    assert "Desk to Board" in html


def test_a_filter_that_nothing_fits_says_so_and_leads_back(ada: Character, story: Story) -> None:
    html = html_of(ada, f"{reverse('landscape')}?unhealthy=yes")
    assert "Every connection that you look at runs well." in html
    assert "Show all" in html


@pytest.mark.parametrize("query", ["integration={}", "company={}", "integration=x", "company=%00"])
def test_a_filter_by_what_one_cannot_see_does_not_exist(ada: Character, story: Story, query: str) -> None:
    for name in ("landscape", "landscape-file"):
        assert ada.client.get(f"{reverse(name)}?{query.format(uuid4())}").status_code == 404


def test_a_stranger_finds_neither_integration_nor_partner(dan: Character, story: Story) -> None:
    html = html_of(dan, reverse("landscape"))
    assert "Nothing to draw yet" in html
    for query in (f"integration={story.integration.uid}", f"company={story.a.uid}"):
        assert dan.client.get(f"{reverse('landscape')}?{query}").status_code == 404
    address = reverse("integration-landscape", args=[story.integration.uid])
    assert dan.client.get(address).status_code == 404
    assert dan.api().get("/api/v1/landscape/").json() == {"nodes": [], "edges": []}


def test_the_table_is_sorted_by_any_column_and_strange_sorts_and_pages_do_no_harm(
    ada: Character, story: Story
) -> None:
    factories.connection(story.integration, factories.system(story.a, "Switch"), story.board, name="A first line")
    for sort, first in (("name", "A first line"), ("-name", "Desk to Board")):
        html = html_of(ada, f"{reverse('landscape')}?sort={sort}")
        assert sorted(("A first line", "Desk to Board"), key=html[html.index("<table") :].index)[0] == first
    for query in ("sort=password", "page=-1", "page=99999999999", "page=²", "sort=there&page=7"):
        html_of(ada, f"{reverse('landscape')}?{query}")


def test_an_integrations_page_gets_its_small_landscape(ada: Character, story: Story) -> None:
    address = reverse("integration-landscape", args=[story.integration.uid])
    assert address in html_of(ada, reverse("integration", args=[story.integration.uid]))
    part = ada.client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Board" in picture_text(picture_in(part))
    assert ada.client.get(address)["Location"] == f"{reverse('landscape')}?integration={story.integration.uid}"


def test_programs_read_the_same_graph(ada: Character, ben: Character, story: Story) -> None:
    graph = ada.api(write=False).get("/api/v1/landscape/").json()
    nodes = {node["name"]: node for node in graph["nodes"]}
    assert nodes["Desk"]["uid"] == str(story.desk.uid)
    assert (nodes["Board"]["uid"], nodes["Board"]["polled"], nodes["Board"]["health"]) == (None, None, None)
    (edge,) = graph["edges"]
    assert (edge["a"], edge["b"]) == (nodes["Desk"]["key"], nodes["Board"]["key"])
    assert edge["back"] == {"terms": ["title", "status", "priority"], "day": 0, "hour": 0}
    assert str(story.desk.pk) not in {node["key"] for node in graph["nodes"]}
    assert str(story.desk.uid) not in str(ben.api().get("/api/v1/landscape/").json())


@pytest.mark.parametrize("name", ["landscape", "landscape-file"])
def test_a_hundred_companies_and_a_thousand_integrations_stay_fast_and_legible(
    name: str, ada: Character, query_counts: QueryCounts
) -> None:
    crowd(ada.company, partners=99, integrations=1000)
    ada.client.get(reverse("register"))
    began = time.perf_counter()
    with query_counts.pinned(f"GET {name} of a hundred companies"):
        html = html_of(ada, reverse(name))
    assert time.perf_counter() - began < 3
    assert len(html) < 300_000
    picture = picture_in(html)
    assert len([one for one in picture.iter(f"{SVG}rect") if one.get("height") == str(LABEL_H)]) == 99
    assert "connections" in picture_text(picture)


def test_one_partner_of_many_is_seen_in_full(ada: Character) -> None:
    made = crowd(ada.company, partners=30, integrations=60)
    html = html_of(ada, f"{reverse('landscape')}?company={made.partners[3].uid}")
    assert "Theirs 3" in picture_text(picture_in(html))


@pytest.mark.parametrize("more", ["", "?unhealthy=yes"])
def test_the_page_takes_the_pinned_number_of_queries(
    more: str, ada: Character, story: Story, query_counts: QueryCounts
) -> None:
    ada.client.get(reverse("register"))
    with query_counts.pinned(f"GET landscape{more}"):
        html_of(ada, reverse("landscape") + more)
