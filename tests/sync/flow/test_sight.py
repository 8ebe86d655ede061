"""The access matrix before a reader: a canary that a role withholds is on no page and in no answer of the API."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from portal.access.subject import Role
from portal.core import clock
from portal.history.models import Deed
from sync.flow.models.cases import Case
from sync.flow.models.facts import EnvelopeContent
from sync.flow.models.writes import Agreed, Conflict
from sync.triage.models import Parked
from tests import factories, traffic
from tests.characters import Character, character
from tests.governance.accessmatrix.test_passes import WHY
from tests.story import Story

CANARY = "canary-5f2e"
NOUNS = ("changes", "envelopes", "intents", "conflicts", "parked", "cases", "items")


@pytest.fixture
def case(story: Story) -> Case:
    """A case whose title and priority are the canary everywhere they can be."""
    made = traffic.run(story)
    item = made.items.get(system=story.desk)
    traffic.change(item, "subject", CANARY, seq=71)
    traffic.change(item, "priority", CANARY, seq=72)
    traffic.change(item, "created", CANARY, seq=73)
    EnvelopeContent.objects.filter(envelope__case=made).update(
        body={"terms": {"title": CANARY, "priority": CANARY}, "ways": {"priority": [[1, "x", CANARY]]}, "parts": []}
    )
    Agreed.objects.filter(case=made).delete()
    for term in ("title", "priority"):
        Agreed.objects.create(
            case=made, connection=story.connection, companies=made.companies, term=term,
            value_a=CANARY, value_b=CANARY, at=clock.now(),
        )  # fmt: skip
    Conflict.objects.create(
        case=made, connection=story.connection, company_id=story.a.pk, term="priority", lost=CANARY, why="x",
        at=clock.now(),
    )  # fmt: skip
    Parked.objects.filter(case=made).update(
        subject="out:priority", connection=story.connection, sentence=f"{CANARY} has no map", state="open"
    )
    return made


@pytest.fixture
def vera(story: Story) -> Iterator[Character]:
    """A viewer of Aster from whom her role withholds title and priority."""
    for term in ("title", "priority"):
        factories.role_grant(story.integration, story.a, "viewer", term=term, level="none")
    yield character("Vera", story.a, Role.VIEWER)


def pages(case: Case) -> list[str]:
    """Every page that tells of a case's values."""
    one = reverse("case", args=[case.uid])
    return [one, f"{one}?tab=history", f"{one}?echoes=1", reverse("cases"), reverse("triage"), "/",
            reverse("cases") + f"?q={CANARY[:8]}"]  # fmt: skip


def seen(who: Character, case: Case) -> list[str]:
    """Where the canary is told to somebody."""
    found = [page for page in pages(case) if CANARY in who.client.get(page).content.decode()]
    program = who.api()
    return found + [noun for noun in NOUNS if CANARY in program.get(f"/api/v1/{noun}/").content.decode()]


def test_a_canary_is_told_to_who_may_read_it(ada: Character, case: Case, vera: Character) -> None:
    found = seen(ada, case)
    assert reverse("case", args=[case.uid]) in found
    assert {"changes", "envelopes", "conflicts", "parked"} <= set(found)


def test_a_canary_that_a_role_withholds_is_nowhere(case: Case, vera: Character) -> None:
    assert seen(vera, case) == []
    assert "withheld from your role" in vera.client.get(reverse("case", args=[case.uid])).content.decode()


def test_what_is_withheld_is_not_found_by_searching_for_it(case: Case, vera: Character) -> None:
    html = vera.client.get(reverse("cases") + f"?q={CANARY}").content.decode()
    assert reverse("case", args=[case.uid]) not in html


def test_one_change_by_its_address_is_withheld_too(case: Case, vera: Character) -> None:
    change = case.changes.filter(field="priority").latest("pk")
    assert CANARY not in vera.api().get(f"/api/v1/changes/{change.uid}/").content.decode()


def test_through_a_pass_it_is_told_and_the_use_is_recorded(
    case: Case, vera: Character, ada: Character, story: Story
) -> None:
    form = {"company": story.a.pk, "term": "priority", "level": "read", "hours": "1", "reason": WHY}
    vera.client.post(reverse("access-pass-ask", args=[story.integration.uid]), form)
    row = vera.person.access_passes.get()
    ada.client.post(reverse("access-pass-answer", args=[row.uid]), {"do": "approve"})
    page = reverse("case", args=[case.uid])
    assert CANARY in vera.client.get(page).content.decode()
    vera.client.get(page)
    used = Deed.objects.get(verb="read through a pass")
    assert (used.actor, used.noun, used.after["reason"]) == ("Vera", "case", WHY)
