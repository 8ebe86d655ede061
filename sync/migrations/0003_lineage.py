"""What was agreed remembers whose changes it contains."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0002_pulse")]

    operations = [
        migrations.AddField(
            model_name="agreed",
            name="roots",
            field=models.JSONField(default=list),
        ),
    ]
