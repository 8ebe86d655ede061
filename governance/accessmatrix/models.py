"""The access matrix of a company in an integration: numbered versions, their cells, and access for a time."""

import uuid

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from governance.register.models import Company, Integration, Person
from portal.access.guard import Rule, own, protect
from portal.access.subject import Subject


class AccessMatrix(models.Model):
    """One numbered version; what is live is what the engine, the pages and the API obey. No other company sees it."""

    class State(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Proposed"
        SIGNED = "signed", "Signed"
        LIVE = "live", "Live"
        RETIRED = "retired", "Retired"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="access_matrices")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    no = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    proposed = models.DateTimeField(null=True, blank=True)
    signed = models.DateTimeField(null=True, blank=True)
    live_from = models.DateTimeField(null=True, blank=True)
    signer = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    #: the signer's name when it was signed
    signed_by = models.CharField(max_length=120, blank=True)
    #: digest of exactly the cells that were signed
    sha256 = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "company", "no"], name="access_no"),
            models.UniqueConstraint(
                fields=["integration", "company"], condition=Q(state="live"), name="access_one_live"
            ),
            models.UniqueConstraint(
                fields=["integration", "company"],
                condition=Q(state__in=["draft", "proposed", "signed"]),
                name="access_one_open",
            ),
            # what a cell's own key refers to, so that its integration and company cannot differ
            models.UniqueConstraint(fields=["id", "integration", "company"], name="access_place"),
        ]
        verbose_name = "access matrix"
        verbose_name_plural = "access matrices"

    def __str__(self) -> str:
        return f"Access matrix {self.no}"


class Grant(models.Model):
    """One cell of a version: what a holder may do with one term, or with one kind of object, in an integration.

    The holder is a partner company (`grantee`) or a role of the own company (`role`: "viewer", or "job:" and a job).
    Levels are defined in governance.accessmatrix.compiled. `lowered` takes a live cell back at once, without a
    signature, and never raises it.
    """

    class Level(models.TextChoices):
        """How far a grant goes; each includes those before it."""

        NONE = "none", "None"
        READ = "read", "Read"
        WRITE = "write", "Write"
        FULL = "full", "Full"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matrix = models.ForeignKey(AccessMatrix, on_delete=models.CASCADE, related_name="cells")
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="grants")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    grantee = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=124, blank=True)
    term = models.CharField(max_length=40)
    level = models.CharField(max_length=5, choices=Level.choices, default=Level.NONE)
    lowered = models.CharField(max_length=5, choices=Level.choices, blank=True)
    changed = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matrix", "grantee", "role", "term"], name="grant_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(grantee__isnull=False, role="") | (Q(grantee__isnull=True) & ~Q(role="")),
                name="grant_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(grantee__isnull=True) | ~Q(level="full"), name="grant_full_is_for_own_people"
            ),
            models.CheckConstraint(
                condition=Q(lowered="")
                | Q(lowered="none", level__in=["read", "write", "full"])
                | Q(lowered="read", level__in=["write", "full"])
                | Q(lowered="write", level="full"),
                name="grant_lowered_is_lower",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "role"], condition=~Q(role=""), name="grant_of_role"),
            models.Index(fields=["integration", "company"], name="grant_place"),
        ]

    def __str__(self) -> str:
        return f"{self.term}: {self.level}"


class AccessPass(models.Model):
    """Access to an integration's content, or to its objects, for one person and a time: asked for, then approved.

    `company` is whose content it opens, and only somebody of it approves; `asker` is the person's company. It counts
    while `approved` is set, `revoked` is not, and the clock is between `starts` and `ends`: checked at every read.
    """

    class State(models.TextChoices):
        """What was answered; whether it is open today is a question to the clock."""

        ASKED = "asked", "Asked for"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        REVOKED = "revoked", "Revoked"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="access_passes")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="access_passes")
    #: the person's name and company when it was asked for; the approver may not see the person's own row
    name = models.CharField(max_length=120)
    asker = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    #: one term or kind of object; "" = the content of every term
    term = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=5, choices=Grant.Level.choices, default=Grant.Level.READ)
    reason = models.CharField(max_length=300)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked = models.DateTimeField()
    answered = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=120, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="pass_ends_after_start")]
        indexes = [
            models.Index(fields=["person", "ends"], name="pass_of_person"),
            models.Index(fields=["company", "-asked"], name="pass_of_company"),
        ]
        verbose_name_plural = "access passes"

    def __str__(self) -> str:
        return f"{self.name} until {self.ends:%d %b %Y %H:%M}"


def _either(subject: Subject) -> Q:
    mine = sorted(subject.companies)
    return Q(company_id__in=mine) | Q(asker_id__in=mine)


protect(AccessMatrix, Rule(rows=own()))
protect(Grant, Rule(rows=own()))
protect(AccessPass, Rule(rows=_either))
