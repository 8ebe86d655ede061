"""What was agreed last, what is promised, what was written, and what lost."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from governance.register.models import Connection, System
from portal.access.guard import Rule, own, protect, shared
from sync.flow.models.cases import Case


class Agreed(models.Model):
    """The base of the three-way merge: per term, what each side expressed when they last agreed.

    `mark_a`, `mark_b`: position (Change.seq) up to which each side's path was delivered. `unproven`: the side
    whose value was written but not yet read back. `roots`: [item, position] pairs, whose changes both contain.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="agreed")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    companies = ArrayField(models.BigIntegerField())
    term = models.CharField(max_length=40)
    value_a = models.JSONField(null=True)
    value_b = models.JSONField(null=True)
    mark_a = models.IntegerField(default=0)
    mark_b = models.IntegerField(default=0)
    unproven = models.CharField(max_length=1, blank=True)
    roots = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "connection", "term"], name="agreed_once")]
        verbose_name_plural = "agreed"

    def __str__(self) -> str:
        return self.term


class Intent(models.Model):
    """The promise of one remote write, committed before it is sent. Holds no content."""

    class State(models.TextChoices):
        """Where an intent stands; only open may move."""

        OPEN = "open", "Open"
        DONE = "done", "Done"
        ABSENT = "absent", "Absent"
        FAILED = "failed", "Failed"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="intents")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    company_id = models.BigIntegerField()
    companies = ArrayField(models.BigIntegerField())
    op = models.CharField(max_length=12)
    #: what it is about: "terms", "path:status", "part:<uid>", "create"
    subject = models.CharField(max_length=120)
    key = models.CharField(max_length=220)
    fence = models.BigIntegerField()
    lease_until = models.DateTimeField()
    read_version = models.CharField(max_length=80, blank=True)
    rule_version = models.BigIntegerField()
    envelope_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField()
    settled = models.DateTimeField(null=True)
    #: its trace was recognised in the tracker's history
    proven = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["case"], condition=models.Q(state="open"), name="intent_open"),
            models.Index(fields=["case"], condition=models.Q(state="done", proven=False), name="intent_unproven"),
            models.Index(fields=["system", "-at"], name="intent_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.op} {self.subject}"


class IntentContent(models.Model):
    """What an intent writes, for the target's company alone."""

    intent = models.OneToOneField(Intent, on_delete=models.CASCADE, primary_key=True, related_name="content")
    company_id = models.BigIntegerField()
    payload = models.JSONField()

    def __str__(self) -> str:
        return f"Content of intent {self.intent_id}"


class Journal(models.Model):
    """What was written: before and after, for the target's company alone."""

    intent = models.OneToOneField(Intent, on_delete=models.CASCADE, primary_key=True, related_name="journal")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="journal")
    company_id = models.BigIntegerField()
    fence = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    remote_id = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "journal"

    def __str__(self) -> str:
        return f"Journal of intent {self.intent_id}"


class Conflict(models.Model):
    """A value that lost against the other side's; kept by name so that no edit is lost silently."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="conflicts")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    #: the company whose value lost; only it reads the value
    company_id = models.BigIntegerField()
    term = models.CharField(max_length=40)
    lost = models.JSONField(null=True)
    why = models.CharField(max_length=200)
    at = models.DateTimeField()
    seen_by = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company_id", "-at"], name="conflict_recent")]

    def __str__(self) -> str:
        return f"Conflict on {self.term}"


protect(Agreed, Rule(rows=shared(), owner="companies"))
protect(Intent, Rule(rows=shared(), owner="companies"))
protect(IntentContent, Rule(rows=own()))
protect(Journal, Rule(rows=own()))
protect(Conflict, Rule(rows=own()))
