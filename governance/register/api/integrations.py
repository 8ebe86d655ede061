"""Integrations and their parties in the API."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Company, Integration, Party, Person
from governance.register.services import integrations as services
from governance.register.timing import INTERVALS
from portal.api.filters import CharFilter, Narrowing, NumberFilter, UUIDFilter
from portal.api.serializers import CompanyLink, CompanyLinks, EmptySerializer, FlatSerializer, Link
from portal.api.views import IF_MATCH, ListedNoun, Noun


class IntegrationSerializer(FlatSerializer[Integration]):
    """The agreement between companies."""

    companies = CompanyLinks()
    owner = Link("person")
    stand_in = Link("person")

    class Meta:
        model = Integration
        fields = (
            "uid",
            "name",
            "purpose",
            "mode",
            "stage",
            "goals",
            "batch_minutes",
            "rhythm",
            "reviewed",
            "next_review",
            "companies",
            "owner",
            "stand_in",
            "created",
            "version",
        )


class IntegrationForm(serializers.Serializer[Any]):
    """What is entered of an integration."""

    name = serializers.CharField(max_length=120)
    purpose = serializers.CharField(max_length=4000)
    mode = serializers.ChoiceField(choices=Integration.Mode.choices, default=Integration.Mode.REAL_TIME)
    stage = serializers.IntegerField(min_value=1, max_value=8, default=1)
    goals = serializers.ListField(child=serializers.CharField(max_length=200), default=list, max_length=20)
    batch_minutes = serializers.ChoiceField(choices=INTERVALS, default=60)
    rhythm = serializers.ChoiceField(choices=Integration.Rhythm.choices, default=Integration.Rhythm.QUARTERLY)
    owner = serializers.UUIDField(allow_null=True, default=None)
    stand_in = serializers.UUIDField(allow_null=True, default=None)


class ReviewForm(serializers.Serializer[Any]):
    """What came of a review."""

    note = serializers.CharField(max_length=2000)


class IntegrationFilter(Narrowing):
    """By mode, stage, name or party."""

    mode = CharFilter()
    stage = NumberFilter()
    name = CharFilter()
    company = UUIDFilter(field_name="parties__company__uid")


class IntegrationViewSet(Noun[Integration]):
    """Integrations that one's company is party to."""

    queryset = Integration.objects.select_related("owner", "stand_in")
    serializer_class = IntegrationSerializer
    filterset_class = IntegrationFilter
    version = "version"

    @extend_schema(request=IntegrationForm, responses={201: IntegrationSerializer})
    def create(self, request: Request) -> Response:
        """Start an integration; one's own company is its first party."""
        draft = self.drafted(self.entered(IntegrationForm))
        return self.told(services.start_integration(by=self.subject, draft=draft).uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=IntegrationForm, responses=IntegrationSerializer, parameters=[IF_MATCH])
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change an integration; If-Match names the version that was read."""
        integration = self.get_object()
        version = self.expected(integration)
        form = self.entered(IntegrationForm, partial=True)
        names = ("name", "purpose", "mode", "stage", "goals", "batch_minutes", "rhythm")
        now = {name: getattr(integration, name) for name in names}
        people = {name: uid_of(getattr(integration, name)) for name in ("owner", "stand_in")}
        draft = self.drafted({**now, **people, **form})
        services.change_integration(by=self.subject, integration=integration, draft=draft, version=version)
        return self.told(integration.uid)

    def drafted(self, form: dict[str, Any]) -> services.IntegrationDraft:
        """The service's input, with the people found."""
        for name in ("owner", "stand_in"):
            form[name] = self.found(Person.objects.all(), form[name], field=name) if form[name] else None
        return services.IntegrationDraft(**form)

    @extend_schema(request=EmptySerializer, responses=IntegrationSerializer)
    @action(detail=True, methods=["post"])
    def join(self, request: Request, uid: str) -> Response:
        """Join an integration that one's company was invited to."""
        integration = self.get_object()
        services.join_integration(by=self.subject, integration=integration)
        return self.told(integration.uid)

    @extend_schema(request=ReviewForm, responses=IntegrationSerializer)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, uid: str) -> Response:
        """The parties have reviewed it today, with what came of it."""
        integration, note = self.get_object(), self.entered(ReviewForm)["note"]
        services.review_integration(by=self.subject, integration=integration, note=note)
        return self.told(integration.uid)

    @extend_schema(request=EmptySerializer, responses=IntegrationSerializer)
    @action(detail=True, methods=["post"])
    def exchange(self, request: Request, uid: str) -> Response:
        """Exchange now what waits in an integration on demand."""
        return self.told(services.demand_exchange(by=self.subject, integration=self.get_object()).uid)

    @extend_schema(request=EmptySerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, uid: str) -> Response:
        """Leave an integration, or turn an invitation down."""
        services.leave_integration(by=self.subject, integration=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class PartySerializer(FlatSerializer[Party]):
    """One company's part in an integration; `joined` is null while it is only invited."""

    integration = Link("integration")
    company = CompanyLink(source="company_id")
    accountable = Link("person")

    class Meta:
        model = Party
        fields = ("integration", "company", "siam_role", "accountable", "joined")


class PartyForm(serializers.Serializer[Any]):
    """Which company is invited; `code` is its uid, which it hands out itself."""

    integration = serializers.UUIDField()
    code = serializers.UUIDField()
    siam_role = serializers.ChoiceField(choices=Company.SiamRole.choices, default="", allow_blank=True)


class PartyFilter(Narrowing):
    """By integration or company."""

    integration = UUIDFilter(field_name="integration__uid")
    company = UUIDFilter(field_name="company__uid")


class PartyViewSet(ListedNoun[Party]):
    """Who takes part in the integrations of one's company."""

    queryset = Party.objects.select_related("integration", "accountable")
    serializer_class = PartySerializer
    filterset_class = PartyFilter

    @extend_schema(request=PartyForm, responses={201: PartySerializer})
    def create(self, request: Request) -> Response:
        """Invite a company by its code."""
        form = self.entered(PartyForm)
        integration = self.found(Integration.objects.all(), form["integration"], field="integration")
        party = services.add_party(
            by=self.subject, integration=integration, code=str(form["code"]), siam_role=form["siam_role"]
        )
        return self.shown(self.get_queryset().get(pk=party.pk), code=status.HTTP_201_CREATED)


def uid_of(person: Person | None) -> UUID | None:
    """The uid of somebody, where there is one."""
    return person.uid if person else None
