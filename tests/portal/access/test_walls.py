"""The second wall, asked from the catalogue: every table, every role, with and without a company."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from governance.register.models import System
from portal.access import rls
from portal.access.models import User
from portal.access.subject import Role, Subject
from portal.history.models import Deed
from portal.history.services import record
from sync.triage.models import Parked
from tests import factories, story, traffic
from tests.agreed import agreed
from tests.characters import Character, as_subject, character
from tests.lists import used
from tests.register import kept

#: what the worker may read without a company, because it holds no content
CLAIMS = {"sync_lane", "sync_stream", "sync_count", "governance_rehearsal", "governance_survey", "governance_golive"}
Rows = dict[str, set[object]]


def policed() -> list[str]:
    """Every table of ours that is not exempt."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return sorted(tables - rls.EXEMPT)


def rows(tables: list[str]) -> Rows:
    """The primary keys that this role and context can read, table by table."""
    found: Rows = {}
    keys = {m._meta.db_table: m._meta.pk.column for m in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT {keys[table]} FROM {table}")  # noqa: S608 - names out of our models
            found[table] = {row[0] for row in cursor.fetchall()}
    return found


@pytest.fixture
def two_worlds(db: None) -> tuple[Subject, Subject]:
    """Two agreements with no company in common; a row of both in every policed table."""
    return world("North"), world("South")


def world(name: str) -> Subject:
    """One agreement, lived in; the subject is its side a's administrator."""
    a, b = factories.company(f"{name} A"), factories.company(f"{name} B")
    who = character(name, a, Role.ADMINISTRATOR)
    told = story.tell(a, b)
    for system in (told.desk, told.board):
        factories.credential(system)
    for thing in (told.integration, told.desk, told.connection):
        factories.let(who.user, "operate", thing)
    traffic.run(told)
    traffic.overseen(told.connection)
    kept(who.person, told.desk)
    used(who)
    agreed(told, who, character(f"{name} Partner", b, Role.ADMINISTRATOR))
    record(by=who.subject, verb="tried", thing=told.desk, company=a.pk)
    return who.subject


def test_every_table_is_policed_or_named_as_exempt(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, "
            "(SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) "
            "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')"
        )
        catalogue = {name: (forced, policies) for name, forced, policies in cursor.fetchall()}
    assert [t for t, (forced, _) in catalogue.items() if not forced and t not in rls.EXEMPT] == []
    assert [t for t, (forced, n) in catalogue.items() if forced and n < 2] == []
    assert sorted(rls.EXEMPT - set(catalogue)) == []
    assert set(policed()) <= set(catalogue)


def test_no_view_or_sequence_reads_past_the_policies(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relkind IN ('v', 'm', 'f')"
        )
        assert cursor.fetchall() == []


def test_functions_of_the_owner_have_a_fixed_search_path_and_are_not_public(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.proconfig, p.proacl::text FROM pg_proc p JOIN pg_namespace n "
            "ON n.oid = p.pronamespace WHERE n.nspname = current_schema() AND p.prosecdef"
        )
        for name, config, acl in cursor.fetchall():
            assert any("search_path" in line for line in config or []), name
            assert acl and "{=" not in acl and ",=" not in acl, name


@pytest.mark.parametrize("role", [rls.WEB, rls.WORKER])
def test_a_company_reads_no_row_of_another_agreement(two_worlds: tuple[Subject, Subject], role: str) -> None:
    north, south = two_worlds
    tables = [table for table in policed() if role == rls.WORKER or table not in CLAIMS]
    with as_subject(north, role=role):
        ours = rows(tables)
    with as_subject(south, role=role):
        theirs = rows(tables)
    for table in set(tables) - (CLAIMS if role == rls.WORKER else set()):
        assert ours[table], f"{table} has no row to test with"
        assert theirs[table], f"{table} has no row to test with"
        assert not ours[table] & theirs[table], table


@pytest.mark.parametrize("role", [rls.WEB, rls.WORKER])
def test_without_a_company_every_policed_table_is_empty(two_worlds: tuple[Subject, Subject], role: str) -> None:
    with as_subject(Subject(None, "nobody"), role=role):
        found = {table for table, keys in rows(policed()).items() if keys}
    assert found == (CLAIMS if role == rls.WORKER else set())


@pytest.mark.parametrize("role", [rls.WEB, rls.WORKER])
def test_an_injected_or_true_finds_nothing_more(two_worlds: tuple[Subject, Subject], role: str) -> None:
    north, _ = two_worlds
    tables = sorted(set(policed()) - CLAIMS)
    with as_subject(north, role=role), connection.cursor() as cursor:
        allowed = rows(tables)
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE 1 = 0 OR true")  # noqa: S608
            assert cursor.fetchone() == (len(allowed[table]),), table


def test_what_belongs_to_one_side_is_hidden_from_the_other(ada: Character, ben: Character) -> None:
    told = story.tell(ada.company, ben.company)
    traffic.run(told)
    mine = [t for t in policed() if t.startswith(("governance_system", "governance_grant", "governance_rule"))]
    mine += ["sync_change", "sync_changecontent", "sync_withheld", "sync_journal", "sync_intentcontent"]
    mine += ["sync_conflict", "sync_parked", "sync_probe", "sync_stream", "sync_part", "sync_snapshot"]
    mine += ["governance_rehearsal", "governance_evidence"]
    mine.remove("governance_systemusergrant")
    with as_subject(ada.subject):
        ours = rows(mine)
    with as_subject(ben.subject):
        theirs = rows(mine)
    assert all(ours.values())
    assert all(theirs.values())
    assert not any(ours[table] & theirs[table] for table in mine)


def attempts(victim: System) -> dict[str, Callable[[], object]]:
    """Ways to touch another company's system."""
    return {
        "update": lambda: System.objects.filter(pk=victim.pk).update(name="mine now"),
        "delete": lambda: System.objects.filter(pk=victim.pk)._raw_delete("default"),
    }


@pytest.mark.parametrize("way", ["update", "delete"])
@pytest.mark.parametrize("role", [rls.WEB, rls.WORKER])
def test_another_companys_rows_cannot_be_changed(ada: Character, dan: Character, way: str, role: str) -> None:
    victim = factories.system(dan.company, "Theirs")
    with as_subject(ada.subject, role=role):
        assert attempts(victim)[way]() == 0
    victim.refresh_from_db()
    assert victim.name == "Theirs"


@pytest.mark.parametrize("role", [rls.WEB, rls.WORKER])
def test_a_row_cannot_be_planted_in_or_moved_to_another_company(ada: Character, dan: Character, role: str) -> None:
    own = factories.system(ada.company, "Ours")
    with as_subject(ada.subject, role=role):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            System.objects.create(
                company_id=dan.company.pk, name="planted", kind="jira", base_url="https://x.example"
            )
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            System.objects.filter(pk=own.pk).update(company_id=dan.company.pk)


@pytest.mark.parametrize("role", [rls.WEB, rls.WORKER])
@pytest.mark.parametrize(
    "verb", ["UPDATE portal_deed SET actor = 'x'", "DELETE FROM portal_deed", "TRUNCATE portal_deed"]
)
def test_deeds_can_only_be_added(ada: Character, role: str, verb: str) -> None:
    record(by=ada.subject, verb="tried", thing=ada.company, company=ada.company.pk)
    with (
        as_subject(ada.subject, role=role),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        cursor.execute(verb)
    assert Deed.objects.get().n == 1


@pytest.mark.parametrize("role", [rls.WEB, rls.WORKER])
def test_histories_can_only_be_added(ada: Character, role: str) -> None:
    tables = [table for table in policed() if "_historical" in table]
    assert len(tables) >= 10
    with as_subject(ada.subject, role=role), connection.cursor() as cursor:
        for table in tables:
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608


@pytest.mark.parametrize("table", sorted(rls.MIGRATED))
def test_what_only_migrations_write_is_read_only(db: None, table: str) -> None:
    with connection.cursor() as cursor:
        for role in (rls.WEB, rls.WORKER):
            cursor.execute("SELECT has_table_privilege(%s, %s, 'SELECT')", [role, table])
            assert cursor.fetchone() == (True,)
            cursor.execute("SELECT has_table_privilege(%s, %s, 'INSERT, UPDATE, DELETE')", [role, table])
            assert cursor.fetchone() == (False,)


def test_the_worker_opens_parked_work_only_with_its_company(ada: Character, ben: Character) -> None:
    traffic.run(story.tell(ada.company, ben.company))
    with as_subject(Subject(None, "nobody"), role=rls.WORKER):
        assert Parked.objects.count() == 0
    with as_subject(ada.subject, role=rls.WORKER):
        assert set(Parked.objects.values_list("company_id", flat=True)) == {ada.company.pk}


def test_a_user_finds_the_own_memberships_and_nobody_elses(ada: Character, ben: Character) -> None:
    with transaction.atomic():
        rls.enter((), role=rls.WEB, user=ada.user.pk)
        seen = set(User.objects.get(pk=ada.user.pk).people.values_list("company_id", flat=True))
        assert seen == {ada.company.pk}
        assert User.objects.get(pk=ben.user.pk).people.count() == 0
    rls.leave()
