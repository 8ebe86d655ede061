"""The shared vocabulary of an integration, agreed by its parties as a numbered version."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from governance.dictionary.values import ValueList, value_list
from governance.register.models import Company, Integration, Person, System
from portal.access.guard import Rule, own, protect, shared


class Dictionary(models.Model):
    """One numbered version of an integration's terms; frozen while it is proposed, and for good once agreed."""

    class State(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Proposed"
        AGREED = "agreed", "Agreed"
        RETIRED = "retired", "Retired"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="dictionaries")
    companies = ArrayField(models.BigIntegerField())
    no = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    proposed = models.DateTimeField(null=True, blank=True)
    proposed_by = models.CharField(max_length=120, blank=True)
    agreed = models.DateTimeField(null=True, blank=True)
    #: digest of exactly the terms that are proposed (governance.dictionary.digest); "" for a draft
    sha256 = models.CharField(max_length=64, blank=True)
    #: who refused it last and why; "" = nobody did
    reason = models.CharField(max_length=600, blank=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "no"], name="dictionary_no"),
            models.UniqueConstraint(
                fields=["integration"], condition=Q(state="agreed"), name="dictionary_one_agreed"
            ),
            models.UniqueConstraint(
                fields=["integration"], condition=Q(state__in=["draft", "proposed"]), name="dictionary_one_open"
            ),
        ]
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
    samples = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    #: the value list of a choice: keys, which rules map and envelopes carry, in their natural order
    allowed = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    #: what people read for each key, in the same order; empty = the keys themselves
    allowed_labels = ArrayField(models.CharField(max_length=80), default=list, blank=True)
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
    #: where the value is at home: the system to look it up in when copies differ. The engine does not read it.
    system_of_record = models.ForeignKey(System, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    #: that system's name as every party reads it, for the partner's row of it is not readable
    system_name = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dictionary", "name"], name="term_once"),
            models.CheckConstraint(
                condition=Q(allowed_labels__len=0) | Q(allowed__len=F("allowed_labels__len")),
                name="term_labels_match",
            ),
        ]
        indexes = [
            GinIndex(fields=["companies"], name="term_companies"),
            models.Index(fields=["name", "id"], name="term_by_name"),
            models.Index(fields=["type", "name", "id"], name="term_by_type"),
            models.Index(fields=["classification", "name", "id"], name="term_by_class"),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def values(self) -> ValueList:
        """Its value list: keys with labels."""
        return value_list(self.allowed, self.allowed_labels)


class Agreement(models.Model):
    """One party's yes to exactly the terms that `sha256` was made of; of a party that joined later, by joining."""

    dictionary = models.ForeignKey(Dictionary, on_delete=models.CASCADE, related_name="agreements")
    companies = ArrayField(models.BigIntegerField())
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    #: the signer's name when it was signed
    person = models.CharField(max_length=120)
    signer = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    #: id of the user who signed: nobody signs for two companies
    user = models.BigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dictionary", "company"], name="agreement_once"),
            models.UniqueConstraint(fields=["dictionary", "user"], name="agreement_one_a_user"),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.dictionary_id}"


class Origin(models.Model):
    """Which field of one's own system a term was taken from, and how the system described it then.

    Raw fields are their company's alone: the partner reads the term, never where it came from.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    #: the term's name, in whatever version of the dictionary
    name = models.CharField(max_length=40)
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+")
    #: kind of item and key of the field, as the tracker names them
    kind = models.CharField(max_length=120, blank=True)
    field = models.CharField(max_length=200)
    #: {"label", "type", "max_length", "options"} as last taken or looked at
    told = models.JSONField(default=dict)
    at = models.DateTimeField()
    person = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "company", "name", "system"], name="origin_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.field}"


protect(Dictionary, Rule(rows=shared(), owner="companies"))
protect(Term, Rule(rows=shared(), owner="companies"))
protect(Agreement, Rule(rows=shared()))
protect(Origin, Rule(rows=own()))
