"""Systems in the API; a credential goes in and never comes out."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Person, System
from governance.register.services import systems as services
from portal.api.filters import CharFilter, Narrowing
from portal.api.serializers import CompanyLink, FlatSerializer, Link
from portal.api.views import IF_MATCH, Noun

#: what is told of a system beside what the engine needs
TOLD = ("support_access", "product_version", "docs_url", "time_zone")


class SystemSerializer(FlatSerializer[System]):
    """A tracker of one's own company; of its credential only whether there is one, its kind and a hint."""

    company = CompanyLink(source="company_id")
    owner = Link("person")
    credential_kind = serializers.CharField(source="credential.kind", default=None, allow_null=True)
    credential_hint = serializers.CharField(source="credential.hint", default=None, allow_null=True)

    class Meta:
        model = System
        fields = (
            "uid",
            "company",
            "name",
            "kind",
            "environment",
            "base_url",
            "settings",
            "owner",
            "support_access",
            "product_version",
            "docs_url",
            "time_zone",
            "credential_kind",
            "credential_hint",
            "created",
            "version",
        )


class SystemChange(serializers.Serializer[Any]):
    """What may be changed of a system."""

    name = serializers.CharField(max_length=120)
    base_url = serializers.CharField(max_length=300)
    environment = serializers.ChoiceField(choices=System.Environment.choices, default=System.Environment.PRODUCTION)
    settings = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=6000), default=dict)
    owner = serializers.UUIDField(allow_null=True, default=None)
    support_access = serializers.CharField(allow_blank=True, default="", max_length=2000)
    product_version = serializers.CharField(allow_blank=True, default="", max_length=60)
    docs_url = serializers.CharField(allow_blank=True, default="", max_length=300)
    time_zone = serializers.CharField(default="UTC", max_length=64)


class SystemForm(SystemChange):
    """What is entered of a new system."""

    kind = serializers.CharField(max_length=24)


class CredentialForm(serializers.Serializer[Any]):
    """A credential: user and secret, or an OAuth client."""

    kind = serializers.ChoiceField(choices=["token", "password", "oauth"])
    user = serializers.CharField(max_length=200, default="", allow_blank=True)
    secret = serializers.CharField(max_length=4000, default="", allow_blank=True, write_only=True)
    client_id = serializers.CharField(max_length=400, default="", allow_blank=True)
    client_secret = serializers.CharField(max_length=4000, default="", allow_blank=True, write_only=True)


class WebhookForm(serializers.Serializer[Any]):
    """A webhook secret that the tracker gave; empty = make one."""

    secret = serializers.CharField(default="", allow_blank=True, max_length=255, write_only=True)


class WebhookSecret(serializers.Serializer[Any]):
    """A webhook secret, shown once."""

    secret = serializers.CharField()


class SystemFilter(Narrowing):
    """By kind, environment or name."""

    kind = CharFilter()
    environment = CharFilter()
    name = CharFilter()


class SystemViewSet(Noun[System]):
    """Systems of one's own company."""

    queryset = System.objects.select_related("owner", "credential")
    serializer_class = SystemSerializer
    filterset_class = SystemFilter
    version = "version"

    def get_queryset(self) -> QuerySet[System]:
        """Without the sealed bytes, which no answer needs."""
        return super().get_queryset().defer("credential__sealed", "credential__boxed", "credential__boxed_previous")

    @extend_schema(request=SystemForm, responses={201: SystemSerializer})
    def create(self, request: Request) -> Response:
        """Register a system of one's own company."""
        form = self.entered(SystemForm)
        kind = form.pop("kind")
        system = services.register_system(by=self.subject, kind=kind, draft=self.drafted(form))
        return self.told(system.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=SystemChange, responses=SystemSerializer, parameters=[IF_MATCH])
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change a system; If-Match names the version that was read."""
        system = self.get_object()
        version = self.expected(system)
        form = self.entered(SystemChange, partial=True)
        names = ("name", "base_url", "environment", "settings", *TOLD)
        now = {name: getattr(system, name) for name in names}
        draft = self.drafted({**now, "owner": system.owner.uid if system.owner else None, **form})
        services.change_system(by=self.subject, system=system, draft=draft, version=version)
        return self.told(system.uid)

    def drafted(self, form: dict[str, Any]) -> services.SystemDraft:
        """The service's input, with the owner found."""
        owner = form.pop("owner")
        person = self.found(Person.objects.all(), owner, field="owner") if owner else None
        return services.SystemDraft(**form, owner=person)

    @extend_schema(request=CredentialForm, responses={204: None})
    @action(detail=True, methods=["put"])
    def credential(self, request: Request, uid: str) -> Response:
        """Set the credential. It is sealed at once: only workers open it, and nothing shows it again."""
        system, secret = self.get_object(), services.Secret(**self.entered(CredentialForm))
        services.set_credential(by=self.subject, system=system, secret=secret)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=WebhookForm, responses=WebhookSecret)
    @action(detail=True, methods=["post"], url_path="webhook-secret")
    def webhook_secret(self, request: Request, uid: str) -> Response:
        """Set or make the webhook secret; the one before stays valid beside it."""
        system, given = self.get_object(), self.entered(WebhookForm)["secret"]
        secret = services.set_webhook_secret(by=self.subject, system=system, secret=given)
        return Response({"secret": secret})
