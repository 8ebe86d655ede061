"""Companies, their people and teams, and when somebody is absent."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from portal.access.guard import Rule, own, protect, shared
from portal.access.models import User
from portal.access.subject import Role, Subject

ROLES = [(role.value, role.value.title()) for role in Role if role is not Role.ENGINE]


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
    #: since when this person is no longer with the company; what they held is handed over
    left = models.DateTimeField(null=True, blank=True)
    #: companies that may see this person: the own one, and the parties of integrations they own
    readers = ArrayField(models.BigIntegerField(), default=list)
    history = HistoricalRecords(excluded_fields=["readers"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "email"], name="person_once")]
        indexes = [
            GinIndex(fields=["readers"], name="person_readers"),
            models.Index("company", Lower("name"), "id", name="person_by_name"),
        ]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


class Absence(models.Model):
    """Days on which somebody is not there, both included; who may see the person sees the days."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="absence_ends_after_start")]
        indexes = [models.Index(fields=["person", "ends"], name="absence_of_person")]

    def __str__(self) -> str:
        return f"{self.starts:%d %b %Y} to {self.ends:%d %b %Y}"


class AbsenceNote(models.Model):
    """Why somebody is absent: a row of its own, because only the own company reads it."""

    absence = models.OneToOneField(Absence, on_delete=models.CASCADE, related_name="note")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.text


class Team(models.Model):
    """People of one company who are reached together."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=120)
    lead = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    members = models.ManyToManyField(Person, related_name="teams", blank=True)
    #: how the team is reached out of hours
    on_call = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="team_once")]

    def __str__(self) -> str:
        return self.name


def _people(subject: Subject) -> Q:
    return Q(company_id__in=sorted(subject.companies)) | Q(readers__overlap=sorted(subject.companies))


def _absences(subject: Subject) -> Q:
    mine = sorted(subject.companies)
    return Q(company_id__in=mine) | Q(person__readers__overlap=mine)


protect(Company, Rule(rows=shared("readers"), owner="pk"))
protect(Person, Rule(rows=_people))
protect(Absence, Rule(rows=_absences))
protect(AbsenceNote, Rule(rows=own()))
protect(Team, Rule(rows=own()))
protect(Team.members.through, Rule(rows=own("team__company_id"), owner="team.company_id"))
