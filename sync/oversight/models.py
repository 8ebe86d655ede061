"""What the service integrator of an integration is told of connections in which it has no side."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from governance.register.models import Company, Connection, Integration, Party
from portal.access.guard import Rule, protect
from portal.access.subject import Subject

INTEGRATORS = (Company.SiamRole.INTERNAL_INTEGRATOR.value, Company.SiamRole.EXTERNAL_INTEGRATOR.value)


class Overseen(models.Model):
    """One connection in counts: that it is there, how it does, how much it carries. No term, no value, no item.

    The sweep counts it anew (`sync.oversight.counting`). Who reads it is asked at every read: a company that has
    joined the integration as its integrator.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="+")
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    #: as governance.register.models.Connection has it
    state = models.CharField(max_length=8, choices=Connection.State.choices)
    companies = ArrayField(models.BigIntegerField())
    #: [{"side", "company", "system", "product", "item", "run"}]; run = the state of the system's stream
    ends = models.JSONField(default=list)
    live_sides = models.PositiveSmallIntegerField(default=0)
    cases = models.IntegerField(default=0)
    #: envelopes of the last 24 hours, and those that were not applied yet
    day = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    oldest = models.DateTimeField(null=True, blank=True)
    #: open parked work of both sides
    parked = models.IntegerField(default=0)

    class Meta:
        verbose_name = "overseen connection"
        verbose_name_plural = "overseen connections"

    def __str__(self) -> str:
        return self.name


def _integrates(subject: Subject) -> Q:
    mine = sorted(subject.companies)
    parts = Party.objects.filter(
        integration=OuterRef("integration"), company__in=mine, siam_role__in=INTEGRATORS, joined__isnull=False
    )
    return Q(Exists(parts)) & ~Q(companies__overlap=mine)


protect(Overseen, Rule(rows=_integrates, owner="companies"))
