"""Integrations, their parties and the invitations to them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from governance.register.models.people import ROLES, Company, Person
from governance.register.models.systems import VERBS
from portal.access.guard import Rule, own, protect, shared
from portal.mail.models import Mail


class Integration(models.Model):
    """The agreement between two or more companies."""

    class Mode(models.TextChoices):
        """How soon changes travel."""

        REAL_TIME = "real-time", "Real time"
        BATCH = "batch", "Batch"
        ON_DEMAND = "on-demand", "On demand"

    class Rhythm(models.TextChoices):
        """How often the parties review it."""

        WEEKLY = "weekly", "Weekly"
        MONTHLY = "monthly", "Monthly"
        QUARTERLY = "quarterly", "Quarterly"
        HALF_YEARLY = "half-yearly", "Every half year"
        YEARLY = "yearly", "Yearly"

    class Stage(models.IntegerChoices):
        """The steps of the guide."""

        PAIN_POINTS = 1, "Pain points"
        REQUIREMENTS = 2, "Requirements"
        PEOPLE = 3, "People"
        DESIGN = 4, "Design"
        SOLUTION = 5, "Solution choice"
        ITERATE = 6, "Iterate"
        DEPLOY = 7, "Deploy"
        OPERATE = 8, "Operate"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    purpose = models.TextField()
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.REAL_TIME)
    stage = models.PositiveSmallIntegerField(choices=Stage.choices, default=Stage.PAIN_POINTS)
    companies = ArrayField(models.BigIntegerField())
    #: what it is to bring about, a line each
    goals = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    #: batch: minutes between two exchanges, counted from midnight UTC
    batch_minutes = models.PositiveSmallIntegerField(default=60)
    #: on demand: when somebody last asked for an exchange
    demanded = models.DateTimeField(null=True, blank=True)
    rhythm = models.CharField(max_length=12, choices=Rhythm.choices, default=Rhythm.QUARTERLY)
    reviewed = models.DateField(null=True, blank=True)
    next_review = models.DateField(null=True, blank=True, db_index=True)
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


class Invitation(models.Model):
    """A letter that opens one door once: to a company that is not here yet, or to somebody of one's own.

    Only the SHA-256 of its secret is stored. With `person` it lets that person of the own company sign in;
    without, whoever accepts registers their company and, where `integration` is named, joins it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations")
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=ROLES)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=120)
    sent = models.DateTimeField()
    expires = models.DateTimeField()
    accepted = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=120, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)
    #: the letter that carried it last, and whether it left
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["company", "-sent"], name="invitation_of_company")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(accepted=None, revoked=None), name="invitation_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.email


protect(Integration, Rule(rows=shared(), owner="companies", grants=True))
protect(Party, Rule(rows=shared()))
protect(Invitation, Rule(rows=own()))
