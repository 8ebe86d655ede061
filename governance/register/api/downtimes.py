"""Downtimes of systems in the API."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Downtime, System
from governance.register.services import downtimes as services
from portal.access.guard import visible_to
from portal.api.filters import Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, EmptySerializer, FlatSerializer, Link
from portal.api.views import Noun
from portal.core.errors import Denied


class DowntimeSerializer(FlatSerializer[Downtime]):
    """A window in which a system is away; of a partner's system only its name."""

    company = CompanyLink(source="company_id")
    system = Link("system")

    class Meta:
        model = Downtime
        fields = (
            "uid",
            "company",
            "system",
            "system_name",
            "starts",
            "ends",
            "reason",
            "announced_by",
            "announced",
            "cancelled",
        )


class DowntimeForm(serializers.Serializer[Any]):
    """What is entered of a downtime; times with their offset."""

    system = serializers.UUIDField()
    starts = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    reason = serializers.CharField(max_length=200)


class DowntimeFilter(Narrowing):
    """By company."""

    company = UUIDFilter(field_name="company__uid")


class DowntimeViewSet(Noun[Downtime]):
    """Downtimes of one's own systems, and of those that they are connected with."""

    queryset = Downtime.objects.all()
    serializer_class = DowntimeSerializer
    filterset_class = DowntimeFilter

    def get_queryset(self) -> QuerySet[Downtime]:
        """With the systems that are one's own."""
        own = visible_to(System.objects.all(), self.subject)
        return super().get_queryset().prefetch_related(Prefetch("system", own))

    @extend_schema(request=DowntimeForm, responses={201: DowntimeSerializer})
    def create(self, request: Request) -> Response:
        """Announce a downtime of one's own system."""
        form = self.entered(DowntimeForm)
        system = self.found(System.objects.all(), form.pop("system"), field="system")
        downtime = services.announce_downtime(by=self.subject, system=system, **form)
        return self.told(downtime.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=EmptySerializer, responses=DowntimeSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uid: str) -> Response:
        """Take it back, or end it now; what waited goes on."""
        downtime = self.get_object()
        if downtime.company_id not in self.subject.companies:
            raise Denied("This belongs to another company.")
        return self.told(services.cancel_downtime(by=self.subject, downtime=downtime).uid)
