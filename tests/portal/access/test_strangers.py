"""A stranger gets 404 for everything that is somebody else's, at every address there is."""

from uuid import uuid4

import pytest

from tests.addresses import Address, addresses, things_of
from tests.characters import Character, WalledClient
from tests.story import Story

API_METHODS, PAGE_METHODS = ("get", "post", "put", "patch", "delete"), ("get", "post")
ALL = addresses()
#: said by none of a stranger's pages: the names of companies A and B
CANARIES = (b"Aster", b"Birch")
#: addresses that answer everybody, or sign out
OPEN = {"sign-out", "healthz", "readyz", "api-document", "api-docs"}


def test_there_are_addresses_to_try() -> None:
    assert len([address for address in ALL if address.is_of_one_thing]) >= 40


@pytest.fixture
def things(ada: Character, story: Story) -> dict[str, object]:
    """One uid of each noun of company A."""
    return things_of(ada, story)


@pytest.mark.parametrize(
    "address", [address for address in ALL if address.is_of_one_thing], ids=lambda address: address.route
)
def test_a_stranger_finds_no_thing_of_others(dan: Character, things: dict[str, object], address: Address) -> None:
    uids = [things[address.noun]] if address.noun in things else list(dict.fromkeys(things.values()))
    methods = API_METHODS if address.noun else PAGE_METHODS
    for uid in uids:
        answers = {method: status(dan.client, method, address.filled(uid)) for method in methods}
        assert set(answers.values()) <= {404, 405}, (address.filled(uid), answers)
        assert 404 in answers.values()


@pytest.mark.parametrize(
    "address",
    [address for address in ALL if not address.is_of_one_thing and address.name not in OPEN],
    ids=lambda address: address.route or "home",
)
def test_a_strangers_lists_name_nothing_of_others(
    dan: Character, things: dict[str, object], address: Address
) -> None:
    answer = dan.client.get(address.filled(""), follow=True)
    assert answer.status_code < 500
    assert not answer.streaming
    assert [canary for canary in CANARIES if canary in answer.content] == []


@pytest.mark.parametrize(
    "address",
    [address for address in ALL if address.noun and address.name not in OPEN],
    ids=lambda address: address.route,
)
def test_the_api_answers_nobody_without_signing_in(db: None, address: Address) -> None:
    answer = WalledClient().get(address.filled(uuid4()))
    assert answer.status_code in {401, 405}
    assert answer.json()["code"] in {"not-authenticated", "method-not-allowed"}


def status(client: WalledClient, method: str, path: str) -> int:
    """What one request answers; a webhook's address may refuse an unsigned delivery before it looks."""
    answer = getattr(client, method)(path, **({} if method == "get" else {"content_type": "application/json"}))
    return int(answer.status_code)
