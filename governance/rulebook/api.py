"""Rulebooks and their versions in the API, for their own company alone."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.rulebook import services
from governance.rulebook.models import Rulebook, RuleVersion
from governance.rulebook.rules import parsed
from portal.api.filters import CharFilter, Narrowing, NumberFilter, UUIDFilter
from portal.api.serializers import CompanyLink, EmptySerializer, FlatSerializer, Link
from portal.api.views import Noun


class RulebookSerializer(FlatSerializer[Rulebook]):
    """One side's rules on one connection; the rules themselves are in its versions."""

    connection = Link("connection")
    company = CompanyLink(source="company_id")

    class Meta:
        model = Rulebook
        fields = ("uid", "connection", "company", "side", "version")


class RuleVersionSerializer(FlatSerializer[RuleVersion]):
    """One numbered version; `rules` never change once it was live."""

    rulebook = Link("rulebook")
    rules = serializers.JSONField(source="body")

    class Meta:
        model = RuleVersion
        fields = ("uid", "rulebook", "no", "state", "rules", "sha256", "author", "saved", "live_from")


class RulesForm(serializers.Serializer[Any]):
    """A side's rules, as `rules` of a version has them."""

    rules = serializers.DictField()


class VersionNumber(serializers.Serializer[Any]):
    """A retired version by its number."""

    no = serializers.IntegerField(min_value=1, max_value=1_000_000)


class RulebookFilter(Narrowing):
    """By connection or side."""

    connection = UUIDFilter(field_name="connection__uid")
    side = CharFilter()


class RulebookViewSet(Noun[Rulebook]):
    """One's own company's rulebooks."""

    queryset = Rulebook.objects.select_related("connection")
    serializer_class = RulebookSerializer
    filterset_class = RulebookFilter
    version = "version"

    @extend_schema(request=RulesForm, responses=RuleVersionSerializer)
    @action(detail=True, methods=["put"])
    def draft(self, request: Request, uid: str) -> Response:
        """Save the draft; If-Match is the rulebook's ETag."""
        book = self.get_object()
        version, rules = self.expected(book), parsed(self.entered(RulesForm)["rules"])
        return self.answered(services.save_draft(by=self.subject, rulebook=book, rules=rules, version=version))

    @extend_schema(responses={204: None})
    @draft.mapping.delete
    def discard(self, request: Request, uid: str) -> Response:
        """Throw the draft away."""
        book = self.get_object()
        services.discard_draft(by=self.subject, rulebook=book, version=self.expected(book))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=EmptySerializer, responses=RuleVersionSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, uid: str) -> Response:
        """Put the draft live."""
        book = self.get_object()
        return self.answered(services.publish(by=self.subject, rulebook=book, version=self.expected(book)))

    @extend_schema(request=VersionNumber, responses=RuleVersionSerializer)
    @action(detail=True, methods=["post"])
    def rollback(self, request: Request, uid: str) -> Response:
        """Put a retired version live again."""
        book = self.get_object()
        version, no = self.expected(book), self.entered(VersionNumber)["no"]
        return self.answered(services.rollback(by=self.subject, rulebook=book, no=no, version=version))

    def answered(self, version: RuleVersion) -> Response:
        """A version of the book, with the book's new ETag."""
        response = Response(RuleVersionSerializer(version, context=self.get_serializer_context()).data)
        response["ETag"] = f'"{Rulebook.objects.get(pk=version.rulebook_id).version}"'
        return response


class RuleVersionFilter(Narrowing):
    """By rulebook, number or state."""

    rulebook = UUIDFilter(field_name="rulebook__uid")
    no = NumberFilter()
    state = CharFilter()


class RuleVersionViewSet(Noun[RuleVersion]):
    """Versions of one's own company's rulebooks."""

    queryset = RuleVersion.objects.select_related("rulebook")
    serializer_class = RuleVersionSerializer
    filterset_class = RuleVersionFilter
