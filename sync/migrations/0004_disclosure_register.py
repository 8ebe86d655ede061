"""The disclosure register, and what an item was in each of its versions, for rehearsals."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from portal.access.rls import Police, own, shared


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0009_listing"),
        ("sync", "0003_lineage"),
    ]

    operations = [
        migrations.CreateModel(
            name="Count",
            fields=[
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="governance.connection",
                    ),
                ),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("at", models.DateTimeField()),
                ("due", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Disclosed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("side", models.CharField(max_length=1)),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("term", models.CharField(max_length=40)),
                ("cases", models.IntegerField()),
                ("times", models.IntegerField()),
                ("first", models.DateTimeField()),
                ("last", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="governance.connection",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "disclosed",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["companies"], name="disclosed_companies"),
                    models.Index(fields=["-last", "-id"], name="disclosed_recent"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "side", "term"), name="disclosed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("version", models.CharField(max_length=80)),
                ("read_at", models.DateTimeField()),
                ("fields", models.JSONField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="snapshots", to="sync.item"
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.BrinIndex(fields=["read_at"], name="snapshot_age")],
                "constraints": [models.UniqueConstraint(fields=("item", "version"), name="snapshot_once")],
            },
        ),
        Police("sync_disclosed", shared(), web="SELECT"),
        Police("sync_count", shared(), worker=True, web="SELECT"),
        Police("sync_snapshot", own(), web="SELECT"),
    ]
