"""Companies and people in the API."""

from typing import Any
from zoneinfo import available_timezones

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Company, Person
from governance.register.services import companies as services
from portal.access.middleware import enter_as
from portal.access.models import ApiToken, User
from portal.access.subject import Role
from portal.api.filters import BooleanFilter, CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, EmptySerializer, FlatSerializer, Link
from portal.api.views import Noun
from portal.core.errors import Denied

ROLES = [Role.ADMINISTRATOR.value, Role.OPERATOR.value, Role.VIEWER.value]


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


class PersonSerializer(FlatSerializer[Person]):
    """Somebody of one's own company, or who owns an integration that one is party to."""

    company = CompanyLink(source="company_id")
    stand_in = Link("person")

    class Meta:
        model = Person
        fields = ("uid", "company", "name", "email", "role", "job", "stand_in", "suspended")


class PersonForm(serializers.Serializer[Any]):
    """What is entered of somebody new."""

    name = serializers.CharField(max_length=120)
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=ROLES, default=Role.VIEWER.value)
    job = serializers.CharField(max_length=120, default="", allow_blank=True)


class PersonChange(serializers.Serializer[Any]):
    """What may be changed of somebody."""

    name = serializers.CharField(max_length=120)
    role = serializers.ChoiceField(choices=ROLES)
    job = serializers.CharField(max_length=120, allow_blank=True)
    stand_in = serializers.UUIDField(allow_null=True)


class PersonFilter(Narrowing):
    """By company, role, or whether suspended."""

    company = UUIDFilter(field_name="company__uid")
    role = CharFilter()
    email = CharFilter(lookup_expr="iexact")
    suspended = BooleanFilter(field_name="suspended", lookup_expr="isnull", exclude=True)


class PersonViewSet(Noun[Person]):
    """People."""

    queryset = Person.objects.select_related("stand_in")
    serializer_class = PersonSerializer
    filterset_class = PersonFilter

    @extend_schema(request=PersonForm, responses={201: PersonSerializer})
    def create(self, request: Request) -> Response:
        """Add somebody to one's own company."""
        form = self.entered(PersonForm)
        draft = services.PersonDraft(form["name"], form["email"], Role(form["role"]), form["job"])
        person = services.add_person(by=self.subject, draft=draft)
        return self.told(person.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=PersonChange, responses=PersonSerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change somebody of one's own company."""
        person = self.get_object()
        form = self.entered(PersonChange, partial=True)
        stand_in = person.stand_in
        if "stand_in" in form:
            asked = form["stand_in"]
            stand_in = self.found(Person.objects.all(), asked, field="stand_in") if asked else None
        services.change_person(
            by=self.subject,
            person=person,
            name=form.get("name", person.name),
            role=Role(form.get("role", person.role)),
            job=form.get("job", person.job),
            stand_in=stand_in,
        )
        return self.told(person.uid)

    @extend_schema(request=EmptySerializer, responses=PersonSerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, uid: str) -> Response:
        """From the next request on this person no longer acts for the company."""
        return self.told(services.suspend_person(by=self.subject, person=self.get_object()).uid)

    @extend_schema(request=EmptySerializer, responses=PersonSerializer)
    @action(detail=True, methods=["post"])
    def readmit(self, request: Request, uid: str) -> Response:
        """End a suspension."""
        return self.told(services.readmit_person(by=self.subject, person=self.get_object()).uid)
