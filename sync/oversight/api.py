"""Overseen connections and lent content in the API."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.accessmatrix.models import AccessPass
from portal.api.filters import CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer, Link
from portal.api.views import Frame, Noun
from sync.oversight.models import Overseen
from sync.oversight.selectors import health_of
from sync.oversight.services import read_lent


class OverseenSerializer(FlatSerializer[Overseen]):
    """One connection between other parties: that it is there, how it does, and counts. No term and no value."""

    integration = Link("integration")
    health = serializers.SerializerMethodField()

    class Meta:
        model = Overseen
        fields = ("uid", "integration", "name", "state", "health", "cases", "day", "waiting", "oldest", "parked")

    def get_health(self, row: Overseen) -> str:
        """One of ok, waiting, warning, failed, paused."""
        return health_of(row).kind


class OverseenFilter(Narrowing):
    """By integration or state."""

    integration = UUIDFilter(field_name="integration__uid")
    state = CharFilter()


class OverseenViewSet(Noun[Overseen]):
    """Connections that one's company oversees as the service integrator, and has no side of."""

    queryset = Overseen.objects.select_related("integration")
    serializer_class = OverseenSerializer
    filterset_class = OverseenFilter


class LentSerializer(serializers.Serializer[Any]):
    """One envelope of another company, as far as a pass opens it; `case` says which ones belong together."""

    case = serializers.UUIDField()
    no = serializers.IntegerField()
    connection = serializers.CharField()
    receiver = CompanyLink()
    sealed = serializers.DateTimeField()
    values = serializers.SerializerMethodField()
    parts = serializers.ListField(child=serializers.DictField())

    def get_values(self, row: Any) -> list[dict[str, str]]:
        """Label and value of each term that the pass opens."""
        return [{"label": label, "value": value} for label, value in row.values]


class LentViewSet(Frame[AccessPass]):
    """What passes to another company's content open; each use is recorded for both companies."""

    queryset = AccessPass.objects.select_related("integration")
    serializer_class = LentSerializer

    @extend_schema(responses=LentSerializer(many=True))
    def retrieve(self, request: Request, uid: str) -> Response:
        """The newest envelopes that the pass of this uid opens; 404 once it is over."""
        found = read_lent(by=self.subject, access=self.get_object())
        if found is None:
            raise Http404
        return Response(LentSerializer(found, many=True, context=self.get_serializer_context()).data)
