"""Who leaves an integration leaves its refused and withdrawn connections too: only its partners read on there."""

from django.db import migrations

from portal.access.rls import COMPANIES

# The policies alone would forbid it: a row whose company takes itself out is no longer its own. Connections that run,
# rest or wait for an answer keep their companies, and concord_leave refuses while there is one.
PART = f"""
CREATE FUNCTION concord_part(integration bigint, company bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
  IF NOT company = ANY ({COMPANIES}) THEN
    RAISE EXCEPTION 'not this company' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE governance_side s SET companies = array_remove(s.companies, company)
    FROM governance_connection c WHERE c.id = s.connection_id AND c.integration_id = integration
      AND c.state IN ('refused', 'ended') AND c.companies @> ARRAY[company];
  UPDATE governance_connection c SET companies = array_remove(c.companies, company)
    WHERE c.integration_id = integration AND c.state IN ('refused', 'ended') AND c.companies @> ARRAY[company];
END $$;
REVOKE ALL ON FUNCTION concord_part(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION concord_part(bigint, bigint) TO concord_web, concord_worker;
"""  # noqa: S608 - the condition is a constant


class Migration(migrations.Migration):
    dependencies = [("governance", "0015_dictionary")]

    operations = [migrations.RunSQL(PART, "DROP FUNCTION concord_part(bigint, bigint)")]
