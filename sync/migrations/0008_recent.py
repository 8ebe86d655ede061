"""Every company is asked four times a minute what it lost or withheld of late."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0007_filter"),
    ]

    operations = [
        migrations.AddIndex("conflict", models.Index(fields=["company_id", "-at"], name="conflict_recent")),
        migrations.AddIndex("withheld", models.Index(fields=["company_id", "-last"], name="withheld_recent")),
    ]
