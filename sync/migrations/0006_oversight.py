"""Overseen connections in counts, and the one function that opens what a pass to another company's content opens."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from portal.access.rls import COMPANIES, Police

# A row is read by a company that has joined the integration as its integrator; asked at every read, of rows of
# parties that are the reader's own.
INTEGRATES = f"""integration_id IN (
  SELECT p.integration_id FROM governance_party p
  WHERE p.company_id = ANY ({COMPANIES}) AND p.joined IS NOT NULL
    AND p.siam_role IN ('internal-integrator', 'external-integrator'))"""  # noqa: S608 - the condition is a constant

# What another company lent to the signed-in user. It takes no user and no company: it answers for the user that the
# transaction was told of, acting in the company that asked, while both are parties and the pass is open by the
# database's clock. Of each envelope that the lending company sent to somebody else: the terms of the pass, no more.
LENT = f"""
CREATE FUNCTION concord_lent(pass uuid, most integer)
RETURNS TABLE ("case" uuid, no integer, connection text, receiver bigint, sealed timestamptz, terms text, parts text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
  WITH lent AS (
    SELECT a.integration_id, a.company_id, a.term
    FROM governance_accesspass a
    JOIN governance_person p ON p.id = a.person_id AND p.company_id = a.asker_id
    JOIN portal_user u ON u.id = p.user_id
    JOIN governance_integration i ON i.id = a.integration_id
    WHERE a.uid = pass AND u.id = NULLIF(current_setting('concord.user', true), '')::bigint AND u.is_active
      AND p.suspended IS NULL AND p.left IS NULL
      AND a.asker_id = ANY ({COMPANIES}) AND a.asker_id <> a.company_id
      AND i.companies @> ARRAY[a.asker_id, a.company_id]
      AND a.state = 'approved' AND a.revoked IS NULL AND a.level <> 'none' AND a.term NOT LIKE 'on-%'
      AND a.starts <= statement_timestamp() AND a.ends > statement_timestamp()
  ), told AS (
    SELECT c.uid, e.no, w.name, e.to_company, e.sealed, e.id,
      COALESCE((SELECT jsonb_object_agg(key, value) FROM jsonb_each(b.body -> 'terms')
        WHERE l.term IN ('', key)), '{{}}') AS terms,
      COALESCE((SELECT jsonb_agg(one) FROM jsonb_array_elements(COALESCE(b.body -> 'parts', '[]')) AS one
        WHERE l.term IN ('', one ->> 'kind')), '[]') AS parts
    FROM lent l
    JOIN governance_connection w ON w.integration_id = l.integration_id
    JOIN sync_envelope e ON e.connection_id = w.id AND e.from_company = l.company_id AND e.to_company <> l.company_id
    JOIN sync_envelopecontent b ON b.envelope_id = e.id
    JOIN sync_case c ON c.id = e.case_id
  )
  SELECT uid, no, name::text, to_company, sealed, terms::text, parts::text FROM told
  WHERE terms <> '{{}}' OR parts <> '[]' ORDER BY sealed DESC, id DESC LIMIT least(most, 500)
$$;
REVOKE ALL ON FUNCTION concord_lent(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION concord_lent(uuid, integer) TO concord_web;
"""  # noqa: S608 - the condition is a constant


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0010_access"),
        ("sync", "0005_quality"),
    ]

    operations = [
        migrations.CreateModel(
            name="Overseen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("live", "Live"),
                            ("paused", "Paused"),
                            ("refused", "Refused"),
                            ("ended", "Withdrawn"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("ends", models.JSONField(default=list)),
                ("live_sides", models.PositiveSmallIntegerField(default=0)),
                ("cases", models.IntegerField(default=0)),
                ("day", models.IntegerField(default=0)),
                ("waiting", models.IntegerField(default=0)),
                ("oldest", models.DateTimeField(blank=True, null=True)),
                ("parked", models.IntegerField(default=0)),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.connection"
                    ),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.integration"
                    ),
                ),
            ],
            options={
                "verbose_name": "overseen connection",
                "verbose_name_plural": "overseen connections",
            },
        ),
        Police("sync_overseen", INTEGRATES, web="SELECT"),
        migrations.RunSQL(LENT, "DROP FUNCTION concord_lent(uuid, integer)"),
    ]
