"""Companies, people, systems, integrations and their connections."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from guardian.models import UserObjectPermissionBase
from simple_history.models import HistoricalRecords

from portal.access.guard import Rule, own, protect, shared
from portal.access.models import User
from portal.access.subject import Role, Subject

ROLES = [(role.value, role.value.title()) for role in Role if role is not Role.ENGINE]
SIDES = [("a", "A"), ("b", "B")]
#: beside Django's own view and change: the verbs of the guard that one object may be opened to one user for
VERBS = ("operate", "administer")


class Company(models.Model):
    """A legal party with a SIAM role; `readers` are itself and the companies it shares an integration with."""

    class SiamRole(models.TextChoices):
        """The roles of service integration and management."""

        CUSTOMER = "customer", "Customer"
        INTERNAL_INTEGRATOR = "internal-integrator", "Internal service integrator"
        EXTERNAL_INTEGRATOR = "external-integrator", "External service integrator"
        PROVIDER = "provider", "Service provider"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    siam_role = models.CharField(max_length=24, choices=SiamRole.choices)
    time_zone = models.CharField(max_length=64, default="UTC")
    #: degrees of the OKLCH colour wheel, the same for this company in every chart and lane
    hue = models.PositiveSmallIntegerField(default=195)
    readers = ArrayField(models.BigIntegerField(), default=list)
    created = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords(excluded_fields=["readers"])

    class Meta:
        indexes = [GinIndex(fields=["readers"], name="company_readers")]
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody of a company: who signs, operates or is told; `user` when they can sign in."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="people")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=ROLES, default=Role.VIEWER.value)
    job = models.CharField(max_length=120, blank=True)
    stand_in = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True)
    suspended = models.DateTimeField(null=True, blank=True)
    #: companies that may see this person: the own one, and the parties of integrations they own
    readers = ArrayField(models.BigIntegerField(), default=list)
    history = HistoricalRecords(excluded_fields=["readers"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "email"], name="person_once")]
        indexes = [GinIndex(fields=["readers"], name="person_readers")]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


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


class Integration(models.Model):
    """The agreement between two or more companies."""

    class Mode(models.TextChoices):
        """How soon changes travel."""

        REAL_TIME = "real-time", "Real time"
        BATCH = "batch", "Batch"
        ON_DEMAND = "on-demand", "On demand"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    purpose = models.TextField()
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.REAL_TIME)
    #: step of the guide, 1 (pain points) to 8 (operate)
    stage = models.PositiveSmallIntegerField(default=1)
    companies = ArrayField(models.BigIntegerField())
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    stand_in = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        indexes = [GinIndex(fields=["companies"], name="integration_companies")]
        permissions = [(f"{verb}_integration", f"Can {verb} integration") for verb in VERBS]
        constraints = [
            models.CheckConstraint(condition=Q(stage__gte=1, stage__lte=8), name="integration_stage_1_to_8")
        ]

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """One company's part in an integration."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="parties")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="parties")
    companies = ArrayField(models.BigIntegerField())
    siam_role = models.CharField(max_length=24, choices=Company.SiamRole.choices)
    accountable = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    joined = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "company"], name="party_once")]
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return f"{self.company_id} in {self.integration_id}"


class Connection(models.Model):
    """Two systems that exchange items under one integration; live once both sides accepted."""

    class State(models.TextChoices):
        """Where a connection stands."""

        PENDING = "pending", "Pending"
        LIVE = "live", "Live"
        PAUSED = "paused", "Paused"

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


class IntegrationUserGrant(UserObjectPermissionBase):
    """django-guardian grants on integrations, with a direct foreign key."""

    content_object = models.ForeignKey(Integration, on_delete=models.CASCADE)


class SystemUserGrant(UserObjectPermissionBase):
    """django-guardian grants on systems, with a direct foreign key."""

    content_object = models.ForeignKey(System, on_delete=models.CASCADE)


class ConnectionUserGrant(UserObjectPermissionBase):
    """django-guardian grants on connections, with a direct foreign key."""

    content_object = models.ForeignKey(Connection, on_delete=models.CASCADE)


def _people(subject: Subject) -> Q:
    return Q(company_id__in=sorted(subject.companies)) | Q(readers__overlap=sorted(subject.companies))


protect(Company, Rule(rows=shared("readers"), owner="pk"))
protect(Person, Rule(rows=_people))
protect(System, Rule(rows=own(), grants=True))
protect(Credential, Rule(rows=own()))
protect(Integration, Rule(rows=shared(), owner="companies", grants=True))
protect(Party, Rule(rows=shared()))
protect(Connection, Rule(rows=shared(), owner="companies", grants=True))
protect(Side, Rule(rows=shared()))
