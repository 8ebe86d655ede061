"""Connections and their sides in the API."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.api.narrowing import OfIntegration
from governance.register.models import Company, Connection, Integration, Side, System
from governance.register.services import connections as services
from portal.access.guard import visible_to
from portal.api.filters import Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, CompanyLinks, EmptySerializer, FlatSerializer, Link, ReasonSerializer
from portal.api.views import ListedNoun, Noun
from portal.core.errors import Denied


class ConnectionSerializer(FlatSerializer[Connection]):
    """Two systems that exchange items under one integration."""

    integration = Link("integration")
    companies = CompanyLinks()

    class Meta:
        model = Connection
        fields = ("uid", "integration", "name", "companies", "state", "position", "created", "version")


class EndForm(serializers.Serializer[Any]):
    """One's own end: which system, which kind of item."""

    system = serializers.UUIDField()
    kind = serializers.CharField(max_length=60)


class ConnectionForm(EndForm):
    """A connection to propose; `partner` is a company's uid. `partner_end` only where both are one's own."""

    integration = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    partner = serializers.UUIDField()
    partner_end = EndForm(required=False, allow_null=True, default=None)


class KindForm(serializers.Serializer[Any]):
    """Another kind of item."""

    kind = serializers.CharField(max_length=60)


class ConnectionViewSet(Noun[Connection]):
    """Connections that one's company has a side of."""

    queryset = Connection.objects.select_related("integration")
    serializer_class = ConnectionSerializer
    filterset_class = OfIntegration
    version = "version"

    @extend_schema(request=ConnectionForm, responses={201: ConnectionSerializer})
    def create(self, request: Request) -> Response:
        """Propose a connection; it is live once the partner accepted it."""
        form = self.entered(ConnectionForm)
        other = form["partner_end"]
        connection = services.propose_connection(
            by=self.subject,
            integration=self.found(Integration.objects.all(), form["integration"], field="integration"),
            name=form["name"],
            end=self.end(form),
            partner=self.found(Company.objects.all(), form["partner"], field="partner"),
            partner_end=self.end(other) if other else None,
        )
        return self.told(connection.uid, code=status.HTTP_201_CREATED)

    def end(self, form: dict[str, Any]) -> services.End:
        """One end, with the system found."""
        return services.End(self.found(System.objects.all(), form["system"], field="system"), form["kind"])

    @extend_schema(request=EndForm, responses=ConnectionSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, uid: str) -> Response:
        """Accept a proposed connection with one's own end."""
        connection = self.get_object()
        services.accept_connection(by=self.subject, connection=connection, end=self.end(self.entered(EndForm)))
        return self.told(connection.uid)

    @extend_schema(request=ReasonSerializer, responses=ConnectionSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, uid: str) -> Response:
        """Decline the partner's proposal; the partner reads the reason."""
        connection, reason = self.get_object(), self.entered(ReasonSerializer)["reason"]
        services.refuse_connection(by=self.subject, connection=connection, reason=reason)
        return self.told(connection.uid)

    @extend_schema(request=EmptySerializer, responses=ConnectionSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: str) -> Response:
        """Take back one's own proposal that is not accepted."""
        return self.told(services.withdraw_connection(by=self.subject, connection=self.get_object()).uid)

    @extend_schema(request=ReasonSerializer, responses=ConnectionSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, uid: str) -> Response:
        """Stop the flow; what changes meanwhile waits in order."""
        connection, reason = self.get_object(), self.entered(ReasonSerializer)["reason"]
        services.pause_connection(by=self.subject, connection=connection, reason=reason)
        return self.told(connection.uid)

    @extend_schema(request=EmptySerializer, responses=ConnectionSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, uid: str) -> Response:
        """Let it flow again, for the company that paused it."""
        return self.told(services.resume_connection(by=self.subject, connection=self.get_object()).uid)

    @extend_schema(request=KindForm, responses=ConnectionSerializer)
    @action(detail=True, methods=["post"], url_path="change-kind")
    def change_kind(self, request: Request, uid: str) -> Response:
        """Exchange another kind of item of one's own system."""
        connection = self.get_object()
        side = Side.objects.filter(connection=connection, company_id=self.subject.company).first()
        if side is None:
            raise Denied("Your company has no side of this connection.")
        services.change_kind(by=self.subject, side=side, kind=self.entered(KindForm)["kind"])
        return self.told(connection.uid)


class SideSerializer(FlatSerializer[Side]):
    """One company's end of a connection; of a partner's system only its name and kind."""

    connection = Link("connection")
    company = CompanyLink(source="company_id")
    system = Link("system")

    class Meta:
        model = Side
        fields = (
            "connection",
            "side",
            "company",
            "system",
            "system_name",
            "system_kind",
            "kind",
            "accepted",
            "accepted_by",
        )


class SideFilter(Narrowing):
    """By connection or company."""

    connection = UUIDFilter(field_name="connection__uid")
    company = UUIDFilter(field_name="company__uid")


class SideViewSet(ListedNoun[Side]):
    """Both ends of the connections of one's company."""

    queryset = Side.objects.select_related("connection")
    serializer_class = SideSerializer
    filterset_class = SideFilter

    def get_queryset(self) -> QuerySet[Side]:
        """With the systems that are one's own."""
        own = visible_to(System.objects.all(), self.subject)
        return super().get_queryset().prefetch_related(Prefetch("system", own))
