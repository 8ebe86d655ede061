"""The page of all agreements."""

from datetime import timedelta

from django.urls import reverse

from governance.accessmatrix.models import AccessMatrix
from governance.register.models import Integration
from portal.core import clock
from tests.characters import Character
from tests.governance.raci.matrices import filled, propose, sign
from tests.governance.test_pages import page_of
from tests.story import Story


def part_of(who: Character, name: str, query: str = "") -> str:
    """One section of the page as somebody reads it."""
    return page_of(who, reverse("agreements") + query).partition(f'id="{name}"')[2].partition("</section>")[0]


def test_a_dictionary_in_force_stands_among_the_agreements(story: Story, ada: Character, dan: Character) -> None:
    assert "Dictionary 1" in page_of(ada, reverse("agreements"))
    assert "Dictionary 1" not in page_of(dan, reverse("agreements"))


def test_a_company_without_agreements_is_told_what_will_stand_there(dan: Character) -> None:
    assert "Once every company has signed a version, it stands here." in page_of(dan, reverse("agreements"))


def test_a_proposed_raci_waits_for_who_answers_for_it_and_then_for_the_partner(
    story: Story, ada: Character, ben: Character, cleo: Character
) -> None:
    draft = filled(story.integration, ada, ben)
    propose(draft, ada)
    assert "Waits for you" in part_of(ada, "mine")
    assert "Waits for a colleague" in part_of(cleo, "mine")
    sign(draft, ada)
    assert "RACI 1" not in part_of(ada, "mine")
    waiting = part_of(ada, "theirs")
    assert "RACI 1" in waiting
    assert "not yet" in waiting
    sign(draft, ben)
    for who in (ada, ben):
        in_force = part_of(who, "live")
        assert "RACI 1" in in_force
        assert "Ada" in in_force
        assert "Ben" in in_force


def test_an_access_matrix_waits_for_its_accountable_person_alone(
    story: Story, ada: Character, ben: Character, cleo: Character
) -> None:
    filled(story.integration, ada, ben)
    AccessMatrix.objects.create(
        integration=story.integration, company=ada.company, no=7, state="proposed", proposed=clock.now()
    )
    assert "Waits for you" in part_of(ada, "mine")
    assert "Waits for a colleague" in part_of(cleo, "mine")
    assert "Access matrix 7" not in page_of(ben, reverse("agreements"))


def test_one_kind_is_shown_alone(story: Story, ada: Character, ben: Character) -> None:
    propose(filled(story.integration, ada, ben), ada)
    alone = page_of(ada, f"{reverse('agreements')}?kind=RACI")
    assert "RACI 1" in alone
    assert "Dictionary 1" not in alone


def test_a_review_that_is_due_is_said_beside_what_is_agreed(story: Story, ada: Character) -> None:
    day = clock.now().date() - timedelta(days=1)
    Integration.objects.filter(pk=story.integration.pk).update(next_review=day)
    page = page_of(ada, reverse("agreements"))
    assert "The review of" in page
    assert "Due" in part_of(ada, "live")
