"""One side's rules on one connection, in numbered immutable versions."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from simple_history.models import HistoricalRecords

from governance.register.models import Company, Connection
from portal.access.guard import Rule, own, protect, shared


class Rulebook(models.Model):
    """What leaves and how the arriving is written, owned by one side's company alone."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="rulebooks")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=1)
    #: counts saves, so that two people cannot overwrite each other unseen
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "side"], name="rulebook_once")]

    def __str__(self) -> str:
        return f"Rulebook of side {self.side.upper()}"


class RuleVersion(models.Model):
    """One version of a rulebook; the body never changes once it is live."""

    class State(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft", "Draft"
        LIVE = "live", "Live"
        RETIRED = "retired", "Retired"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="versions")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    no = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    #: governance.rulebook.rules.RuleSet as JSON
    body = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    author = models.CharField(max_length=120)
    saved = models.DateTimeField()
    live_from = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rulebook", "no"], name="rule_version_no"),
            models.UniqueConstraint(
                fields=["rulebook"], condition=models.Q(state="live"), name="rule_version_one_live"
            ),
            models.UniqueConstraint(
                fields=["rulebook"], condition=models.Q(state="draft"), name="rule_version_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"Rulebook version {self.no}"


class Disclosure(models.Model):
    """What a side's partner may know of its live rules: names of terms and whether items are offered or accepted.

    Written when a version goes live, so that pages can show one's own rulebook beside the partner's *terms*.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="disclosures")
    side = models.CharField(max_length=1)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    companies = ArrayField(models.BigIntegerField())
    #: number of the rulebook version that is live
    no = models.PositiveIntegerField()
    sends = ArrayField(models.CharField(max_length=40))
    takes = ArrayField(models.CharField(max_length=40))
    offers = models.BooleanField(default=False)
    accepts = models.BooleanField(default=False)
    live_from = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "side"], name="disclosure_once")]
        indexes = [GinIndex(fields=["companies"], name="disclosure_companies")]

    def __str__(self) -> str:
        return f"Terms of side {self.side.upper()}"


protect(Rulebook, Rule(rows=own()))
protect(RuleVersion, Rule(rows=own()))
protect(Disclosure, Rule(rows=shared()))
