"""Triage: parked work that waits for a person, with the sentence that says what to do."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from governance.register.models import Connection, System
from portal.access.guard import Rule, own, protect
from sync.flow.models.cases import Case


class Parked(models.Model):
    """One thing of one case that cannot go on by itself; the rest of the case does.

    `company_id` is who must act: the company whose rule, value or tracker is concerned; only it reads the row.
    """

    class State(models.TextChoices):
        """Where parked work stands."""

        OPEN = "open", "Open"
        RETRY = "retry", "Retrying"
        SOLVED = "solved", "Solved"
        SKIPPED = "skipped", "Skipped"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parked")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, null=True, related_name="+")
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+")
    company_id = models.BigIntegerField()
    companies = ArrayField(models.BigIntegerField())
    #: what is parked: "terms", "path:status", "part:<uid>", "create", "term:priority"
    subject = models.CharField(max_length=120)
    code = models.CharField(max_length=40)
    sentence = models.CharField(max_length=500)
    #: cause without ids and numbers: equal for the same cause in other cases
    fingerprint = models.CharField(max_length=64, db_index=True)
    #: hash of what could not be written: a new value is tried again by itself
    payload = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    attempts = models.IntegerField(default=1)
    first = models.DateTimeField()
    last = models.DateTimeField()
    settled_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "system", "subject"], name="parked_once"),
        ]
        indexes = [models.Index(fields=["company_id", "-last"], condition=models.Q(state="open"), name="parked_open")]
        verbose_name_plural = "parked"

    def __str__(self) -> str:
        return self.sentence[:80]


protect(Parked, Rule(rows=own()))
