"""A stranger gets 404 for everything that is somebody else's, at every address there is."""

from collections.abc import Iterable
from uuid import uuid4

import pytest

from tests.addresses import Address, addresses, things_of
from tests.characters import Character, WalledClient
from tests.story import Story

API_METHODS, PAGE_METHODS = ("get", "post", "put", "patch", "delete"), ("get", "post")
ALL = addresses()
#: said by none of a stranger's pages: the names of companies A and B
CANARIES = (b"Aster", b"Birch")
#: nouns that have pages of their own
SHOWN = (
    "companies",
    "people",
    "systems",
    "integrations",
    "connections",
    "dictionaries",
    "terms",
    "rulebooks",
    "rule-versions",
    "rehearsals",
    "cases",
    "parked",
    "probes",
    "tokens",
    "views",
    "imports",
    "absences",
    "teams",
    "downtimes",
    "invitations",
)
#: addresses that answer everybody, or sign out
OPEN = {"sign-out", "healthz", "readyz", "api-document", "api-docs"}


def test_there_are_addresses_to_try() -> None:
    assert len([address for address in ALL if address.is_of_one_thing]) >= 40


@pytest.fixture
def things(ada: Character, story: Story) -> dict[str, object]:
    """One uid of each noun of company A."""
    return things_of(ada, story)


def rooms(chosen: Iterable[Address]) -> list[list[Address]]:
    """Addresses by the word they begin with, so that one story serves many."""
    found: dict[str, list[Address]] = {}
    for address in chosen:
        found.setdefault(address.noun or address.route.split("/")[0], []).append(address)
    return list(found.values())


def called(room: list[Address]) -> str:
    """The word that a room's addresses begin with."""
    return room[0].noun or room[0].route.split("/")[0] or "home"


@pytest.mark.parametrize("room", rooms(a for a in ALL if a.is_of_one_thing), ids=called)
def test_a_stranger_finds_no_thing_of_others(dan: Character, things: dict[str, object], room: list[Address]) -> None:
    for address in room:
        of_pages = [things[noun] for noun in SHOWN]
        methods, uids = (API_METHODS, [things[address.noun]]) if address.noun else (PAGE_METHODS, of_pages)
        for uid in uids:
            answers = {method: status(dan.client, method, address.filled(uid)) for method in methods}
            assert set(answers.values()) <= {404, 405}, (address.filled(uid), answers)
            assert 404 in answers.values(), (address.filled(uid), answers)


@pytest.mark.parametrize("room", rooms(a for a in ALL if not a.is_of_one_thing and a.name not in OPEN), ids=called)
def test_a_strangers_lists_name_nothing_of_others(
    dan: Character, things: dict[str, object], room: list[Address]
) -> None:
    for address in room:
        answer = dan.client.get(address.filled(""), follow=True)
        assert answer.status_code < 500, address.route
        assert not answer.streaming
        assert [canary for canary in CANARIES if canary in answer.content] == [], address.route


@pytest.mark.parametrize("room", rooms(a for a in ALL if a.noun and a.name not in OPEN), ids=called)
def test_the_api_answers_nobody_without_signing_in(db: None, room: list[Address]) -> None:
    for address in room:
        answer = WalledClient().get(address.filled(uuid4()))
        assert answer.status_code in {401, 405}, address.route
        assert answer.json()["code"] in {"not-authenticated", "method-not-allowed"}


def status(client: WalledClient, method: str, path: str) -> int:
    """What one request answers; a webhook's address may refuse an unsigned delivery before it looks."""
    answer = getattr(client, method)(path, **({} if method == "get" else {"content_type": "application/json"}))
    return int(answer.status_code)
