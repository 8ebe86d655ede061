"""What was observed and what was let through: changes and envelopes, their content apart from their traces."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models

from governance.register.models import Connection, System
from portal.access.guard import Rule, own, protect, shared
from sync.flow.models.cases import Case, Item

DISPOSITIONS = [
    (name, name.replace("-", " ").title())
    for name in ("applied", "echo", "superseded", "filtered", "withheld", "conflict-lost", "parked")
]


class Change(models.Model):
    """One observed change of an item; ends in exactly one disposition."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="changes")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="changes")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    company_id = models.BigIntegerField()
    record = models.CharField(max_length=80)
    remote_id = models.CharField(max_length=120)
    #: the tracker's field; "comment" or "attachment" for parts, "created" for the item itself
    field = models.CharField(max_length=120)
    #: position in the item's own order of events
    seq = models.IntegerField()
    occurred = models.DateTimeField()
    seen = models.DateTimeField()
    #: no history: the difference of two reads, so `occurred` is when it was seen
    observed = models.BooleanField(default=False)
    private = models.BooleanField(default=False)
    disposition = models.CharField(max_length=14, choices=DISPOSITIONS, blank=True)
    disposed = models.DateTimeField(null=True)
    #: why: a rule line, a later change, a grant, a parked entry
    cause = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "record", "remote_id", "field"], name="change_once")]
        indexes = [
            models.Index(fields=["case", "occurred"], name="change_timeline"),
            models.Index(fields=["item"], condition=models.Q(disposition=""), name="change_open"),
            models.Index(fields=["company_id", "-seen"], name="change_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.record}"


class ChangeContent(models.Model):
    """The values of a change, for its own company alone."""

    change = models.OneToOneField(Change, on_delete=models.CASCADE, primary_key=True, related_name="content")
    company_id = models.BigIntegerField()
    actor_id = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=200, blank=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"Content of change {self.change_id}"


class Snapshot(models.Model):
    """All fields of an item as one version of it had them, for its own company alone; kept for a while.

    What rehearsals replay (DESIGN.md 7.10); the engine itself reads an item fresh.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="snapshots")
    company_id = models.BigIntegerField()
    version = models.CharField(max_length=80)
    read_at = models.DateTimeField()
    fields = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="snapshot_once")]
        indexes = [BrinIndex(fields=["read_at"], name="snapshot_age")]

    def __str__(self) -> str:
        return f"Version {self.version} of item {self.item_id}"


class Envelope(models.Model):
    """What one side lets the other read, sealed and numbered; the trace of it, without values."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="envelopes")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="envelopes")
    side = models.CharField(max_length=1)
    from_company = models.BigIntegerField()
    to_company = models.BigIntegerField()
    companies = ArrayField(models.BigIntegerField())
    no = models.IntegerField()
    rule_version = models.BigIntegerField()
    sealed = models.DateTimeField()
    #: source time of the newest change inside
    occurred = models.DateTimeField(null=True)
    applied = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64)
    #: names of the terms inside
    terms = ArrayField(models.CharField(max_length=40))
    parts = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "connection", "side", "no"], name="envelope_no")]
        indexes = [
            models.Index(fields=["connection", "-sealed"], name="envelope_recent"),
            GinIndex(fields=["companies"], name="envelope_companies"),
        ]

    def __str__(self) -> str:
        return f"Envelope {self.no}"


class EnvelopeContent(models.Model):
    """The terms of an envelope, for sender and receiver."""

    envelope = models.OneToOneField(Envelope, on_delete=models.CASCADE, primary_key=True, related_name="content")
    companies = ArrayField(models.BigIntegerField())
    body = models.JSONField()

    def __str__(self) -> str:
        return f"Content of envelope {self.envelope_id}"


class Withheld(models.Model):
    """A term that did not leave, by name and reason, for its owner alone; never a value."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="withheld")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    company_id = models.BigIntegerField()
    term = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    first = models.DateTimeField()
    last = models.DateTimeField()
    times = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "connection", "company_id", "term"], name="withheld_once")
        ]
        indexes = [models.Index(fields=["company_id", "-last"], name="withheld_recent")]
        verbose_name_plural = "withheld"

    def __str__(self) -> str:
        return f"{self.term} withheld"


protect(Change, Rule(rows=own()))
protect(ChangeContent, Rule(rows=own()))
protect(Snapshot, Rule(rows=own()))
protect(Envelope, Rule(rows=shared(), owner="companies"))
protect(EnvelopeContent, Rule(rows=shared(), owner="companies"))
protect(Withheld, Rule(rows=own()))
