"""The shared vocabulary of an integration, agreed by its parties as a numbered version."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from simple_history.models import HistoricalRecords

from governance.register.models import Company, Integration
from portal.access.guard import Rule, protect, shared


class Dictionary(models.Model):
    """One numbered version of an integration's terms; frozen once every party agreed."""

    class State(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft", "Draft"
        AGREED = "agreed", "Agreed"
        RETIRED = "retired", "Retired"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="dictionaries")
    companies = ArrayField(models.BigIntegerField())
    no = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    agreed = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "no"], name="dictionary_no")]
        verbose_name_plural = "dictionaries"

    def __str__(self) -> str:
        return f"Dictionary {self.no}"


class Term(models.Model):
    """One shared word: what it means, what it may hold, whose it is."""

    class Type(models.TextChoices):
        """What a term holds."""

        TEXT = "text", "Text"
        RICH = "rich", "Rich text"
        CHOICE = "choice", "One of a list"
        LABELS = "labels", "Labels"
        NUMBER = "number", "Number"
        DATE = "date", "Date"
        PERSON = "person", "Person"

    class Classification(models.TextChoices):
        """How carefully a value is to be handled."""

        PUBLIC = "public", "Public"
        INTERNAL = "internal", "Internal"
        CONFIDENTIAL = "confidential", "Confidential"
        PERSONAL = "personal", "Personal data"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dictionary = models.ForeignKey(Dictionary, on_delete=models.CASCADE, related_name="terms")
    companies = ArrayField(models.BigIntegerField())
    #: what rules name it, for example "priority"; "comment" and "attachment" are reserved for parts
    name = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=8, choices=Type.choices, default=Type.TEXT)
    semantics = models.TextField(blank=True)
    sample = models.CharField(max_length=200, blank=True)
    allowed = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    max_length = models.PositiveIntegerField(null=True, blank=True)
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.INTERNAL)
    #: delivered value by value in the source's order (status)
    path = models.BooleanField(default=False)
    #: no two items may hold the same value
    unique = models.BooleanField(default=False)
    #: every item must hold a value
    mandatory = models.BooleanField(default=False)
    #: whose value wins when both sides changed it; none = the later change
    source_of_truth = models.ForeignKey(Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dictionary", "name"], name="term_once")]
        indexes = [
            GinIndex(fields=["companies"], name="term_companies"),
            models.Index(fields=["name", "id"], name="term_by_name"),
            models.Index(fields=["type", "name", "id"], name="term_by_type"),
            models.Index(fields=["classification", "name", "id"], name="term_by_class"),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label


class Agreement(models.Model):
    """One party's yes to one dictionary version."""

    dictionary = models.ForeignKey(Dictionary, on_delete=models.CASCADE, related_name="agreements")
    companies = ArrayField(models.BigIntegerField())
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    person = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dictionary", "company"], name="agreement_once")]

    def __str__(self) -> str:
        return f"{self.person} on {self.dictionary_id}"


protect(Dictionary, Rule(rows=shared(), owner="companies"))
protect(Term, Rule(rows=shared(), owner="companies"))
protect(Agreement, Rule(rows=shared()))
