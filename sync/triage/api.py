"""Parked work in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.filters import CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, EmptySerializer, FlatSerializer, Link, ReasonSerializer
from portal.api.views import Noun
from sync.flow.api.cases import case_name
from sync.flow.api.seen import Seen
from sync.triage import services
from sync.triage.models import Parked


class ParkedSerializer(FlatSerializer[Parked]):
    """One thing that waits for a person; `sentence` says what to do."""

    case = Link("case", title=case_name)
    connection = Link("connection")
    system = Link("system")
    company = CompanyLink(source="company_id")

    class Meta:
        model = Parked
        fields = (
            "uid",
            "case",
            "connection",
            "system",
            "company",
            "subject",
            "code",
            "fingerprint",
            "sentence",
            "state",
            "attempts",
            "first",
            "last",
            "settled_by",
            "reason",
        )


class CauseForm(serializers.Serializer[Any]):
    """A cause, as the `fingerprint` of parked work has it."""

    fingerprint = serializers.RegexField("^[0-9a-f]{64}$")


class RetriedSerializer(serializers.Serializer[Any]):
    """How much is tried again."""

    retried = serializers.IntegerField()


class ParkedFilter(Narrowing):
    """By case, system, state, code or cause."""

    case = UUIDFilter(field_name="case__uid")
    system = UUIDFilter(field_name="system__uid")
    state = CharFilter()
    code = CharFilter()
    fingerprint = CharFilter()


class ParkedViewSet(Seen[Parked], Noun[Parked]):
    """Work that waits for somebody of one's own company."""

    queryset = Parked.objects.select_related("case", "connection", "system")
    serializer_class = ParkedSerializer
    filterset_class = ParkedFilter

    @extend_schema(request=EmptySerializer, responses=ParkedSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, uid: str) -> Response:
        """Let the engine try it again."""
        parked = self.get_object()
        services.retry_parked(by=self.subject, parked=parked)
        return self.told(parked.uid)

    @extend_schema(request=ReasonSerializer, responses=ParkedSerializer)
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, uid: str) -> Response:
        """Leave it undone, for a reason; a new value is tried again by itself."""
        parked, reason = self.get_object(), self.entered(ReasonSerializer)["reason"]
        services.skip_parked(by=self.subject, parked=parked, reason=reason)
        return self.told(parked.uid)

    @extend_schema(request=CauseForm, responses=RetriedSerializer)
    @action(detail=False, methods=["post"], url_path="retry-cause")
    def retry_cause(self, request: Request) -> Response:
        """Let the engine try everything of one cause again."""
        cause = self.entered(CauseForm)["fingerprint"]
        return Response({"retried": services.retry_cause(by=self.subject, fingerprint=cause)})
