"""The audit trail: one hash-chained row per act, in the acting company's own chain."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from portal.access.guard import Rule, protect, shared


class Deed(models.Model):
    """Who did what to which object, before and after; `digest` covers the row and the previous digest."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company_id = models.BigIntegerField()
    #: companies that may read this deed: the acting one and the parties of the object
    readers = ArrayField(models.BigIntegerField())
    n = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)
    verb = models.CharField(max_length=60)
    noun = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    object_uid = models.UUIDField(null=True)
    label = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "n"], name="deed_chain")]
        indexes = [
            models.Index(fields=["noun", "object_id", "-id"], name="deed_object"),
            GinIndex(fields=["readers"], name="deed_readers"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.label}"


protect(Deed, Rule(rows=shared("readers")))
