"""Systems, their sealed credentials and their downtimes."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from governance.register.models.people import Company, Person
from portal.access.guard import Rule, own, protect, shared

#: beside Django's own view and change: the verbs of the guard that one object may be opened to one user for
VERBS = ("operate", "administer")


class System(models.Model):
    """A tracker instance of one company. Its credential lies sealed in a row of its own."""

    class Environment(models.TextChoices):
        """Where a system stands."""

        PRODUCTION = "production", "Production"
        TEST = "test", "Test"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="systems")
    name = models.CharField(max_length=120)
    #: key of the connector registry, for example "zendesk"
    kind = models.CharField(max_length=24)
    environment = models.CharField(max_length=12, choices=Environment.choices, default=Environment.PRODUCTION)
    base_url = models.URLField(max_length=300)
    #: connector settings, for example {"project": "INF", "type": "Task"}
    settings = models.JSONField(default=dict, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    support_access = models.TextField(blank=True)
    #: as its makers number it, for example 9.12.4; a cloud product has none
    product_version = models.CharField(max_length=60, blank=True)
    #: where its makers describe its interface
    docs_url = models.URLField(max_length=300, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    created = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="system_once")]
        permissions = [(f"{verb}_system", f"Can {verb} system") for verb in VERBS]

    def __str__(self) -> str:
        return self.name


class Credential(models.Model):
    """A system's sealed credential: the web process writes it and cannot read it back."""

    system = models.OneToOneField(System, on_delete=models.CASCADE, related_name="credential")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    #: "token", "password" or "oauth"
    kind = models.CharField(max_length=12)
    #: what may be shown: the user name or client id, never the secret
    hint = models.CharField(max_length=120, blank=True)
    sealed = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    #: webhook secret, boxed for the web process to verify signatures with
    boxed = models.BinaryField(default=bytes)
    boxed_previous = models.BinaryField(default=bytes)
    changed = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.system_id}"


class Downtime(models.Model):
    """A window in which a system is announced to be away: no request goes to it and nobody is alarmed.

    `companies` are its own and the partners of its connections; `system_name` repeats what those may see of it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    companies = ArrayField(models.BigIntegerField())
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="downtimes")
    system_name = models.CharField(max_length=120)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    reason = models.CharField(max_length=200)
    announced_by = models.CharField(max_length=120)
    announced = models.DateTimeField(auto_now_add=True)
    cancelled = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="downtime_ends_after_start")]
        indexes = [
            models.Index(fields=["system", "ends"], condition=Q(cancelled=None), name="downtime_of_system"),
            GinIndex(fields=["companies"], name="downtime_companies"),
        ]

    def __str__(self) -> str:
        return f"{self.system_name}, {self.starts:%d %b %Y %H:%M} to {self.ends:%d %b %H:%M} UTC"


protect(System, Rule(rows=own(), grants=True))
protect(Credential, Rule(rows=own()))
protect(Downtime, Rule(rows=shared()))
