"""Lists take few queries, however many rows they have."""

import pytest
from django.urls import reverse

from tests import traffic
from tests.addresses import addresses
from tests.characters import Character
from tests.query_counts import QueryCounts
from tests.story import Story

LISTS = sorted(a.name for a in addresses() if a.name.startswith("api-") and a.name.endswith("-list"))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_at_most_five_queries(
    ada: Character, story: Story, query_counts: QueryCounts, name: str
) -> None:
    for _ in range(3):
        fresh(story)
    client, path = ada.api(), reverse(name)
    assert client.get(path).status_code == 200
    with query_counts.pinned(f"GET {path}"):
        client.get(path)


def fresh(story: Story) -> None:
    """One more case in the story."""
    case = traffic.case(story.connection)
    for system in (story.desk, story.board):
        item = traffic.item(case, system, f"{case.pk}-{system.pk}")
        traffic.change(item, "status", "open")
        traffic.intent(case, story.connection, system)
        traffic.parked(case, story.connection, system)
        traffic.conflict(case, story.connection, system.company_id)
        traffic.withheld(case, story.connection, system.company_id)
        traffic.probe(system)
    traffic.envelope(case, story.connection, "a")
    traffic.stream(story.desk)
