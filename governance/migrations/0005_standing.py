"""One answer to "where does the signed-in user stand": roles, the companies to be named, grants on single objects."""

from django.db import migrations

# It answers for the user that this transaction was told of, and for no other, exactly as the policy on the own
# memberships does; it takes no user, so that nobody can ask for somebody else. Somebody switched off stands nowhere.
STANDING = """
CREATE FUNCTION concord_standing(only_company bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
  WITH me AS (
    SELECT u.id FROM portal_user u
    WHERE u.is_active AND u.id = NULLIF(current_setting('concord.user', true), '')::bigint
  ), own AS (
    SELECT p.company_id, p.role FROM governance_person p JOIN me ON p.user_id = me.id
    WHERE p.suspended IS NULL AND (only_company IS NULL OR p.company_id = only_company)
  ), opened AS (
    SELECT 'integration' AS noun, g.content_object_id AS thing, g.permission_id
      FROM governance_integrationusergrant g JOIN me ON g.user_id = me.id
    UNION ALL SELECT 'system', g.content_object_id, g.permission_id
      FROM governance_systemusergrant g JOIN me ON g.user_id = me.id
    UNION ALL SELECT 'connection', g.content_object_id, g.permission_id
      FROM governance_connectionusergrant g JOIN me ON g.user_id = me.id
  )
  SELECT jsonb_build_object(
    'roles', (SELECT jsonb_agg(jsonb_build_array(company_id, role)) FROM own),
    'known', (
      SELECT jsonb_agg(jsonb_build_array(c.id, c.uid, c.name, c.hue, c.time_zone))
      FROM governance_company c WHERE c.readers && ARRAY(SELECT company_id FROM own)),
    'grants', (
      SELECT jsonb_agg(jsonb_build_array(o.noun, o.thing, split_part(p.codename, '_', 1)))
      FROM opened o JOIN auth_permission p ON p.id = o.permission_id WHERE p.codename LIKE '%\\_' || o.noun))
$$;
REVOKE ALL ON FUNCTION concord_standing(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION concord_standing(bigint) TO concord_web;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0004_guard_verbs"),
        ("portal", "0002_deeds_append_only"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunSQL(STANDING, "DROP FUNCTION concord_standing(bigint)")]
