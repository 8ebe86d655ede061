"""The second wall: PostgreSQL row-level security, told once per table and set once per transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.migrations.operations.base import Operation

from portal.access.subject import Subject

OWNER, WEB, WORKER = "concord_owner", "concord_web", "concord_worker"
SETTING, USER = "concord.companies", "concord.user"
#: what a transaction begins with; `entering` gives its three values
ENTER = f"set_config('role', %s, true), set_config('{SETTING}', %s, true), set_config('{USER}', %s, true)"
#: the companies of this transaction as bigint[]; empty when nothing is set
COMPANIES = f"string_to_array(current_setting('{SETTING}', true), ',')::bigint[]"


#: tables without a company's data; everything else must be policed (a test reads the catalogue)
EXEMPT = frozenset(
    {
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "axes_accessattempt",
        "axes_accessattemptexpiration",
        "axes_accessfailurelog",
        "axes_accesslog",
        "django_admin_log",
        "django_content_type",
        "django_migrations",
        "django_session",
        "guardian_groupobjectpermission",
        "guardian_userobjectpermission",
        "portal_apitoken",
        "portal_user",
        "portal_user_groups",
        "portal_user_user_permissions",
        "sync_pulse",
    }
)
#: of these, what only `migrate` writes
MIGRATED = frozenset({"auth_permission", "django_content_type", "django_migrations"})


def own(column: str = "company_id") -> str:
    """A policy: rows of one company."""
    return f"{column} = ANY ({COMPANIES})"


def shared(column: str = "companies") -> str:
    """A policy: rows that name their companies in a bigint array."""
    return f"{column} && {COMPANIES}"


def mine(column: str = "user_id") -> str:
    """A policy: rows of the signed-in user, whatever their companies."""
    return f"{column} = NULLIF(current_setting('{USER}', true), '')::bigint"


def through(column: str, table: str) -> str:
    """A policy: rows whose parent row is visible under its own policy."""
    return f"{column} IN (SELECT id FROM {table})"  # noqa: S608 - names out of our own migrations


class Police(Operation):
    """Migration operation: force row-level security on a table and grant it to the web and worker roles.

    `see` is the condition for reading, `write` for new and changed rows (default: the same). `worker` opens
    the table to the worker role without a company, which only content-free tables get. `web` lists what the
    web role may do at all ("" = nothing). The owner, who only migrates, has a policy of its own.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(
        self,
        table: str,
        see: str,
        *,
        write: str | None = None,
        worker: bool = False,
        web: str = "SELECT, INSERT, UPDATE, DELETE",
    ) -> None:
        self.table, self.see, self.write, self.worker, self.web = table, see, write, worker, web

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How migrations write this operation down."""
        return (
            type(self).__qualname__,
            [self.table, self.see],
            {"write": self.write, "worker": self.worker, "web": self.web},
        )

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Django's model state does not know policies."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the policies."""
        for statement in self.statements():
            schema_editor.execute(statement)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop them again."""
        for name in ("companies", "worker", "owner"):
            schema_editor.execute(f"DROP POLICY IF EXISTS {name} ON {self.table}")
        schema_editor.execute(f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY")

    def statements(self) -> list[str]:
        """The SQL, in order."""
        roles = WORKER if not self.web else f"{WEB}, {WORKER}"
        lines = [
            f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {self.table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY companies ON {self.table} TO {roles} "
            f"USING ({self.see}) WITH CHECK ({self.write or self.see})",
            f"CREATE POLICY owner ON {self.table} TO {OWNER} USING (true) WITH CHECK (true)",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {self.table} TO {WORKER}",
        ]
        if self.worker:
            lines.append(f"CREATE POLICY worker ON {self.table} TO {WORKER} USING (true) WITH CHECK (true)")
        if self.web:
            lines.append(f"GRANT {self.web} ON {self.table} TO {WEB}")
        return lines

    def describe(self) -> str:
        """For `migrate`'s output."""
        return f"Force row-level security on {self.table}"


def grant_exempt(**_: object) -> None:
    """After every `migrate`: let web and worker use the tables that hold no company's data."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in sorted(existing & EXEMPT):
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {WEB}, {WORKER}")
        for table in sorted(existing & MIGRATED):
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {WEB}, {WORKER}")


def enter(companies: Iterable[int], *, role: str, user: int | None = None) -> None:
    """Set the companies (and the signed-in user) of this transaction and take the role, until it ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ENTER}", entering(companies, role=role, user=user))


def entering(companies: Iterable[int], *, role: str, user: int | None = None) -> list[str]:
    """The values of ENTER, for a statement that enters and does something at once."""
    return [role, ",".join(str(company) for company in sorted(set(companies))), str(user or 0)]


def widen(company: int) -> None:
    """Add one company to this transaction: for the moment in which a new company is registered."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT set_config('{SETTING}', "
            f"concat_ws(',', NULLIF(current_setting('{SETTING}', true), ''), %s::text), true)",
            [str(company)],
        )


@contextmanager
def acting(subject: Subject, *, role: str = WORKER) -> Iterator[None]:
    """One transaction that sees exactly the subject's companies, as `role`."""
    with transaction.atomic():
        enter(subject.companies, role=role, user=subject.user_id)
        yield


def leave() -> None:
    """Back to the login's own role and to no company, for connections that outlive a request (tests)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT set_config('role', 'none', false), set_config('{SETTING}', '', false), "
            f"set_config('{USER}', '', false)"
        )
