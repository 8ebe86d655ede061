"""Partners find and read each other: two narrow functions that run as the owner, and what a side discloses."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from portal.access.rls import COMPANIES, Police, own, shared

FIND = """
CREATE FUNCTION concord_find_company(code uuid)
RETURNS TABLE (id bigint, name text, siam_role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT c.id, c.name::text, c.siam_role::text FROM governance_company c WHERE c.uid = code $$;
REVOKE ALL ON FUNCTION concord_find_company(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION concord_find_company(uuid) TO concord_web, concord_worker;
"""

# Readers of a company: itself and every company it shares an integration with. Readers of a person: the own
# company and the parties of integrations that the person owns, stands in for or is accountable in.
READERS = """
CREATE FUNCTION concord_readers(touched bigint[]) RETURNS void
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
    ORDER BY 1)
  WHERE p.company_id = ANY (touched);
$$;
REVOKE ALL ON FUNCTION concord_readers(bigint[]) FROM PUBLIC;
"""

SHARE = f"""
CREATE FUNCTION concord_share(integration bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE touched bigint[];
BEGIN
  SELECT companies INTO touched FROM governance_integration
    WHERE id = integration AND companies && {COMPANIES};
  IF touched IS NULL THEN
    RAISE EXCEPTION 'not a party to this integration' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM concord_readers(touched);
END $$;
REVOKE ALL ON FUNCTION concord_share(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION concord_share(bigint) TO concord_web, concord_worker;
"""  # noqa: S608 - the condition is a constant

# A company can take itself out, which the policies alone would forbid: its rows would no longer be its own.
LEAVE = f"""
CREATE FUNCTION concord_leave(integration bigint, company bigint) RETURNS void
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
  UPDATE governance_party p SET companies = array_remove(p.companies, company)
    WHERE p.integration_id = integration;
  UPDATE governance_integration i SET companies = array_remove(i.companies, company) WHERE i.id = integration;
  PERFORM concord_readers(parties);
END $$;
REVOKE ALL ON FUNCTION concord_leave(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION concord_leave(bigint, bigint) TO concord_web, concord_worker;
"""  # noqa: S608 - the condition is a constant


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_initial")]

    operations = [
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("side", models.CharField(max_length=1)),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("no", models.PositiveIntegerField()),
                (
                    "sends",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
                ),
                (
                    "takes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
                ),
                ("offers", models.BooleanField(default=False)),
                ("accepts", models.BooleanField(default=False)),
                ("live_from", models.DateTimeField()),
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
                        related_name="disclosures",
                        to="governance.connection",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["companies"], name="disclosure_companies")
                ],
                "constraints": [models.UniqueConstraint(fields=("connection", "side"), name="disclosure_once")],
            },
        ),
        Police("governance_disclosure", shared(), write=own()),
        migrations.RunSQL(FIND, "DROP FUNCTION concord_find_company(uuid)"),
        migrations.RunSQL(READERS, "DROP FUNCTION concord_readers(bigint[])"),
        migrations.RunSQL(LEAVE, "DROP FUNCTION concord_leave(bigint, bigint)"),
        migrations.RunSQL(SHARE, "DROP FUNCTION concord_share(bigint)"),
    ]
