"""What a survey found at each item."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from portal.access.rls import Police, own


def marks() -> django.contrib.postgres.fields.ArrayField:
    """A list of "kind:term"."""
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=60), default=list, size=None
    )


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0013_survey"),
        ("sync", "0004_disclosure_register"),
    ]

    operations = [
        migrations.CreateModel(
            name="Surveyed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(max_length=1)),
                ("company_id", models.BigIntegerField()),
                ("marks", marks()),
                ("prints", models.JSONField(default=dict)),
                ("doubles", marks()),
                ("known", models.BooleanField(default=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sync.case"),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="governance.connection",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sync.item"),
                ),
            ],
            options={
                "verbose_name_plural": "surveyed",
                "indexes": [
                    models.Index(fields=["connection", "side", "item"], name="surveyed_side"),
                    django.contrib.postgres.indexes.GinIndex(fields=["marks"], name="surveyed_marks"),
                ],
                "constraints": [models.UniqueConstraint(fields=("item", "connection"), name="surveyed_once")],
            },
        ),
        Police("sync_surveyed", own(), web="SELECT"),
    ]
