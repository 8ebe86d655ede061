"""The access matrix in numbered versions with cells for roles, access for a time, and rights derived from it."""

import uuid

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from portal.access.rls import Police, own

# What was granted before there were versions is version 1, live.
FILL = """
INSERT INTO governance_accessmatrix (uid, integration_id, company_id, no, state, live_from, signed_by, sha256, version)
SELECT gen_random_uuid(), integration_id, company_id, 1, 'live', now(), '', '', 1
FROM (SELECT DISTINCT integration_id, company_id FROM governance_grant) AS had;
UPDATE governance_grant g SET matrix_id = m.id FROM governance_accessmatrix m
WHERE m.integration_id = g.integration_id AND m.company_id = g.company_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""

# A cell's integration and company are those of its version.
SAME = """
ALTER TABLE governance_grant ADD CONSTRAINT grant_place_of_matrix
  FOREIGN KEY (matrix_id, integration_id, company_id)
  REFERENCES governance_accessmatrix (id, integration_id, company_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
APART = "ALTER TABLE governance_grant DROP CONSTRAINT grant_place_of_matrix"
EITHER = f"{own()} OR {own('asker_id')}"
# Whoever asks never answers: only the company whose content it is writes a pass that is approved.
ANSWER = f"{own()} OR ({own('asker_id')} AND state IN ('asked', 'revoked'))"

# As in 0005_standing, and: what the live matrices of the own companies say of this user where it is not the default
# (a job's cell stands before the role's), and what is open to them for a time at this moment.
STANDING = """
CREATE FUNCTION concord_verbs(level text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE level
    WHEN 'read' THEN ARRAY['view']
    WHEN 'write' THEN ARRAY['view', 'operate', 'change']
    WHEN 'full' THEN ARRAY['view', 'operate', 'change', 'administer']
    ELSE ARRAY[]::text[] END
$$;
CREATE FUNCTION concord_lower(one text, other text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN other = '' THEN one WHEN array_position(ARRAY['none', 'read', 'write', 'full'], one)
    < array_position(ARRAY['none', 'read', 'write', 'full'], other) THEN one ELSE other END
$$;
CREATE FUNCTION concord_job(job text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT 'job:' || lower(trim(regexp_replace(job, '\\s+', ' ', 'g')))
$$;
CREATE OR REPLACE FUNCTION concord_standing(only_company bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
  WITH me AS (
    SELECT u.id FROM portal_user u
    WHERE u.is_active AND u.id = NULLIF(current_setting('concord.user', true), '')::bigint
  ), own AS (
    SELECT p.id AS person_id, p.company_id, p.role, concord_job(p.job) AS job
    FROM governance_person p JOIN me ON p.user_id = me.id
    WHERE p.suspended IS NULL AND p.left IS NULL AND (only_company IS NULL OR p.company_id = only_company)
  ), open AS (
    SELECT a.id, a.company_id, a.integration_id, a.term, a.level, o.company_id AS asker
    FROM own o JOIN governance_accesspass a ON a.person_id = o.person_id
    WHERE a.state = 'approved' AND a.revoked IS NULL AND a.starts <= statement_timestamp() AND a.ends > statement_timestamp()
  ), cells AS (
    SELECT DISTINCT ON (g.company_id, g.integration_id, g.term)
      g.company_id, g.integration_id, g.term, concord_lower(g.level, g.lowered) AS level
    FROM own o JOIN governance_grant g ON g.company_id = o.company_id AND g.role <> '' AND g.role IN (o.role, o.job)
    JOIN governance_accessmatrix m ON m.id = g.matrix_id AND m.state = 'live'
    WHERE g.term NOT LIKE 'on-%'
    ORDER BY g.company_id, g.integration_id, g.term, g.role = o.role
  ), opened AS (
    SELECT 'integration' AS noun, g.content_object_id AS thing, split_part(p.codename, '_', 1) AS verb
      FROM governance_integrationusergrant g JOIN me ON g.user_id = me.id
      JOIN auth_permission p ON p.id = g.permission_id
    UNION ALL SELECT 'system', g.content_object_id, split_part(p.codename, '_', 1)
      FROM governance_systemusergrant g JOIN me ON g.user_id = me.id JOIN auth_permission p ON p.id = g.permission_id
    UNION ALL SELECT 'connection', g.content_object_id, split_part(p.codename, '_', 1)
      FROM governance_connectionusergrant g JOIN me ON g.user_id = me.id
      JOIN auth_permission p ON p.id = g.permission_id
    UNION ALL SELECT 'integration', o.integration_id, unnest(concord_verbs(o.level))
      FROM open o WHERE o.term = 'on-integration' AND o.asker = o.company_id
    UNION ALL SELECT 'connection', c.id, unnest(concord_verbs(o.level))
      FROM open o JOIN governance_connection c
        ON c.integration_id = o.integration_id AND c.companies @> ARRAY[o.company_id]
      WHERE o.term = 'on-connection' AND o.asker = o.company_id
    UNION ALL SELECT 'system', s.system_id, unnest(concord_verbs(o.level))
      FROM open o JOIN governance_connection c ON c.integration_id = o.integration_id
      JOIN governance_side s ON s.connection_id = c.id AND s.company_id = o.company_id
      WHERE o.term = 'on-system' AND o.asker = o.company_id
  )
  SELECT jsonb_build_object(
    'roles', (SELECT jsonb_agg(jsonb_build_array(company_id, role)) FROM own),
    'known', (
      SELECT jsonb_agg(jsonb_build_array(c.id, c.uid, c.name, c.hue, c.time_zone))
      FROM governance_company c WHERE c.readers && ARRAY(SELECT company_id FROM own)),
    'grants', (SELECT jsonb_agg(jsonb_build_array(noun, thing, verb)) FROM opened),
    'cells', (SELECT jsonb_agg(jsonb_build_array(company_id, integration_id, term, level)) FROM cells),
    'openings', (
      SELECT jsonb_agg(jsonb_build_array(id, company_id, integration_id, term, level) ORDER BY id)
      FROM open WHERE term NOT LIKE 'on-%'))
$$;
"""

# django-guardian's rows are derived: what the live matrices say of kinds of object, for the people who hold it today.
# Triggers keep them so in the transaction that changes a version, a cell, a person or a connection's side.
DERIVE = """
CREATE FUNCTION concord_derive(users bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE wanted jsonb;
BEGIN
  WITH held AS (
    SELECT DISTINCT ON (p.id, g.integration_id, g.term)
      p.user_id, p.company_id, g.integration_id, g.term, concord_lower(g.level, g.lowered) AS level
    FROM governance_person p
    JOIN governance_grant g ON g.company_id = p.company_id AND g.role <> ''
      AND g.role IN (p.role, concord_job(p.job)) AND g.term LIKE 'on-%'
    JOIN governance_accessmatrix m ON m.id = g.matrix_id AND m.state = 'live'
    WHERE p.user_id = ANY (users) AND p.suspended IS NULL AND p.left IS NULL
    ORDER BY p.id, g.integration_id, g.term, g.role = p.role
  ), things AS (
    SELECT user_id, 'integration' AS noun, integration_id AS thing, level FROM held WHERE term = 'on-integration'
    UNION ALL SELECT h.user_id, 'connection', c.id, h.level FROM held h JOIN governance_connection c
      ON c.integration_id = h.integration_id AND c.companies @> ARRAY[h.company_id] WHERE h.term = 'on-connection'
    UNION ALL SELECT h.user_id, 'system', s.system_id, h.level FROM held h
      JOIN governance_connection c ON c.integration_id = h.integration_id
      JOIN governance_side s ON s.connection_id = c.id AND s.company_id = h.company_id
      WHERE h.term = 'on-system' AND s.system_id IS NOT NULL
  )
  SELECT COALESCE(jsonb_agg(DISTINCT jsonb_build_object('u', t.user_id, 'n', t.noun, 't', t.thing, 'p', p.id)), '[]')
    INTO wanted
    FROM things t CROSS JOIN LATERAL unnest(concord_verbs(t.level)) AS verb
    JOIN auth_permission p ON p.codename = verb || '_' || t.noun;
  DELETE FROM governance_integrationusergrant WHERE user_id = ANY (users);
  DELETE FROM governance_systemusergrant WHERE user_id = ANY (users);
  DELETE FROM governance_connectionusergrant WHERE user_id = ANY (users);
  INSERT INTO governance_integrationusergrant (user_id, content_object_id, permission_id)
    SELECT u, t, p FROM jsonb_to_recordset(wanted) AS w(u bigint, n text, t bigint, p integer) WHERE n = 'integration';
  INSERT INTO governance_systemusergrant (user_id, content_object_id, permission_id)
    SELECT u, t, p FROM jsonb_to_recordset(wanted) AS w(u bigint, n text, t bigint, p integer) WHERE n = 'system';
  INSERT INTO governance_connectionusergrant (user_id, content_object_id, permission_id)
    SELECT u, t, p FROM jsonb_to_recordset(wanted) AS w(u bigint, n text, t bigint, p integer) WHERE n = 'connection';
END $$;
CREATE FUNCTION concord_derived() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE place bigint; users bigint[];
BEGIN
  IF TG_TABLE_NAME = 'governance_person' THEN
    IF TG_OP <> 'INSERT' THEN users := array_append(users, OLD.user_id::bigint); END IF;
    IF TG_OP <> 'DELETE' THEN users := array_append(users, NEW.user_id::bigint); END IF;
  ELSE
    place := CASE WHEN TG_OP = 'DELETE' THEN OLD.company_id ELSE NEW.company_id END;
    IF TG_TABLE_NAME = 'governance_side' AND NOT EXISTS (
      SELECT 1 FROM governance_grant WHERE company_id = place AND role <> '' AND term LIKE 'on-%') THEN
      RETURN NULL;
    END IF;
    users := ARRAY(SELECT user_id FROM governance_person WHERE company_id = place AND user_id IS NOT NULL);
  END IF;
  users := array_remove(users, NULL);
  IF cardinality(users) > 0 THEN PERFORM concord_derive(users); END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION concord_derive(bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION concord_derived() FROM PUBLIC;
CREATE TRIGGER derive_gone AFTER DELETE ON governance_person
  FOR EACH ROW EXECUTE FUNCTION concord_derived();
CREATE TRIGGER derive_new AFTER INSERT ON governance_person
  FOR EACH ROW WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION concord_derived();
CREATE TRIGGER derive AFTER UPDATE OF company_id, user_id, role, job, suspended, "left" ON governance_person
  FOR EACH ROW WHEN (
    (OLD.company_id, OLD.user_id, OLD.role, OLD.job, OLD.suspended, OLD.left)
    IS DISTINCT FROM (NEW.company_id, NEW.user_id, NEW.role, NEW.job, NEW.suspended, NEW.left))
  EXECUTE FUNCTION concord_derived();
CREATE TRIGGER derive AFTER UPDATE OF state ON governance_accessmatrix
  FOR EACH ROW WHEN (OLD.state <> NEW.state AND 'live' IN (OLD.state, NEW.state))
  EXECUTE FUNCTION concord_derived();
CREATE TRIGGER derive_gone AFTER DELETE ON governance_grant
  FOR EACH ROW WHEN (OLD.term LIKE 'on-%') EXECUTE FUNCTION concord_derived();
CREATE TRIGGER derive AFTER INSERT OR UPDATE ON governance_grant
  FOR EACH ROW WHEN (NEW.term LIKE 'on-%') EXECUTE FUNCTION concord_derived();
CREATE TRIGGER derive AFTER INSERT OR DELETE OR UPDATE OF system_id, company_id ON governance_side
  FOR EACH ROW EXECUTE FUNCTION concord_derived();
"""
UNDERIVE = """
DROP TRIGGER derive_gone ON governance_person;
DROP TRIGGER derive_new ON governance_person;
DROP TRIGGER derive ON governance_person;
DROP TRIGGER derive ON governance_accessmatrix;
DROP TRIGGER derive_gone ON governance_grant;
DROP TRIGGER derive ON governance_grant;
DROP TRIGGER derive ON governance_side;
DROP FUNCTION concord_derived();
DROP FUNCTION concord_derive(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0009_listing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessMatrix",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("no", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Proposed"),
                            ("signed", "Signed"),
                            ("live", "Live"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("proposed", models.DateTimeField(blank=True, null=True)),
                ("signed", models.DateTimeField(blank=True, null=True)),
                ("live_from", models.DateTimeField(blank=True, null=True)),
                ("signed_by", models.CharField(blank=True, max_length=120)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "access matrix",
                "verbose_name_plural": "access matrices",
            },
        ),
        migrations.CreateModel(
            name="AccessPass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("term", models.CharField(blank=True, max_length=40)),
                (
                    "level",
                    models.CharField(
                        choices=[("none", "None"), ("read", "Read"), ("write", "Write"), ("full", "Full")],
                        default="read",
                        max_length=5,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("revoked", "Revoked"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("asked", models.DateTimeField()),
                ("answered", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.CharField(blank=True, max_length=120)),
                ("revoked", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "access passes",
            },
        ),
        migrations.CreateModel(
            name="HistoricalAccessMatrix",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uid", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("no", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Proposed"),
                            ("signed", "Signed"),
                            ("live", "Live"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("proposed", models.DateTimeField(blank=True, null=True)),
                ("signed", models.DateTimeField(blank=True, null=True)),
                ("live_from", models.DateTimeField(blank=True, null=True)),
                ("signed_by", models.CharField(blank=True, max_length=120)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical access matrix",
                "verbose_name_plural": "historical access matrices",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAccessPass",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uid", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("name", models.CharField(max_length=120)),
                ("term", models.CharField(blank=True, max_length=40)),
                (
                    "level",
                    models.CharField(
                        choices=[("none", "None"), ("read", "Read"), ("write", "Write"), ("full", "Full")],
                        default="read",
                        max_length=5,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("revoked", "Revoked"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("asked", models.DateTimeField()),
                ("answered", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.CharField(blank=True, max_length=120)),
                ("revoked", models.DateTimeField(blank=True, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical access pass",
                "verbose_name_plural": "historical access passes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RemoveConstraint(
            model_name="grant",
            name="grant_once",
        ),
        migrations.AddField(
            model_name="grant",
            name="lowered",
            field=models.CharField(
                blank=True,
                choices=[("none", "None"), ("read", "Read"), ("write", "Write"), ("full", "Full")],
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="role",
            field=models.CharField(blank=True, max_length=124),
        ),
        migrations.AddField(
            model_name="historicalgrant",
            name="lowered",
            field=models.CharField(
                blank=True,
                choices=[("none", "None"), ("read", "Read"), ("write", "Write"), ("full", "Full")],
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="historicalgrant",
            name="role",
            field=models.CharField(blank=True, max_length=124),
        ),
        migrations.AlterField(
            model_name="grant",
            name="grantee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="governance.company",
            ),
        ),
        migrations.AlterField(
            model_name="grant",
            name="level",
            field=models.CharField(
                choices=[("none", "None"), ("read", "Read"), ("write", "Write"), ("full", "Full")],
                default="none",
                max_length=5,
            ),
        ),
        migrations.AlterField(
            model_name="grant",
            name="term",
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name="historicalgrant",
            name="level",
            field=models.CharField(
                choices=[("none", "None"), ("read", "Read"), ("write", "Write"), ("full", "Full")],
                default="none",
                max_length=5,
            ),
        ),
        migrations.AlterField(
            model_name="historicalgrant",
            name="term",
            field=models.CharField(max_length=40),
        ),
        migrations.AddField(
            model_name="accessmatrix",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
            ),
        ),
        migrations.AddField(
            model_name="accessmatrix",
            name="integration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="access_matrices",
                to="governance.integration",
            ),
        ),
        migrations.AddField(
            model_name="accessmatrix",
            name="signer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="governance.person",
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="matrix",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="cells",
                to="governance.accessmatrix",
            ),
        ),
        migrations.AddField(
            model_name="historicalgrant",
            name="matrix",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="governance.accessmatrix",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="grant",
            name="matrix",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="cells", to="governance.accessmatrix"
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("role", ""), _negated=True), fields=["company", "role"], name="grant_of_role"
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(fields=["integration", "company"], name="grant_place"),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                fields=("matrix", "grantee", "role", "term"), name="grant_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("grantee__isnull", False), ("role", "")),
                    models.Q(("grantee__isnull", True), models.Q(("role", ""), _negated=True)),
                    _connector="OR",
                ),
                name="grant_one_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grantee__isnull", True), models.Q(("level", "full"), _negated=True), _connector="OR"
                ),
                name="grant_full_is_for_own_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lowered", ""),
                    models.Q(("level__in", ["read", "write", "full"]), ("lowered", "none")),
                    models.Q(("level__in", ["write", "full"]), ("lowered", "read")),
                    models.Q(("level", "full"), ("lowered", "write")),
                    _connector="OR",
                ),
                name="grant_lowered_is_lower",
            ),
        ),
        migrations.AddField(
            model_name="accesspass",
            name="asker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
            ),
        ),
        migrations.AddField(
            model_name="accesspass",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
            ),
        ),
        migrations.AddField(
            model_name="accesspass",
            name="integration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="access_passes", to="governance.integration"
            ),
        ),
        migrations.AddField(
            model_name="accesspass",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="access_passes", to="governance.person"
            ),
        ),
        migrations.AddField(
            model_name="historicalaccessmatrix",
            name="company",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="governance.company",
            ),
        ),
        migrations.AddField(
            model_name="historicalaccessmatrix",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalaccessmatrix",
            name="integration",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="governance.integration",
            ),
        ),
        migrations.AddField(
            model_name="historicalaccessmatrix",
            name="signer",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="governance.person",
            ),
        ),
        migrations.AddField(
            model_name="historicalaccesspass",
            name="asker",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="governance.company",
            ),
        ),
        migrations.AddField(
            model_name="historicalaccesspass",
            name="company",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="governance.company",
            ),
        ),
        migrations.AddField(
            model_name="historicalaccesspass",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalaccesspass",
            name="integration",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="governance.integration",
            ),
        ),
        migrations.AddField(
            model_name="historicalaccesspass",
            name="person",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="governance.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessmatrix",
            constraint=models.UniqueConstraint(fields=("integration", "company", "no"), name="access_no"),
        ),
        migrations.AddConstraint(
            model_name="accessmatrix",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "live")), fields=("integration", "company"), name="access_one_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="accessmatrix",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "proposed", "signed"])),
                fields=("integration", "company"),
                name="access_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessmatrix",
            constraint=models.UniqueConstraint(fields=("id", "integration", "company"), name="access_place"),
        ),
        migrations.AddIndex(
            model_name="accesspass",
            index=models.Index(fields=["person", "ends"], name="pass_of_person"),
        ),
        migrations.AddIndex(
            model_name="accesspass",
            index=models.Index(fields=["company", "-asked"], name="pass_of_company"),
        ),
        migrations.AddConstraint(
            model_name="accesspass",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("starts"))), name="pass_ends_after_start"
            ),
        ),
        migrations.RunSQL(SAME, APART),
        Police("governance_accessmatrix", own()),
        Police("governance_historicalaccessmatrix", own()),
        Police("governance_accesspass", EITHER, write=ANSWER),
        Police("governance_historicalaccesspass", EITHER),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON governance_historicalaccessmatrix, governance_historicalaccesspass "
            "FROM concord_web, concord_worker",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
        migrations.RunSQL(DERIVE, UNDERIVE),
    ]
