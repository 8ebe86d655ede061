"""Who can see what, and why, in the API."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Integration
from governance.sight.selectors import asked_about, who_sees, wires_of
from portal.api.serializers import CompanyLink
from portal.api.views import Frame


class SightSerializer(serializers.Serializer[Any]):
    """Somebody of one's own, or a partner company, with the level they have and why."""

    name = serializers.CharField()
    job = serializers.CharField()
    company = CompanyLink()
    level = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField(), source="sentences")


class SightViewSet(Frame[Integration]):
    """Who can see one's own values in an integration."""

    queryset = Integration.objects.all()
    serializer_class = SightSerializer

    def get_queryset(self) -> QuerySet[Integration]:
        """With parties and open passes."""
        return asked_about(super().get_queryset(), self.subject)

    @extend_schema(
        responses=SightSerializer(many=True),
        parameters=[OpenApiParameter("term", str, required=True, description="A term, comment or attachment.")],
    )
    def retrieve(self, request: Request, uid: str) -> Response:
        """Who can see one term in the integration of this uid, and why."""
        integration = self.get_object()
        wires = wires_of(integration, by=self.subject)
        found = who_sees(integration, request.query_params.get("term", ""), by=self.subject, wires=wires)
        return Response(SightSerializer(found, many=True, context=self.get_serializer_context()).data)
