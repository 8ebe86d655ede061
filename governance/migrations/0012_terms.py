"""Terms say whether they are unique and mandatory."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0011_rehearsal"),
    ]

    operations = [
        migrations.AddField("historicalterm", "unique", models.BooleanField(default=False)),
        migrations.AddField("historicalterm", "mandatory", models.BooleanField(default=False)),
        migrations.AddField("term", "unique", models.BooleanField(default=False)),
        migrations.AddField("term", "mandatory", models.BooleanField(default=False)),
    ]
