"""What the page says somebody can see is what they do see: for any roles, jobs, cells and passes."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.accessmatrix.compiled import DEFAULTS, Level
from governance.accessmatrix.models import AccessPass, Grant
from governance.accessmatrix.sight import level_for
from governance.register.models import Integration, Person
from governance.sight.selectors import asked_about, who_sees, wires_of
from portal.access.guard import may
from portal.access.standing import subject_of
from portal.access.subject import Role
from portal.core import clock
from sync.models import Case, EnvelopeContent
from tests import factories, traffic
from tests.characters import Character, as_subject, character
from tests.story import Story

CANARY = "canary-0f0e"
LEVELS = st.sampled_from(["none", "read", "write", "full"])
HOLDERS = ["administrator", "operator", "viewer", "job:agent", "job:clerk"]
#: holder → level; holder that was taken back → level
CELLS = st.dictionaries(st.sampled_from(HOLDERS), LEVELS)
#: person → (level, term, minutes until it ends)
TERMS, MINUTES = st.sampled_from(["", "title", "priority"]), st.sampled_from([-5, 30])
PASSES = st.dictionaries(st.integers(0, 3), st.tuples(st.sampled_from(["read", "write", "full"]), TERMS, MINUTES))
GONE = st.sets(st.integers(0, 3), max_size=1)


class Undo(Exception):
    """Ends an example."""


@contextlib.contextmanager
def example() -> Iterator[None]:
    """A block of which nothing stays."""
    with contextlib.suppress(Undo), transaction.atomic():
        yield
        raise Undo


@pytest.fixture
def case(story: Story) -> Case:
    """A case of which Aster's envelopes hold the canary as title."""
    made = traffic.run(story)
    body = {"terms": {"title": CANARY}, "ways": {}, "parts": []}
    EnvelopeContent.objects.filter(envelope__case=made, envelope__from_company=story.a.pk).update(body=body)
    EnvelopeContent.objects.filter(envelope__case=made, envelope__from_company=story.b.pk).update(body={"terms": {}})
    return made


@pytest.fixture
def people(story: Story) -> list[Character]:
    """An administrator, an operator, a viewer, and a viewer who is an agent."""
    made = [character(role.value.title(), story.a, role) for role in (Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER)]
    agent = character("Agent", story.a, Role.VIEWER)
    Person.objects.filter(pk=agent.person.pk).update(job=" Agent ")
    return [*made, agent]


def told(story: Story, asker: Character, term: str) -> dict[str, str]:
    """Name → level of everybody, as the page's selector answers."""
    with as_subject(asker.subject) as by:
        integration = asked_about(Integration.objects.filter(pk=story.integration.pk), by).get()
        rows = who_sees(integration, term, by=by, wires=wires_of(integration, by=by))
    return {row.name: row.level for row in rows}


def given_cells(story: Story, cells: dict[str, str], term: str) -> None:
    """Put cells in force."""
    Grant.objects.filter(role__in=HOLDERS, company=story.a).delete()
    for holder, level in cells.items():
        factories.role_grant(story.integration, story.a, holder, term=term, level=level)


def given_pass(story: Story, who: Character, level: str, term: str, minutes: int) -> None:
    """An approved pass that ends in some minutes, or ended."""
    now = clock.now()
    AccessPass.objects.create(
        integration=story.integration, company=story.a, person=who.person, name=who.user.name, asker=story.a,
        term=term, level=level, reason="The ticket needs it today.", starts=now - timedelta(hours=1),
        ends=now + timedelta(minutes=minutes), asked=now, state=AccessPass.State.APPROVED, answered_by="Ada",
    )  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=CELLS, passes=PASSES, gone=GONE)
def test_the_answer_about_a_term_is_what_pages_and_api_show(
    cells: dict[str, str],
    passes: dict[int, tuple[str, str, int]],
    gone: set[int],
    case: Case,
    story: Story,
    people: list[Character],
    ada: Character,
) -> None:
    with example():
        given_cells(story, cells, "title")
        for who, (level, term, minutes) in passes.items():
            given_pass(story, people[who], level, term, minutes)
        for who in gone:
            Person.objects.filter(pk=people[who].person.pk).update(suspended=clock.now())
        answer = told(story, ada, "title")
        for one in people:
            by, level = subject_of(one.user), answer.get(one.user.name, "none")
            assert level_for(by, story.a.pk, story.integration.pk, "title").word == level
            page = one.client.get(reverse("case", args=[case.uid]) + "?tab=sent").content.decode()
            api = one.api().get("/api/v1/envelopes/").content.decode()
            assert (CANARY in page, CANARY in api) == ((level != "none"),) * 2, (one.user.name, level)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=CELLS, gone=GONE)
def test_the_answer_about_a_kind_of_object_is_what_the_guard_allows(
    cells: dict[str, str], gone: set[int], story: Story, people: list[Character], ada: Character
) -> None:
    with example():
        given_cells(story, cells, "on-connection")
        for who in gone:
            Person.objects.filter(pk=people[who].person.pk).update(left=clock.now())
        answer = told(story, ada, "on-connection")
        for one in people:
            by, level = subject_of(one.user), answer.get(one.user.name, "none")
            verbs = [bool(may(by, verb, story.connection)) for verb in ("view", "change", "administer")]
            assert verbs == [Level[level.upper()] >= need for need in (Level.READ, Level.WRITE, Level.FULL)]


def test_who_cannot_sign_in_sees_nothing(story: Story, ada: Character) -> None:
    factories.person(story.a, "Paper", role=Role.ADMINISTRATOR)
    assert told(story, ada, "title")["Paper"] == "none"
    assert told(story, ada, "title")["Ada"] == DEFAULTS["administrator"].word


@pytest.mark.parametrize(("term", "level"), [("title", "write"), ("description", "read"), ("labels", "none")])
def test_the_answer_about_a_partner_is_what_the_engine_may_send(
    term: str, level: str, story: Story, ada: Character
) -> None:
    assert told(story, ada, term)["Birch"] == level


def test_what_is_lent_to_somebody_of_another_company_is_told(story: Story, ada: Character) -> None:
    ivo = character("Ivo", story.b, Role.VIEWER)
    given_pass(story, ivo, "read", "labels", 30)
    AccessPass.objects.update(asker=story.b)
    assert told(story, ada, "labels")["Ivo"] == "read"
    assert told(story, ivo, "labels")["Aster"] == "none"
    html = ivo.client.get(reverse("sight", args=[story.integration.uid]) + "?term=labels").content.decode()
    assert "Aster, to Ivo alone" in html
    page = ada.client.get(reverse("person-sight", args=[ada.person.uid])).content.decode()
    assert "Open for a time" not in page


def test_the_page_names_who_can_grant_more(story: Story, ada: Character) -> None:
    html = ada.client.get(reverse("sight", args=[story.integration.uid])).content.decode()
    assert "Ada can grant more of it" in html


def test_the_case_tells_from_whom_of_ones_own_people_what_is_withheld(
    case: Case, story: Story, people: list[Character], ada: Character
) -> None:
    factories.role_grant(story.integration, story.a, "viewer", term="priority", level="none")
    factories.role_grant(story.integration, story.a, "job:agent", term="priority", level="read")
    html = ada.client.get(reverse("case", args=[case.uid]) + "?tab=access").content.decode()
    assert "Viewer</a> of your company does not see here: priority" in html
    assert "Agent</a> of your company does not see" not in html
    given_pass(story, people[2], "read", "priority", 30)
    html = ada.client.get(reverse("case", args=[case.uid]) + "?tab=access").content.decode()
    assert "does not see here" not in html
