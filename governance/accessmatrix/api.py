"""Grants in the API: each company reads and sets only its own."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from governance.accessmatrix import services
from governance.accessmatrix.models import Grant
from governance.register.models import Company, Integration
from portal.api.filters import CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer, Link
from portal.api.views import Noun


class GrantSerializer(FlatSerializer[Grant]):
    """What one's own company lets a partner do with one term."""

    integration = Link("integration")
    company = CompanyLink(source="company_id")
    grantee = CompanyLink(source="grantee_id")

    class Meta:
        model = Grant
        fields = ("uid", "integration", "company", "grantee", "term", "level", "changed")


class GrantForm(serializers.Serializer[Any]):
    """One cell of one's own access matrix; `grantee` is a party's uid."""

    integration = serializers.UUIDField()
    grantee = serializers.UUIDField()
    term = serializers.SlugField(max_length=40)
    level = serializers.ChoiceField(choices=Grant.Level.choices)


class GrantFilter(Narrowing):
    """By integration, grantee, term or level."""

    integration = UUIDFilter(field_name="integration__uid")
    grantee = UUIDFilter(field_name="grantee__uid")
    term = CharFilter()
    level = CharFilter()


class GrantViewSet(Noun[Grant]):
    """One's own company's access matrix, one grant a row."""

    queryset = Grant.objects.select_related("integration")
    serializer_class = GrantSerializer
    filterset_class = GrantFilter

    @extend_schema(request=GrantForm, responses={200: GrantSerializer, 204: None})
    def create(self, request: Request) -> Response:
        """Set one cell; setting what stands already changes nothing. "none" where nothing stood answers 204."""
        form = self.entered(GrantForm)
        integration = self.found(Integration.objects.all(), form["integration"], field="integration")
        grantee = self.found(Company.objects.all(), form["grantee"], field="grantee")
        cell = services.Cell(grantee.pk, form["term"], form["level"])
        services.set_grants(by=self.subject, integration=integration, cells=[cell])
        made = self.get_queryset().filter(
            integration=integration, company_id=self.subject.company, grantee=grantee, term=form["term"]
        )
        row = made.first()
        return self.shown(row) if row else Response(status=status.HTTP_204_NO_CONTENT)
