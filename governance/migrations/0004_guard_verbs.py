"""Verbs that one object may be opened to one user for; history that web and worker can only add to."""

from django.db import migrations

HISTORIES = (
    "company",
    "connection",
    "dictionary",
    "grant",
    "integration",
    "person",
    "rulebook",
    "ruleversion",
    "system",
    "term",
)
TABLES = ", ".join(f"governance_historical{name}" for name in HISTORIES)


def verbs(name: str) -> migrations.AlterModelOptions:
    """The guard's own verbs beside Django's view and change."""
    permissions = [(f"{verb}_{name}", f"Can {verb} {name}") for verb in ("operate", "administer")]
    return migrations.AlterModelOptions(name=name, options={"permissions": permissions})


class Migration(migrations.Migration):
    dependencies = [("governance", "0003_sharing")]

    operations = [
        verbs("connection"),
        verbs("integration"),
        verbs("system"),
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE ON {TABLES} FROM concord_web, concord_worker",
            f"GRANT UPDATE, DELETE ON {TABLES} TO concord_web, concord_worker",
        ),
    ]
