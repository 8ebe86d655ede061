"""Dictionaries are proposed, signed and then frozen by the database; terms have samples, labels, a system of record."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from portal.access.rls import Police, own

#: one sample becomes the first of several; a yes given to a draft was to words that nobody had proposed
CARRY = """
UPDATE governance_term SET samples = ARRAY[sample] WHERE sample <> '';
UPDATE governance_historicalterm SET samples = ARRAY[sample] WHERE sample <> '';
DELETE FROM governance_agreement a USING governance_dictionary d WHERE a.dictionary_id = d.id AND d.state = 'draft';
UPDATE governance_ruleversion v SET dictionary = d.no
FROM governance_rulebook r, governance_connection c, governance_dictionary d
WHERE r.id = v.rulebook_id AND c.id = r.connection_id AND d.integration_id = c.integration_id
  AND v.state = 'live' AND d.state = 'agreed';
UPDATE governance_disclosure s SET dictionary = d.no
FROM governance_connection c, governance_dictionary d
WHERE c.id = s.connection_id AND d.integration_id = c.integration_id AND d.state = 'agreed';
"""
BACK = """
UPDATE governance_term SET sample = samples[1] WHERE cardinality(samples) > 0;
UPDATE governance_historicalterm SET sample = samples[1] WHERE cardinality(samples) > 0;
"""
#: What is proposed stays as it is until it is a draft again; what was agreed stays for good. Only who may read it
#: changes, when a party comes or leaves. Holds for the roles of web and workers; the owner migrates.
LOCK = """
CREATE FUNCTION governance_dictionary_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stands text;
BEGIN
  IF current_user NOT IN ('concord_web', 'concord_worker') THEN
    RETURN COALESCE(NEW, OLD);
  END IF;
  IF TG_TABLE_NAME = 'governance_dictionary' THEN
    IF TG_OP = 'DELETE' THEN
      IF OLD.state <> 'draft' THEN
        RAISE EXCEPTION 'Only the draft of a dictionary is thrown away.';
      END IF;
      RETURN OLD;
    END IF;
    IF OLD.state IN ('agreed', 'retired') AND (NEW.state NOT IN (OLD.state, 'retired')
       OR to_jsonb(NEW) - ARRAY['companies', 'state', 'version'] <> to_jsonb(OLD) - ARRAY['companies', 'state', 'version'])
    THEN
      RAISE EXCEPTION 'An agreed dictionary never changes.';
    END IF;
    IF OLD.state = 'proposed' AND NEW.state = 'agreed' AND NEW.sha256 <> OLD.sha256 THEN
      RAISE EXCEPTION 'A dictionary is agreed as it was proposed.';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'companies' = to_jsonb(OLD) - 'companies' THEN
    RETURN NEW;
  END IF;
  SELECT d.state INTO stands FROM governance_dictionary d
    WHERE d.id = CASE WHEN TG_OP = 'INSERT' THEN NEW.dictionary_id ELSE OLD.dictionary_id END;
  IF TG_TABLE_NAME = 'governance_term' AND stands IS DISTINCT FROM 'draft' THEN
    RAISE EXCEPTION 'A term changes in a draft alone.';
  END IF;
  IF TG_TABLE_NAME = 'governance_agreement' AND (TG_OP = 'UPDATE' OR stands IN ('agreed', 'retired')) THEN
    RAISE EXCEPTION 'A yes that was given stays.';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER dictionary_stays BEFORE UPDATE OR DELETE ON governance_dictionary
  FOR EACH ROW EXECUTE FUNCTION governance_dictionary_stays();
CREATE TRIGGER dictionary_stays BEFORE INSERT OR UPDATE OR DELETE ON governance_term
  FOR EACH ROW EXECUTE FUNCTION governance_dictionary_stays();
CREATE TRIGGER dictionary_stays BEFORE UPDATE OR DELETE ON governance_agreement
  FOR EACH ROW EXECUTE FUNCTION governance_dictionary_stays();
"""
UNLOCK = """
DROP TRIGGER dictionary_stays ON governance_agreement;
DROP TRIGGER dictionary_stays ON governance_term;
DROP TRIGGER dictionary_stays ON governance_dictionary;
DROP FUNCTION governance_dictionary_stays();
"""
STATES = [("draft", "Draft"), ("proposed", "Proposed"), ("agreed", "Agreed"), ("retired", "Retired")]


def texts(length: int) -> django.contrib.postgres.fields.ArrayField:  # type: ignore[type-arg]
    """A list of texts, empty at first."""
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=length), blank=True, default=list, size=None
    )


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0014_told"),
    ]

    operations = [
        migrations.AddField("agreement", "sha256", models.CharField(blank=True, max_length=64)),
        migrations.AddField(
            "agreement",
            "signer",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="governance.person",
            ),
        ),
        migrations.AddField("agreement", "user", models.BigIntegerField(blank=True, null=True)),
        *(
            operation
            for model in ("dictionary", "historicaldictionary")
            for operation in (
                migrations.AddField(model, "proposed", models.DateTimeField(blank=True, null=True)),
                migrations.AddField(model, "proposed_by", models.CharField(blank=True, max_length=120)),
                migrations.AddField(model, "reason", models.CharField(blank=True, max_length=600)),
                migrations.AddField(model, "sha256", models.CharField(blank=True, max_length=64)),
                migrations.AlterField(
                    model, "state", models.CharField(choices=STATES, default="draft", max_length=8)
                ),
            )
        ),
        *(
            operation
            for model in ("term", "historicalterm")
            for operation in (
                migrations.AddField(model, "allowed_labels", texts(80)),
                migrations.AddField(model, "samples", texts(200)),
                migrations.AddField(model, "system_name", models.CharField(blank=True, max_length=120)),
            )
        ),
        migrations.AddField(
            "term",
            "system_of_record",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="governance.system",
            ),
        ),
        migrations.AddField(
            "historicalterm",
            "system_of_record",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="governance.system",
            ),
        ),
        migrations.AddField("ruleversion", "dictionary", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField(
            "historicalruleversion", "dictionary", models.PositiveIntegerField(blank=True, null=True)
        ),
        migrations.AddField("disclosure", "dictionary", models.PositiveIntegerField(blank=True, null=True)),
        migrations.RunSQL(CARRY, BACK),
        migrations.RemoveField("term", "sample"),
        migrations.RemoveField("historicalterm", "sample"),
        migrations.AddConstraint(
            "agreement",
            models.UniqueConstraint(fields=("dictionary", "user"), name="agreement_one_a_user"),
        ),
        migrations.AddConstraint(
            "dictionary",
            models.UniqueConstraint(
                condition=models.Q(("state", "agreed")), fields=("integration",), name="dictionary_one_agreed"
            ),
        ),
        migrations.AddConstraint(
            "dictionary",
            models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "proposed"])),
                fields=("integration",),
                name="dictionary_one_open",
            ),
        ),
        migrations.AddConstraint(
            "term",
            models.CheckConstraint(
                condition=models.Q(
                    ("allowed_labels__len", 0), ("allowed__len", models.F("allowed_labels__len")), _connector="OR"
                ),
                name="term_labels_match",
            ),
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=40)),
                ("kind", models.CharField(blank=True, max_length=120)),
                ("field", models.CharField(max_length=200)),
                ("told", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("person", models.CharField(max_length=120)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.company"
                    ),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.integration"
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="governance.system"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("integration", "company", "name", "system"), name="origin_once")
                ],
            },
        ),
        Police("governance_origin", own()),
        migrations.RunSQL(LOCK, UNLOCK),
    ]
