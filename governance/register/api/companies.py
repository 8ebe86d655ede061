"""Companies in the API."""

from typing import Any
from zoneinfo import available_timezones

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Company
from governance.register.services import companies as services
from portal.access.middleware import enter_as
from portal.access.models import ApiToken, User
from portal.api.serializers import FlatSerializer
from portal.api.views import Noun
from portal.core.errors import Denied


class CompanySerializer(FlatSerializer[Company]):
    """A company: one's own, or one that shares an integration with it."""

    class Meta:
        model = Company
        fields = ("uid", "name", "siam_role", "time_zone", "hue", "created")


class CompanyForm(serializers.Serializer[Any]):
    """What is entered of a company."""

    name = serializers.CharField(max_length=120)
    siam_role = serializers.ChoiceField(choices=Company.SiamRole.choices)
    time_zone = serializers.CharField(max_length=64, default="UTC")

    def validate_time_zone(self, value: str) -> str:
        """A name of the time zone database."""
        if value not in available_timezones():
            raise serializers.ValidationError("Give a name such as Europe/Berlin.")
        return value


class CompanyViewSet(Noun[Company]):
    """Companies that one may know."""

    queryset = Company.objects.all()
    serializer_class = CompanySerializer
    filterset_fields = ("siam_role", "name")

    @extend_schema(request=CompanyForm, responses={201: CompanySerializer})
    def create(self, request: Request) -> Response:
        """Register a company; its first administrator is who asks. A token cannot: it belongs to one company."""
        if isinstance(request.auth, ApiToken):
            raise Denied("A token acts for one company. Sign in to register another.")
        company = services.register_company(by=self.subject, **self.entered(CompanyForm))
        if isinstance(request.user, User):
            enter_as(request._request, request.user, acting=company.pk)
        return self.told(company.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=CompanyForm, responses=CompanySerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change one's own company."""
        company = self.get_object()
        form = self.entered(CompanyForm, partial=True)
        now = {name: getattr(company, name) for name in ("name", "siam_role", "time_zone")}
        services.change_company(by=self.subject, company=company, **{**now, **form})
        return self.told(company.uid)
