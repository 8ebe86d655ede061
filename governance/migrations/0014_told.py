"""A notice knows when its person was told: patience counts from then, not from when the thing began."""

from django.db import migrations, models

import portal.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0013_survey"),
    ]

    operations = [
        migrations.AddField("notice", "told", models.DateTimeField(default=portal.core.clock.now)),
    ]
