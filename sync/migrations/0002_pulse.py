"""Heartbeats, and room in the lane table for updates that touch no index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("well", models.BooleanField(default=True)),
                ("sentence", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.RunSQL("ALTER TABLE sync_lane SET (fillfactor = 50)", "ALTER TABLE sync_lane RESET (fillfactor)"),
    ]
