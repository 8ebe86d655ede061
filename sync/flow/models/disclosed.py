"""The disclosure register: which terms each company ever let another read, counted from sealed envelopes."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from governance.register.models import Company, Connection
from portal.access.guard import Rule, protect, shared


class Disclosed(models.Model):
    """One term that left one side of a connection: how often, for how many cases, first and last. No value.

    `term` is a dictionary's term, or "comment" and "attachment" for parts. Both companies read it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=1)
    sender = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    receiver = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    companies = ArrayField(models.BigIntegerField())
    term = models.CharField(max_length=40)
    cases = models.IntegerField()
    #: envelopes that held the term; for parts, copies that were written
    times = models.IntegerField()
    first = models.DateTimeField()
    last = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "side", "term"], name="disclosed_once")]
        indexes = [
            GinIndex(fields=["companies"], name="disclosed_companies"),
            models.Index(fields=["-last", "-id"], name="disclosed_recent"),
        ]
        verbose_name_plural = "disclosed"

    def __str__(self) -> str:
        return self.term


class Count(models.Model):
    """When a connection's envelopes were counted, and when they may be counted again. Content-free."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, primary_key=True, related_name="+")
    companies = ArrayField(models.BigIntegerField())
    at = models.DateTimeField()
    due = models.DateTimeField()

    def __str__(self) -> str:
        return f"Count of connection {self.connection_id}"


protect(Disclosed, Rule(rows=shared(), owner="companies"))
protect(Count, Rule(rows=shared(), owner="companies"))
