"""What was mailed, behind row-level security; a count that ends a user's sessions."""

import uuid

from django.db import migrations, models

from portal.access.rls import Police, own


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_listing")]

    operations = [
        migrations.AddField(model_name="user", name="sessions", field=models.PositiveIntegerField(default=0)),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("company_id", models.BigIntegerField()),
                ("to", models.EmailField(max_length=254)),
                ("subject", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "On its way"), ("sent", "Sent"), ("failed", "Not sent")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["company_id", "-at"], name="mail_of_company")]},
        ),
        Police("portal_mail", own()),
    ]
