"""Connections and their sides."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from simple_history.models import HistoricalRecords

from governance.register.models.integrations import Integration
from governance.register.models.people import Company
from governance.register.models.systems import VERBS, System
from portal.access.guard import Rule, protect, shared

SIDES = [("a", "A"), ("b", "B")]


class Connection(models.Model):
    """Two systems that exchange items under one integration; live once both sides accepted."""

    class State(models.TextChoices):
        """Where a connection stands."""

        PENDING = "pending", "Pending"
        LIVE = "live", "Live"
        PAUSED = "paused", "Paused"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "ended", "Withdrawn"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="connections")
    name = models.CharField(max_length=120)
    companies = ArrayField(models.BigIntegerField())
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    #: order in which a record that several connections want is offered to them
    position = models.PositiveSmallIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        indexes = [GinIndex(fields=["companies"], name="connection_companies")]
        permissions = [(f"{verb}_connection", f"Can {verb} connection") for verb in VERBS]

    def __str__(self) -> str:
        return self.name


class Side(models.Model):
    """One company's end of a connection: which system, which kind of item, accepted when.

    `system_name` and `system_kind` repeat what the partner may see of a system whose row it may not.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sides")
    side = models.CharField(max_length=1, choices=SIDES)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    companies = ArrayField(models.BigIntegerField())
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="sides")
    system_name = models.CharField(max_length=120)
    system_kind = models.CharField(max_length=24)
    kind = models.CharField(max_length=60)
    accepted = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "side"], name="side_once")]

    def __str__(self) -> str:
        return f"{self.system_name} ({self.kind})"


protect(Connection, Rule(rows=shared(), owner="companies", grants=True))
protect(Side, Rule(rows=shared()))
