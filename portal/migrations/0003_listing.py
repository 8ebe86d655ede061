"""Saved views, exports and import plans of long lists, behind row-level security."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.access.rls import Police, mine, own


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0002_deeds_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("company_id", models.BigIntegerField()),
                ("listing", models.CharField(max_length=40)),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("columns", models.CharField(max_length=1000)),
                ("format", models.CharField(max_length=4)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("person", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["company_id", "-at"], name="export_of_company")],
            },
        ),
        migrations.CreateModel(
            name="ImportPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("company_id", models.BigIntegerField()),
                ("listing", models.CharField(max_length=40)),
                ("into", models.UUIDField(blank=True, null=True)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("file", models.CharField(max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("applied", "Applied"), ("discarded", "Discarded")],
                        default="planned",
                        max_length=9,
                    ),
                ),
                ("new", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("same", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("notes", models.JSONField(default=list)),
                ("person", models.CharField(max_length=120)),
                ("made", models.DateTimeField()),
                ("applied", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["company_id", "listing", "-made"], name="import_plan_of_list")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("company_id", models.BigIntegerField()),
                ("listing", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=60)),
                ("shared", models.BooleanField(default=False)),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("saved", models.DateTimeField(auto_now=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DefaultView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("listing", models.CharField(max_length=40)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("view", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_id", models.BigIntegerField()),
                ("n", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                ("fault", models.CharField(blank=True, max_length=300)),
                ("verdict", models.CharField(max_length=8)),
                ("label", models.CharField(blank=True, max_length=200)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("sentence", models.CharField(blank=True, max_length=400)),
                ("column", models.CharField(blank=True, max_length=60)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="portal.importplan"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["plan", "verdict", "n"], name="import_line_verdict")],
                "constraints": [models.UniqueConstraint(fields=("plan", "n"), name="import_line_once")],
            },
        ),
        migrations.AddIndex(
            model_name="savedview",
            index=models.Index(fields=["company_id", "listing"], name="saved_view_of_list"),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                fields=("company_id", "owner", "listing", "name"), name="saved_view_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="defaultview",
            constraint=models.UniqueConstraint(fields=("user", "company_id", "listing"), name="default_view_once"),
        ),
        Police(
            "portal_savedview", f"{own()} AND (shared OR {mine('owner_id')})", write=f"{own()} AND {mine('owner_id')}"
        ),
        Police("portal_defaultview", f"{own()} AND {mine()}"),
        Police("portal_export", own(), web="SELECT, INSERT"),
        Police("portal_importplan", own()),
        Police("portal_importline", own()),
    ]
