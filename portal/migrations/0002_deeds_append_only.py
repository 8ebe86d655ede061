"""Deeds are only ever added: the worker, like the web, can neither change nor delete one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON portal_deed FROM concord_web, concord_worker",
            "GRANT UPDATE, DELETE ON portal_deed TO concord_worker",
        )
    ]
