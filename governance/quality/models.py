"""Surveys: one side's terms on one connection, counted over its shared items."""

import uuid

from django.db import models

from governance.register.models import Company, Connection
from portal.access.guard import Rule, own, protect


class Survey(models.Model):
    """Where the count of one side stands, and the figures of the last complete one; no value. Own company alone.

    A worker counts it anew once `due` is over; `state` and `due` are what the sweep looks at.
    """

    class State(models.TextChoices):
        """Where the count stands."""

        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="surveys")
    side = models.CharField(max_length=1)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    due = models.DateTimeField()
    #: when the figures were complete; none = never
    at = models.DateTimeField(null=True, blank=True)
    #: term → kind (governance.quality.marks) → items
    figures = models.JSONField(default=dict)
    #: items of the last complete count, and of them those whose fields are not stored any more
    items = models.IntegerField(default=0)
    unknown = models.IntegerField(default=0)
    #: items looked at in the count at work, of how many; the id of the last one
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    #: who holds it: a worker whose fence is older writes nothing more
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField()
    #: seconds of work of the count at work
    seconds = models.FloatField(default=0.0)
    sentence = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "side"], name="survey_once")]
        indexes = [models.Index(fields=["due"], name="survey_due")]

    def __str__(self) -> str:
        return f"Survey of side {self.side.upper()}"

    @property
    def percent(self) -> int:
        """How much of the count at work is done."""
        return min(100, self.done * 100 // self.total) if self.total else 0


protect(Survey, Rule(rows=own()))
