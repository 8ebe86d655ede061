"""Rehearsals in the API, for their own company alone: of rules, of access matrices and of dictionaries."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.rulebook.evidence import for_reader
from governance.rulebook.models import Rehearsal
from governance.rulebook.services import rehearsals
from portal.api.filters import CharFilter, Narrowing, NumberFilter, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer, Link
from portal.api.views import Noun


class RehearsalSerializer(FlatSerializer[Rehearsal]):
    """A version replayed over what is stored of the last days, for its own company alone."""

    integration = Link("integration")
    connection = Link("connection")
    company = CompanyLink(source="company_id")
    counts = serializers.JSONField(source="evidence.counts")
    details = serializers.SerializerMethodField()

    class Meta:
        model = Rehearsal
        fields = (
            "uid",
            "what",
            "integration",
            "connection",
            "company",
            "side",
            "no",
            "sha256",
            "days",
            "since",
            "until",
            "state",
            "done",
            "total",
            "sentence",
            "ended",
            "digest",
            "counts",
            "details",
        )

    def get_details(self, row: Rehearsal) -> dict[str, Any]:
        """Samples and gaps, without values that the reader's role withholds."""
        by = self.context["view"].subject
        return for_reader(row.evidence.details, by, row.company_id, row.integration_id)


class RehearsalFilter(Narrowing):
    """By what is replayed, integration, connection, side, number or state."""

    what = CharFilter()
    integration = UUIDFilter(field_name="integration__uid")
    connection = UUIDFilter(field_name="connection__uid")
    side = CharFilter()
    no = NumberFilter()
    state = CharFilter()


class RehearsalViewSet(Noun[Rehearsal]):
    """Rehearsals of one's own company's rules and access matrices, and of dictionaries over its items."""

    queryset = Rehearsal.objects.select_related("connection", "integration", "evidence")
    serializer_class = RehearsalSerializer
    filterset_class = RehearsalFilter

    @extend_schema(request=None, responses=RehearsalSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uid: str) -> Response:
        """Stop it; what it found so far stays."""
        row = self.get_object()
        rehearsals.cancel(by=self.subject, rehearsal=row)
        return self.told(row.uid)

    @extend_schema(request=None, responses=RehearsalSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, uid: str) -> Response:
        """Go on with a cancelled or failed one where it stopped."""
        row = self.get_object()
        rehearsals.resume(by=self.subject, rehearsal=row)
        return self.told(row.uid)
