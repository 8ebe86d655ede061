"""Indexes of the long lists: people and terms by name, terms by the companies that share them."""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("governance", "0008_two_keys")]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index("company", Lower("name"), "id", name="person_by_name"),
        ),
        migrations.AddIndex(
            model_name="term",
            index=django.contrib.postgres.indexes.GinIndex(fields=["companies"], name="term_companies"),
        ),
        migrations.AddIndex(
            model_name="term",
            index=models.Index(fields=["name", "id"], name="term_by_name"),
        ),
        migrations.AddIndex(
            model_name="term",
            index=models.Index(fields=["type", "name", "id"], name="term_by_type"),
        ),
        migrations.AddIndex(
            model_name="term",
            index=models.Index(fields=["classification", "name", "id"], name="term_by_class"),
        ),
    ]
