"""The RACI of an integration: numbered versions of a matrix, its duties, signatures, and notices out of it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from governance.register.models import ROLES, Company, Connection, Integration, Person, Team
from portal.access.guard import Rule, own, protect, shared
from portal.access.subject import Subject
from portal.core import clock


class Matrix(models.Model):
    """One numbered version of an integration's RACI; frozen once every party signed."""

    class State(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Proposed"
        SIGNED = "signed", "Signed"
        RETIRED = "retired", "Retired"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="matrices")
    companies = ArrayField(models.BigIntegerField())
    no = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    proposed = models.DateTimeField(null=True, blank=True)
    signed = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "no"], name="matrix_no"),
            models.UniqueConstraint(fields=["integration"], condition=Q(state="signed"), name="matrix_one_signed"),
            models.UniqueConstraint(
                fields=["integration"], condition=Q(state__in=["draft", "proposed"]), name="matrix_one_open"
            ),
        ]
        indexes = [GinIndex(fields=["companies"], name="matrix_companies")]
        verbose_name_plural = "matrices"

    def __str__(self) -> str:
        return f"RACI {self.no}"


class Activity(models.Model):
    """One row of a matrix: something that is to be done."""

    class Scope(models.TextChoices):
        """Whose activity it is."""

        ALL = "all", "One for all parties"
        EACH = "each", "Each company's own"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matrix = models.ForeignKey(Matrix, on_delete=models.CASCADE, related_name="activities")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    #: step of the guide, 1 to 8; 9 = a practice after go-live; 10 = what the engine reports
    step = models.PositiveSmallIntegerField()
    scope = models.CharField(max_length=4, choices=Scope.choices, default=Scope.ALL)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matrix", "key"], name="activity_once"),
            # what a duty's own key refers to, so that its scope cannot differ
            models.UniqueConstraint(fields=["id", "scope"], name="activity_scope"),
        ]
        ordering = ["position", "id"]
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.label


class Column(models.Model):
    """One holder of a matrix: a person, everybody with a role in a company, a team, or a company.

    `name` and `job` repeat what stood in the register when the holder was put in: what was signed stays readable.
    """

    class Kind(models.TextChoices):
        """What a holder is."""

        PERSON = "person", "Person"
        ROLE = "role", "Role in a company"
        TEAM = "team", "Team"
        COMPANY = "company", "Company"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matrix = models.ForeignKey(Matrix, on_delete=models.CASCADE, related_name="columns")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=16, choices=ROLES, blank=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    job = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matrix", "person"], condition=Q(person__isnull=False), name="column_person_once"
            ),
            models.UniqueConstraint(
                fields=["matrix", "team"], condition=Q(team__isnull=False), name="column_team_once"
            ),
            models.UniqueConstraint(
                fields=["matrix", "company", "kind", "role"],
                condition=Q(kind__in=["role", "company"]),
                name="column_holder_once",
            ),
            models.UniqueConstraint(fields=["id", "company"], name="column_company"),
        ]
        indexes = [models.Index(fields=["person"], name="column_of_person")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """One letter in one cell. `scope` and `company` repeat those of row and column; the database keeps them equal."""

    class Letter(models.TextChoices):
        """What a holder does with an activity."""

        RESPONSIBLE = "R", "Responsible"
        ACCOUNTABLE = "A", "Accountable"
        CONSULTED = "C", "Consulted"
        INFORMED = "I", "Informed"
        QUALITY = "Q", "Quality reviewer"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matrix = models.ForeignKey(Matrix, on_delete=models.CASCADE, related_name="duties")
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="duties")
    column = models.ForeignKey(Column, on_delete=models.CASCADE, related_name="duties")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=4, choices=Activity.Scope.choices)
    letter = models.CharField(max_length=1, choices=Letter.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "column", "letter"], name="duty_once"),
            models.UniqueConstraint(
                fields=["activity"], condition=Q(letter="A", scope="all"), name="duty_one_accountable"
            ),
            models.UniqueConstraint(
                fields=["activity", "company"],
                condition=Q(letter="A", scope="each"),
                name="duty_one_accountable_each",
            ),
            models.CheckConstraint(condition=Q(letter__in=list("RACIQ")), name="duty_letter"),
        ]
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return f"{self.letter} of {self.activity_id}"


class MatrixSignature(models.Model):
    """One party's signature under exactly what `sha256` was made of."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matrix = models.ForeignKey(Matrix, on_delete=models.CASCADE, related_name="signatures")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matrix", "company"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.name} on {self.matrix_id}"


class Notice(models.Model):
    """What somebody of one company was told out of the RACI, and why; without a person it is unrouted."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    #: event class of governance.raci.events
    event = models.SlugField(max_length=40)
    #: which one of its class: a cause, a system, a version
    key = models.CharField(max_length=120)
    #: R, A, C, I or Q; "" when unrouted
    letter = models.CharField(max_length=1, blank=True)
    what = models.CharField(max_length=300)
    why = models.CharField(max_length=300)
    url = models.CharField(max_length=200)
    since = models.DateTimeField()
    #: when this person was told, or when nobody was found; what patience counts from
    told = models.DateTimeField(default=clock.now)
    read = models.DateTimeField(null=True, blank=True)
    done = models.DateTimeField(null=True, blank=True)
    mailed = models.DateTimeField(null=True, blank=True)
    escalated = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "integration", "event", "key", "person"],
                condition=Q(done__isnull=True),
                name="notice_once",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["person", "-since"], condition=Q(done=None), name="notice_open")]

    def __str__(self) -> str:
        return self.what[:80]


def _inside(subject: Subject) -> Q:
    return Q(matrix__companies__overlap=sorted(subject.companies))


protect(Matrix, Rule(rows=shared(), owner="companies"))
protect(Activity, Rule(rows=_inside, owner="matrix.companies"))
protect(Column, Rule(rows=_inside, owner="matrix.companies"))
protect(Duty, Rule(rows=_inside, owner="matrix.companies"))
protect(MatrixSignature, Rule(rows=_inside))
protect(Notice, Rule(rows=own()))
