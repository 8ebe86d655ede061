"""Cases with their items, parts and lanes: who is whose twin, and what waits."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from governance.register.models import System
from portal.access.guard import Rule, own, protect, shared


class Case(models.Model):
    """The one matter that items of several trackers mirror. Holds no content."""

    class State(models.TextChoices):
        """Where a case stands: alone = one item that no connection wants, or not yet looked at."""

        ALONE = "alone", "Alone"
        ACTIVE = "active", "Active"
        UNLINKED = "unlinked", "Unlinked"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    companies = ArrayField(models.BigIntegerField())
    state = models.CharField(max_length=8, choices=State.choices, default=State.ALONE)
    created = models.DateTimeField()
    #: last time anything of it was observed or written
    touched = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [GinIndex(fields=["companies"], name="case_companies")]

    def __str__(self) -> str:
        return f"Case {self.pk}"


class Item(models.Model):
    """A ticket, issue or work item of one tracker that belongs to a case.

    `readers` are its company and those with a connection to it: they may see that it exists, its label and link.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="items")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="items")
    company_id = models.BigIntegerField()
    readers = ArrayField(models.BigIntegerField())
    record = models.CharField(max_length=80)
    kind = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=80, blank=True)
    url = models.URLField(max_length=400, blank=True)
    remote_version = models.CharField(max_length=80, blank=True)
    #: id of the last revision stored as a Change; the next read asks for those after it
    last_revision = models.CharField(max_length=120, blank=True)
    gone = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    created = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "record"], name="item_once")]
        indexes = [GinIndex(fields=["readers"], name="item_readers")]

    def __str__(self) -> str:
        return self.label or self.record


class Lane(models.Model):
    """A case's serial lane: whether work waits, and who holds it. Content-free; claims touch no indexed column."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="lane")
    companies = ArrayField(models.BigIntegerField())
    shard = models.SmallIntegerField()
    dirty = models.BooleanField(default=True)
    #: moves with every hint, so that a hint during a turn is not lost
    dirty_seq = models.BigIntegerField(default=1)
    dirty_since = models.DateTimeField()
    lease_until = models.DateTimeField()
    fence = models.BigIntegerField(default=0)
    not_before = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    frozen = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["shard", "case"], condition=models.Q(dirty=True), name="lane_dirty"),
        ]

    def __str__(self) -> str:
        return f"Lane of case {self.case_id}"


class Hold(models.Model):
    """One system that one case waits for: other systems of the case go on."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holds")
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+")
    companies = ArrayField(models.BigIntegerField())
    until = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    code = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "system"], name="hold_once")]

    def __str__(self) -> str:
        return f"{self.code} until {self.until}"


class Part(models.Model):
    """A comment or attachment of a case, by its origin. Holds no content."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parts")
    companies = ArrayField(models.BigIntegerField())
    kind = models.CharField(max_length=12)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    company_id = models.BigIntegerField()
    remote_id = models.CharField(max_length=120)
    at = models.DateTimeField()
    public = models.BooleanField()
    size = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "remote_id"], name="part_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.remote_id}"


class PartCopy(models.Model):
    """Where a part stands in one system, the origin included; `shown` is the hash of the body last delivered."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="copies")
    companies = ArrayField(models.BigIntegerField())
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    remote_id = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, blank=True)
    shown = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "system"], name="part_copy_once"),
            models.UniqueConstraint(fields=["system", "remote_id"], name="part_copy_place"),
        ]
        verbose_name_plural = "part copies"

    def __str__(self) -> str:
        return f"{self.part_id} in {self.system_id}"


protect(Case, Rule(rows=shared(), owner="companies"))
protect(Item, Rule(rows=shared("readers")))
protect(Lane, Rule(rows=shared(), owner="companies"))
protect(Hold, Rule(rows=shared(), owner="companies"))
protect(Part, Rule(rows=own()))
protect(PartCopy, Rule(rows=shared(), owner="companies"))
