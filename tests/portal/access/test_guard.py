"""The first wall: roles and verbs, grants on one object, and reasons a page may show."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from guardian.models import UserObjectPermission

from governance.models import Company, Connection, Integration, System
from portal.access import rls
from portal.access.guard import VERBS, Allowed, Refused, may, owners, protected, visible_to
from portal.access.models import User
from portal.access.standing import subject_of
from portal.access.subject import NOBODY, Role, Subject, engine
from sync.models import Envelope, Item
from tests import factories, traffic
from tests.characters import Character, as_subject
from tests.story import Story

ALLOWED = {
    "administrator": {"view", "operate", "change", "administer"},
    "operator": {"view", "operate", "change"},
    "viewer": {"view"},
    "engine": {"view", "operate"},
}
EVERY_VERB = ("view", "operate", "change", "administer")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("verb", EVERY_VERB)
def test_a_role_allows_its_verbs_and_no_others(db: None, role: Role, verb: str) -> None:
    thing = factories.system(factories.company())
    subject = Subject(None, "Sam", {thing.company_id: role})
    assert bool(may(subject, verb, thing)) is (verb in ALLOWED[role])


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_nobody_may_anything_in_another_company(dan: Character, story: Story, verb: str) -> None:
    for thing in (story.desk, story.integration, story.connection, story.rules_a, story.a):
        assert may(dan.subject, verb, thing) == Refused("This belongs to another company.")


def test_a_verb_nobody_knows_is_refused(ada: Character) -> None:
    assert not may(ada.subject, "destroy", factories.system(ada.company))


def test_a_viewers_refusal_says_whom_to_ask(vic: Character) -> None:
    thing = factories.system(vic.company)
    assert may(vic.subject, "operate", thing) == Refused(
        "Your role does not allow this. Ask an operator or administrator of your company."
    )
    assert may(vic.subject, "administer", thing) == Refused(
        "Your role does not allow this. Ask an administrator of your company."
    )


def test_a_read_only_token_views_and_does_nothing_else(ada: Character) -> None:
    thing = factories.system(ada.company)
    subject = subject_of(ada.user, read_only=True)
    assert may(subject, "view", thing) == Allowed()
    for verb in ("operate", "change", "administer"):
        assert may(subject, verb, thing) == Refused("This token may only read. Make one with write scope.")


@pytest.mark.parametrize("noun", ["desk", "integration", "connection"])
def test_a_grant_widens_a_viewer_on_that_object_alone(vic: Character, story: Story, noun: str) -> None:
    opened: System | Integration | Connection = getattr(story, noun)
    other = factories.system(vic.company)
    factories.let(vic.user, "operate", opened)
    subject = subject_of(vic.user)
    assert may(subject, "operate", opened)
    assert not may(subject, "operate", other)
    assert not may(subject, "change", opened)
    assert UserObjectPermission.objects.count() == 0


def test_a_grant_opens_nothing_to_a_stranger(dan: Character, story: Story) -> None:
    factories.let(dan.user, "operate", story.desk)
    assert may(subject_of(dan.user), "operate", story.desk) == Refused("This belongs to another company.")
    assert not visible_to(System.objects.all(), dan.subject).exists()


def test_a_grant_of_somebody_switched_off_is_void(vic: Character, story: Story) -> None:
    factories.let(vic.user, "operate", story.desk)
    assert may(subject_of(vic.user), "operate", story.desk)
    User.objects.filter(pk=vic.user.pk).update(is_active=False)
    assert not may(subject_of(vic.user), "operate", story.desk)


def test_being_a_superuser_opens_nothing(vic: Character, story: Story) -> None:
    User.objects.filter(pk=vic.user.pk).update(is_superuser=True, is_staff=True)
    assert not may(subject_of(vic.user), "operate", story.desk)


def test_a_suspended_person_belongs_to_nothing(ada: Character) -> None:
    ada.person.suspended = ada.person.company.created
    ada.person.save()
    assert subject_of(ada.user).companies == frozenset()


def test_nobody_sees_nothing_of_any_model(story: Story) -> None:
    traffic.run(story)
    for model in protected():
        assert not visible_to(model._default_manager.all(), NOBODY).exists(), model


def test_a_stranger_sees_nothing_of_any_model(dan: Character, story: Story) -> None:
    traffic.run(story)
    own = {Company: {dan.company.pk}, type(dan.person): {dan.person.pk}}
    for model in protected():
        found = set(visible_to(model._default_manager.all(), dan.subject).values_list("pk", flat=True))
        assert found == own.get(model, set()), model


def test_a_model_the_guard_was_not_told_of_is_invisible_and_untouchable(ada: Character) -> None:
    assert not visible_to(ContentType.objects.all(), ada.subject).exists()
    assert may(ada.subject, "view", ContentType.objects.get_for_model(System)) == Refused(
        "Nobody may touch this here."
    )


def test_every_model_with_a_companys_data_is_protected() -> None:
    told = {model._meta.db_table for model in protected()}
    models = {m._meta.db_table: m for m in apps.get_models(include_auto_created=True)}
    unknown = {
        table
        for table, model in models.items()
        if table not in told | rls.EXEMPT
        and not table.startswith("governance_historical")
        and not table.endswith("usergrant")
    }
    assert unknown == set()


def test_the_guard_and_row_level_security_agree_on_every_model(ada: Character, story: Story) -> None:
    traffic.run(story)
    for model in protected():
        by_guard = set(visible_to(model._default_manager.all(), ada.subject).values_list("pk", flat=True))
        with as_subject(ada.subject):
            by_database = set(model._default_manager.values_list("pk", flat=True))
        assert by_guard == by_database, model


def test_shared_things_are_decided_on_by_every_party(ada: Character, ben: Character, story: Story) -> None:
    case = traffic.run(story)
    assert owners(case) == {story.a.pk, story.b.pk}
    assert may(ada.subject, "operate", case)
    assert may(ben.subject, "operate", case)


def test_an_item_is_seen_by_both_and_decided_on_by_its_own_company(
    ada: Character, ben: Character, story: Story
) -> None:
    traffic.run(story)
    item = Item.objects.get(company_id=story.a.pk)
    assert item in visible_to(Item.objects.all(), ben.subject)
    assert may(ada.subject, "operate", item)
    assert may(ben.subject, "operate", item) == Refused("This belongs to another company.")


def test_the_engine_acts_for_exactly_the_companies_of_a_case(story: Story, dan: Character) -> None:
    traffic.run(story)
    subject = engine(story.connection.companies)
    assert subject.companies == {story.a.pk, story.b.pk}
    assert visible_to(Envelope.objects.all(), subject).count() == 2
    assert not visible_to(Company.objects.all(), subject).filter(pk=dan.company.pk).exists()


def test_every_role_has_its_verbs() -> None:
    assert {role.value: set(verbs) for role, verbs in VERBS.items()} == ALLOWED
