"""What is kept of lists: saved views, exports that were taken, and import plans with a verdict per row."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from portal.access.guard import Rule, own, protect
from portal.access.models import User
from portal.access.subject import Subject

#: days after which an import plan is deleted; what a file held is not kept for longer than it is looked at
PLAN_DAYS = 14


class SavedView(models.Model):
    """A named way to look at a list, of one person, for them alone or for their company."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company_id = models.BigIntegerField()
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    #: key of the list
    listing = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    shared = models.BooleanField(default=False)
    #: the state as the query of an address
    query = models.CharField(max_length=2000, blank=True)
    saved = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "owner", "listing", "name"], name="saved_view_once")
        ]
        indexes = [models.Index(fields=["company_id", "listing"], name="saved_view_of_list")]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which a list opens for one person acting for one company."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    company_id = models.BigIntegerField()
    listing = models.CharField(max_length=40)
    #: uid of the view; one that is gone, or no longer shared, opens nothing
    view = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "company_id", "listing"], name="default_view_once")]

    def __str__(self) -> str:
        return f"{self.listing} of {self.user_id}"


class Export(models.Model):
    """A list that somebody took out: which rows and columns, how many, when."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company_id = models.BigIntegerField()
    listing = models.CharField(max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    columns = models.CharField(max_length=1000)
    #: "csv" or "xlsx"
    format = models.CharField(max_length=4)
    rows = models.PositiveIntegerField(default=0)
    person = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company_id", "-at"], name="export_of_company")]

    def __str__(self) -> str:
        return f"{self.rows} rows of {self.listing} as {self.format.upper()}"


class ImportPlan(models.Model):
    """What a file would do to a list, row by row; applied whole or not at all."""

    class State(models.TextChoices):
        """Where a plan stands."""

        PLANNED = "planned", "Planned"
        APPLIED = "applied", "Applied"
        DISCARDED = "discarded", "Discarded"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company_id = models.BigIntegerField()
    listing = models.CharField(max_length=40)
    #: uid of what the rows go into, for example a dictionary; None = the acting company
    into = models.UUIDField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    file = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    #: sentences about the file as a whole
    notes = models.JSONField(default=list)
    person = models.CharField(max_length=120)
    made = models.DateTimeField()
    applied = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company_id", "listing", "-made"], name="import_plan_of_list")]

    def __str__(self) -> str:
        return f"{self.file} into {self.listing}"

    @property
    def ends(self) -> datetime:
        """When it is deleted."""
        return self.made + timedelta(days=PLAN_DAYS)


class ImportLine(models.Model):
    """One row of the file: what was typed, and the verdict on it."""

    plan = models.ForeignKey(ImportPlan, on_delete=models.CASCADE, related_name="lines")
    company_id = models.BigIntegerField()
    #: the row's number in the file
    n = models.PositiveIntegerField()
    #: field key → text
    cells = models.JSONField()
    #: what the reader found wrong with the row itself
    fault = models.CharField(max_length=300, blank=True)
    #: new, changed, same or refused
    verdict = models.CharField(max_length=8)
    label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    sentence = models.CharField(max_length=400, blank=True)
    #: key of the refused field
    column = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "n"], name="import_line_once")]
        indexes = [models.Index(fields=["plan", "verdict", "n"], name="import_line_verdict")]

    def __str__(self) -> str:
        return f"row {self.n}"


def _views(subject: Subject) -> Q:
    ours = Q(company_id__in=sorted(subject.companies))
    return ours & (Q(shared=True) | Q(owner_id=subject.user_id or 0))


def _defaults(subject: Subject) -> Q:
    return Q(company_id__in=sorted(subject.companies), user_id=subject.user_id or 0)


protect(SavedView, Rule(rows=_views))
protect(DefaultView, Rule(rows=_defaults))
protect(Export, Rule(rows=own()))
protect(ImportPlan, Rule(rows=own()))
protect(ImportLine, Rule(rows=own()))
