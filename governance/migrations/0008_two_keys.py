"""Versions that two companies sign: proposals in terms, signatures, and when a worker looks at them."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.access.rls import Police, own, shared


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0007_raci"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GoLive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name_plural": "go lives",
            },
        ),
        migrations.CreateModel(
            name="Nonce",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("side", models.CharField(max_length=1)),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("no", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("agreed", "Agreed"),
                            ("live", "Live"),
                            ("retired", "Retired"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=9,
                    ),
                ),
                ("terms", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                ("seal", models.CharField(max_length=64)),
                (
                    "authors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("four_eyes", models.BooleanField(default=True)),
                ("proposed_by", models.CharField(max_length=120)),
                ("proposed", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=500)),
                ("evidence", models.CharField(blank=True, max_length=120)),
                ("live_at", models.DateTimeField(blank=True, null=True)),
                ("live_until", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("ended", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("name", models.CharField(max_length=120)),
                ("agrees", models.BooleanField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
                ("shown", models.JSONField(default=dict)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="ruleversion",
            name="rule_version_one_draft",
        ),
        migrations.AddField(
            model_name="historicalrulebook",
            name="four_eyes",
            field=models.CharField(
                choices=[("production", "Where a system is in production"), ("always", "Always"), ("never", "Never")],
                default="production",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="historicalruleversion",
            name="authors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalruleversion",
            name="reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="historicalruleversion",
            name="same_as",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="rulebook",
            name="four_eyes",
            field=models.CharField(
                choices=[("production", "Where a system is in production"), ("always", "Always"), ("never", "Never")],
                default="production",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="authors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="same_as",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="historicalruleversion",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("proposed", "Proposed"),
                    ("agreed", "Agreed"),
                    ("live", "Live"),
                    ("retired", "Retired"),
                ],
                default="draft",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="ruleversion",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("proposed", "Proposed"),
                    ("agreed", "Agreed"),
                    ("live", "Live"),
                    ("retired", "Retired"),
                ],
                default="draft",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "proposed", "agreed"])),
                fields=("rulebook",),
                name="rule_version_one_open",
            ),
        ),
        migrations.AddField(
            model_name="nonce",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="connection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="proposals", to="governance.connection"
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="proposals",
                to="governance.ruleversion",
            ),
        ),
        migrations.AddField(
            model_name="nonce",
            name="proposal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="nonce", to="governance.proposal"
            ),
        ),
        migrations.AddField(
            model_name="golive",
            name="proposal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="go_live", to="governance.proposal"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.person"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="signatures", to="governance.proposal"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=django.contrib.postgres.indexes.GinIndex(fields=["companies"], name="proposal_companies"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["proposed", "agreed"])),
                fields=("connection", "side"),
                name="proposal_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(fields=("proposal", "company"), name="signature_one_a_company"),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(fields=("proposal", "user"), name="signature_one_a_user"),
        ),
        Police("governance_proposal", shared(), write=own()),
        Police("governance_nonce", own()),
        Police("governance_signature", shared(), write=own(), web="SELECT, INSERT"),
        Police("governance_golive", shared(), worker=True),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON governance_signature FROM concord_web, concord_worker",
            "GRANT UPDATE, DELETE ON governance_signature TO concord_worker",
        ),
    ]
