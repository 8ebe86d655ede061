"""Surveys of quality; rehearsals of access matrices and dictionaries beside those of rules."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from portal.access.rls import Police, own

#: a rehearsal of rules belongs to the integration of its connection; finished ones are locked, so the lock is lifted
PLACE = """
ALTER TABLE governance_rehearsal DISABLE TRIGGER evidence_stays;
UPDATE governance_rehearsal r SET integration_id = c.integration_id
FROM governance_connection c WHERE c.id = r.connection_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE governance_rehearsal ENABLE TRIGGER evidence_stays;
"""
AT_WORK = ["waiting", "running"]


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0012_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Survey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("side", models.CharField(max_length=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("due", models.DateTimeField()),
                ("at", models.DateTimeField(blank=True, null=True)),
                ("figures", models.JSONField(default=dict)),
                ("items", models.IntegerField(default=0)),
                ("unknown", models.IntegerField(default=0)),
                ("done", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("cursor", models.BigIntegerField(default=0)),
                ("fence", models.BigIntegerField(default=0)),
                ("lease_until", models.DateTimeField()),
                ("seconds", models.FloatField(default=0.0)),
                ("sentence", models.CharField(blank=True, max_length=300)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="surveys",
                        to="governance.connection",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["due"], name="survey_due")],
                "constraints": [models.UniqueConstraint(fields=("connection", "side"), name="survey_once")],
            },
        ),
        Police("governance_survey", own(), worker=True, web="SELECT, UPDATE"),
        migrations.AddField(
            model_name="rehearsal",
            name="what",
            field=models.CharField(
                choices=[("rules", "Rules"), ("matrix", "Access matrix"), ("dictionary", "Dictionary")],
                default="rules",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="rehearsal",
            name="place",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="rehearsal",
            name="integration",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rehearsals",
                to="governance.integration",
            ),
        ),
        migrations.RunSQL(PLACE, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="rehearsal",
            name="integration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rehearsals",
                to="governance.integration",
            ),
        ),
        migrations.AlterField(
            model_name="rehearsal",
            name="connection",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rehearsals",
                to="governance.connection",
            ),
        ),
        migrations.AlterField(
            model_name="rehearsal",
            name="side",
            field=models.CharField(blank=True, max_length=1),
        ),
        migrations.AddIndex(
            model_name="rehearsal",
            index=models.Index(fields=["integration", "company", "what", "-until"], name="rehearsal_of_paper"),
        ),
        migrations.AddConstraint(
            model_name="rehearsal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("connection", None), ("state__in", AT_WORK)),
                fields=("integration", "company", "what"),
                name="rehearsal_one_of_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="rehearsal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("connection__isnull", False), ("what", "rules")),
                    models.Q(models.Q(("what", "rules"), _negated=True), ("connection__isnull", True)),
                    _connector="OR",
                ),
                name="rehearsal_place",
            ),
        ),
    ]
