"""The RACI: matrices, their rows, columns, duties and signatures, and notices out of them."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from portal.access.rls import COMPANIES, Police, own, shared, through

# A person in a matrix that is not retired is known by name and job to its parties.
READERS = """
CREATE OR REPLACE FUNCTION concord_readers(touched bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
  UPDATE governance_company c SET readers = ARRAY(
    SELECT c.id UNION SELECT unnest(i.companies) FROM governance_integration i
    WHERE i.companies @> ARRAY[c.id] ORDER BY 1)
  WHERE c.id = ANY (touched) OR c.readers && touched;
  UPDATE governance_person p SET readers = ARRAY(
    SELECT p.company_id
    UNION SELECT unnest(i.companies) FROM governance_integration i
      WHERE p.id IN (i.owner_id, i.stand_in_id) AND i.companies @> ARRAY[p.company_id]
    UNION SELECT unnest(y.companies) FROM governance_party y WHERE y.accountable_id = p.id
    UNION SELECT unnest(m.companies) FROM governance_column c JOIN governance_matrix m ON m.id = c.matrix_id
      WHERE c.person_id = p.id AND m.state <> 'retired' AND m.companies @> ARRAY[p.company_id]
    ORDER BY 1)
  WHERE p.company_id = ANY (touched);
$$;
"""

# As in 0003_sharing, and out of every matrix: what is open goes back to a draft without the company, what was signed
# keeps its columns, which are vacant from now on.
LEAVE = f"""
CREATE OR REPLACE FUNCTION concord_leave(integration bigint, company bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE parties bigint[];
BEGIN
  SELECT companies INTO parties FROM governance_integration i
    WHERE i.id = integration AND i.companies @> ARRAY[company] AND cardinality(i.companies) > 1
      AND company = ANY ({COMPANIES})
      AND NOT EXISTS (SELECT 1 FROM governance_connection c
                      WHERE c.integration_id = i.id AND c.companies @> ARRAY[company]);
  IF parties IS NULL THEN
    RAISE EXCEPTION 'this company cannot leave' USING ERRCODE = 'insufficient_privilege';
  END IF;
  DELETE FROM governance_party p WHERE p.integration_id = integration AND p.company_id = company;
  DELETE FROM governance_grant g
    WHERE g.integration_id = integration AND company IN (g.company_id, g.grantee_id);
  DELETE FROM governance_agreement a USING governance_dictionary d
    WHERE a.dictionary_id = d.id AND d.integration_id = integration AND a.company_id = company;
  UPDATE governance_agreement a SET companies = array_remove(a.companies, company)
    FROM governance_dictionary d WHERE a.dictionary_id = d.id AND d.integration_id = integration;
  UPDATE governance_term t SET companies = array_remove(t.companies, company)
    FROM governance_dictionary d WHERE t.dictionary_id = d.id AND d.integration_id = integration;
  UPDATE governance_dictionary d SET companies = array_remove(d.companies, company)
    WHERE d.integration_id = integration;
  UPDATE governance_matrix m SET state = 'draft', proposed = NULL, version = m.version + 1
    WHERE m.integration_id = integration AND m.state = 'proposed';
  DELETE FROM governance_matrixsignature s USING governance_matrix m
    WHERE s.matrix_id = m.id AND m.integration_id = integration AND m.state = 'draft';
  DELETE FROM governance_duty d USING governance_matrix m
    WHERE d.matrix_id = m.id AND m.integration_id = integration AND m.state = 'draft' AND d.company_id = company;
  DELETE FROM governance_column c USING governance_matrix m
    WHERE c.matrix_id = m.id AND m.integration_id = integration AND m.state = 'draft' AND c.company_id = company;
  UPDATE governance_matrix m SET companies = array_remove(m.companies, company)
    WHERE m.integration_id = integration;
  DELETE FROM governance_notice n WHERE n.integration_id = integration AND n.company_id = company;
  UPDATE governance_party p SET companies = array_remove(p.companies, company)
    WHERE p.integration_id = integration;
  UPDATE governance_integration i SET companies = array_remove(i.companies, company) WHERE i.id = integration;
  PERFORM concord_readers(parties);
END $$;
"""  # noqa: S608 - the condition is a constant

# A duty's scope and company are those of its row and column, so that the unique indexes on A cannot be led astray.
SAME = """
ALTER TABLE governance_duty
  ADD CONSTRAINT duty_scope_of_activity FOREIGN KEY (activity_id, scope)
    REFERENCES governance_activity (id, scope) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT duty_company_of_column FOREIGN KEY (column_id, company_id)
    REFERENCES governance_column (id, company_id) DEFERRABLE INITIALLY DEFERRED;
"""
APART = """
ALTER TABLE governance_duty DROP CONSTRAINT duty_scope_of_activity, DROP CONSTRAINT duty_company_of_column;
"""

# Which companies there are, and nothing else of them: the sweep then looks at each alone.
COMPANIES_IDS = """
CREATE FUNCTION concord_companies() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
  SELECT DISTINCT unnest(i.companies) FROM governance_integration i ORDER BY 1
$$;
REVOKE ALL ON FUNCTION concord_companies() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION concord_companies() TO concord_worker;
"""
INSIDE = through("matrix_id", "governance_matrix")


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0006_register"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("key", models.SlugField(max_length=60)),
                ("label", models.CharField(max_length=120)),
                ("step", models.PositiveSmallIntegerField()),
                (
                    "scope",
                    models.CharField(
                        choices=[("all", "One for all parties"), ("each", "Each company's own")],
                        default="all",
                        max_length=4,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "activities",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Column",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Person"),
                            ("role", "Role in a company"),
                            ("team", "Team"),
                            ("company", "Company"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[("administrator", "Administrator"), ("operator", "Operator"), ("viewer", "Viewer")],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("job", models.CharField(blank=True, max_length=120)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "scope",
                    models.CharField(
                        choices=[("all", "One for all parties"), ("each", "Each company's own")], max_length=4
                    ),
                ),
                (
                    "letter",
                    models.CharField(
                        choices=[
                            ("R", "Responsible"),
                            ("A", "Accountable"),
                            ("C", "Consulted"),
                            ("I", "Informed"),
                            ("Q", "Quality reviewer"),
                        ],
                        max_length=1,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "duties",
            },
        ),
        migrations.CreateModel(
            name="HistoricalMatrix",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uid", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("no", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Proposed"),
                            ("signed", "Signed"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("proposed", models.DateTimeField(blank=True, null=True)),
                ("signed", models.DateTimeField(blank=True, null=True)),
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
                "verbose_name": "historical matrix",
                "verbose_name_plural": "historical matrices",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Matrix",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("no", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Proposed"),
                            ("signed", "Signed"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("proposed", models.DateTimeField(blank=True, null=True)),
                ("signed", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name_plural": "matrices",
            },
        ),
        migrations.CreateModel(
            name="MatrixSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("event", models.SlugField(max_length=40)),
                ("key", models.CharField(max_length=120)),
                ("letter", models.CharField(blank=True, max_length=1)),
                ("what", models.CharField(max_length=300)),
                ("why", models.CharField(max_length=300)),
                ("url", models.CharField(max_length=200)),
                ("since", models.DateTimeField()),
                ("read", models.DateTimeField(blank=True, null=True)),
                ("done", models.DateTimeField(blank=True, null=True)),
                ("mailed", models.DateTimeField(blank=True, null=True)),
                ("escalated", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="column",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
            ),
        ),
        migrations.AddField(
            model_name="column",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="governance.person",
            ),
        ),
        migrations.AddField(
            model_name="column",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="governance.team",
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="activity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="governance.activity"
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="column",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="governance.column"
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
            ),
        ),
        migrations.AddField(
            model_name="historicalmatrix",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalmatrix",
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
            model_name="matrix",
            name="integration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="matrices", to="governance.integration"
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="matrix",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="governance.matrix"
            ),
        ),
        migrations.AddField(
            model_name="column",
            name="matrix",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="columns", to="governance.matrix"
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="matrix",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="activities", to="governance.matrix"
            ),
        ),
        migrations.AddField(
            model_name="matrixsignature",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
            ),
        ),
        migrations.AddField(
            model_name="matrixsignature",
            name="matrix",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="signatures", to="governance.matrix"
            ),
        ),
        migrations.AddField(
            model_name="matrixsignature",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="governance.person"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="connection",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="governance.connection",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="integration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.integration"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to="governance.person",
            ),
        ),
        migrations.AddIndex(
            model_name="matrix",
            index=django.contrib.postgres.indexes.GinIndex(fields=["companies"], name="matrix_companies"),
        ),
        migrations.AddConstraint(
            model_name="matrix",
            constraint=models.UniqueConstraint(fields=("integration", "no"), name="matrix_no"),
        ),
        migrations.AddConstraint(
            model_name="matrix",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "signed")), fields=("integration",), name="matrix_one_signed"
            ),
        ),
        migrations.AddConstraint(
            model_name="matrix",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "proposed"])),
                fields=("integration",),
                name="matrix_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(fields=("activity", "column", "letter"), name="duty_once"),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("letter", "A"), ("scope", "all")),
                fields=("activity",),
                name="duty_one_accountable",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("letter", "A"), ("scope", "each")),
                fields=("activity", "company"),
                name="duty_one_accountable_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(("letter__in", ["R", "A", "C", "I", "Q"])), name="duty_letter"
            ),
        ),
        migrations.AddIndex(
            model_name="column",
            index=models.Index(fields=["person"], name="column_of_person"),
        ),
        migrations.AddConstraint(
            model_name="column",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False)), fields=("matrix", "person"), name="column_person_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="column",
            constraint=models.UniqueConstraint(
                condition=models.Q(("team__isnull", False)), fields=("matrix", "team"), name="column_team_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="column",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["role", "company"])),
                fields=("matrix", "company", "kind", "role"),
                name="column_holder_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="column",
            constraint=models.UniqueConstraint(fields=("id", "company"), name="column_company"),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.UniqueConstraint(fields=("matrix", "key"), name="activity_once"),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.UniqueConstraint(fields=("id", "scope"), name="activity_scope"),
        ),
        migrations.AddConstraint(
            model_name="matrixsignature",
            constraint=models.UniqueConstraint(fields=("matrix", "company"), name="signature_once"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("done", None)), fields=["person", "-since"], name="notice_open"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done__isnull", True)),
                fields=("company", "integration", "event", "key", "person"),
                name="notice_once",
                nulls_distinct=False,
            ),
        ),
        Police("governance_matrix", shared()),
        Police("governance_historicalmatrix", shared()),
        Police("governance_activity", INSIDE),
        Police("governance_column", INSIDE),
        Police("governance_duty", INSIDE),
        Police("governance_matrixsignature", INSIDE, write=own()),
        Police("governance_notice", own()),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON governance_historicalmatrix FROM concord_web, concord_worker",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(SAME, APART),
        migrations.RunSQL(READERS, migrations.RunSQL.noop),
        migrations.RunSQL(LEAVE, migrations.RunSQL.noop),
        migrations.RunSQL(COMPANIES_IDS, "DROP FUNCTION concord_companies()"),
    ]
