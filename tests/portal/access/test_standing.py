"""Where a user stands: one answer of the database, for the transaction's own user and for nobody else."""

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject
from guardian.shortcuts import get_objects_for_user

from governance.models import Company, Connection, Integration, System
from portal.access import rls
from portal.access.guard import may
from portal.access.middleware import enter
from portal.access.models import User
from portal.access.standing import standing_of, subject_of
from portal.access.subject import NOBODY, Role, Standing
from tests import factories
from tests.characters import Character
from tests.query_counts import counting
from tests.story import Story

NOWHERE = Standing({})


def settings() -> tuple[str, str]:
    """The companies and the user that the transaction was told."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT current_setting('{rls.SETTING}', true), current_setting('{rls.USER}', true)")
        companies, user = cursor.fetchone()
        return companies or "", user or ""


def request_of(who: Character) -> HttpRequest:
    """A request of somebody's signed-in browser, before the middleware looked at it."""
    request = RequestFactory().get("/")
    request.session = SessionStore(who.client.cookies["concord_session"].value)
    request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]
    return request


def test_it_tells_roles_and_the_companies_that_may_be_named(ada: Character, story: Story, dan: Character) -> None:
    standing = standing_of(ada.user.pk)
    assert standing.roles == {story.a.pk: Role.ADMINISTRATOR}
    assert {known.name for known in standing.known} == {"Aster", "Birch"}


def test_it_is_one_query(ada: Character) -> None:
    with counting() as queries:
        standing_of(ada.user.pk)
    assert len(queries) == 1


def test_without_a_user_it_tells_nothing(ada: Character) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        rls.enter([ada.company.pk], role=rls.WEB)
        cursor.execute("SELECT concord_standing(NULL), concord_standing(%s)", [ada.company.pk])
        nothing = '{"cells": null, "known": null, "roles": null, "grants": null, "openings": null}'
        assert cursor.fetchone() == (nothing, nothing)
    rls.leave()


def test_a_worker_cannot_ask(db: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        rls.enter((), role=rls.WORKER)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT concord_standing(NULL)")
    rls.leave()


def test_somebody_suspended_or_switched_off_stands_nowhere(ada: Character, cleo: Character) -> None:
    ada.person.suspended = ada.person.company.created
    ada.person.save()
    assert standing_of(ada.user.pk) == NOWHERE
    factories.let(cleo.user, "administer", factories.system(cleo.company))
    User.objects.filter(pk=cleo.user.pk).update(is_active=False)
    assert standing_of(cleo.user.pk) == NOWHERE


def test_a_token_stands_in_its_company_alone(ada: Character, story: Story, company_b: Company) -> None:
    other = factories.company("Cedar")
    factories.person(other, "Ada", role=Role.VIEWER, signs_in_as=ada.user)
    subject = subject_of(ada.user, only=other.pk)
    assert subject.roles == {other.pk: Role.VIEWER}
    assert subject.acting == other.pk
    assert {known.name for known in subject.known} == {"Cedar"}
    assert subject_of(ada.user, only=company_b.pk).acting is None


@pytest.mark.parametrize("verb", ["view", "operate", "change", "administer"])
def test_the_guard_and_django_guardian_agree_on_every_grant(vic: Character, story: Story, verb: str) -> None:
    factories.let(vic.user, "operate", story.desk)
    factories.let(vic.user, "change", story.integration)
    factories.let(vic.user, "administer", story.connection)
    subject = subject_of(vic.user)
    for model in (System, Integration, Connection):
        name = model._meta.model_name
        found = get_objects_for_user(vic.user, f"{verb}_{name}", klass=model, accept_global_perms=False)
        assert {(noun, key) for noun, key, told in subject.grants if told == verb and noun == name} == {
            (name, row.pk) for row in found
        }


def test_asking_the_guard_takes_no_query(vic: Character, story: Story) -> None:
    subject = subject_of(vic.user)
    with counting() as queries:
        assert not may(subject, "operate", story.desk)
        assert not may(subject, "change", story.integration)
    assert queries == []


def test_a_request_is_entered_as_the_sessions_user(ada: Character) -> None:
    with transaction.atomic():
        subject = enter(request_of(ada))
        assert (subject.user_id, subject.company) == (ada.user.pk, ada.company.pk)
        assert settings() == (str(ada.company.pk), str(ada.user.pk))
    rls.leave()


@pytest.mark.parametrize("way", ["a new password", "switched off", "signed out"])
def test_a_session_that_no_longer_holds_tells_the_database_of_nobody(ada: Character, way: str) -> None:
    request = request_of(ada)
    if way == "a new password":
        ada.user.set_password("another long password")
        ada.user.save()
    elif way == "switched off":
        User.objects.filter(pk=ada.user.pk).update(is_active=False)
    else:
        ada.client.post("/sign-out/")
    with transaction.atomic():
        assert enter(request) == NOBODY
        assert settings() == ("", "0")
    rls.leave()
