"""One side's rules on one connection, in numbered immutable versions."""

import uuid

from django.db import models
from simple_history.models import HistoricalRecords

from governance.register.models import Company, Connection
from portal.access.guard import Rule, own, protect


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


protect(Rulebook, Rule(rows=own()))
protect(RuleVersion, Rule(rows=own()))
