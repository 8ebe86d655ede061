"""Rehearsals with their evidence, which never changes once it is complete."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from portal.access.rls import Police, own

#: what is signed stays what it was, whoever writes
LOCK = """
CREATE FUNCTION governance_evidence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'governance_rehearsal' THEN
    IF OLD.state = 'done' THEN
      RAISE EXCEPTION 'A finished rehearsal never changes.';
    END IF;
  ELSIF EXISTS (SELECT 1 FROM governance_rehearsal r WHERE r.id = OLD.rehearsal_id AND r.state = 'done') THEN
    RAISE EXCEPTION 'The evidence of a finished rehearsal never changes.';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER evidence_stays BEFORE UPDATE ON governance_rehearsal
  FOR EACH ROW EXECUTE FUNCTION governance_evidence_stays();
CREATE TRIGGER evidence_stays BEFORE UPDATE ON governance_evidence
  FOR EACH ROW EXECUTE FUNCTION governance_evidence_stays();
"""
UNLOCK = """
DROP TRIGGER evidence_stays ON governance_evidence;
DROP TRIGGER evidence_stays ON governance_rehearsal;
DROP FUNCTION governance_evidence_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0010_access"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rehearsal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("side", models.CharField(max_length=1)),
                ("no", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("days", models.PositiveSmallIntegerField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("asked_by", models.CharField(max_length=120)),
                ("done", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("cursor", models.BigIntegerField(default=0)),
                ("fence", models.BigIntegerField(default=0)),
                ("lease_until", models.DateTimeField()),
                ("seconds", models.FloatField(default=0.0)),
                ("ended", models.DateTimeField(blank=True, null=True)),
                ("sentence", models.CharField(blank=True, max_length=300)),
                ("digest", models.CharField(blank=True, max_length=64)),
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
                        related_name="rehearsals",
                        to="governance.connection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "rehearsal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="evidence",
                        serialize=False,
                        to="governance.rehearsal",
                    ),
                ),
                ("rules", models.JSONField()),
                ("counts", models.JSONField(default=dict)),
                ("details", models.JSONField(default=dict)),
                ("nonce", models.CharField(max_length=64)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
            },
        ),
        migrations.AddIndex(
            model_name="rehearsal",
            index=models.Index(fields=["connection", "side", "-until"], name="rehearsal_of_side"),
        ),
        migrations.AddIndex(
            model_name="rehearsal",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=["lease_until"],
                name="rehearsal_at_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="rehearsal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=("connection", "side"),
                name="rehearsal_one_at_work",
            ),
        ),
        Police("governance_rehearsal", own(), worker=True, web="SELECT, INSERT, UPDATE"),
        Police("governance_evidence", own(), web="SELECT, INSERT"),
        migrations.RunSQL(LOCK, UNLOCK),
    ]
