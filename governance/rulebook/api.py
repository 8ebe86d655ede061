"""Rulebooks and their versions in the API, for their own company alone."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Side
from governance.rulebook import services
from governance.rulebook.models import Rulebook, RuleVersion
from governance.rulebook.rules import RuleSet, parsed
from portal.access.guard import visible_to
from portal.api.filters import CharFilter, Narrowing, NumberFilter, UUIDFilter
from portal.api.serializers import CompanyLink, EmptySerializer, FlatSerializer, Link
from portal.api.views import IF_MATCH, Noun
from portal.core.errors import BadInput


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


class DryRunForm(serializers.Serializer[Any]):
    """Which item of one's own system; without `rules` the draft is tried, or the live version."""

    record = serializers.CharField(max_length=80)
    rules = serializers.DictField(required=False, default=None, allow_null=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """A probe that was asked; read it at /probes/ until its state is done or failed."""

    uid = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.CharField()
    sentence = serializers.CharField()
    asked_at = serializers.DateTimeField()


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

    @extend_schema(request=RulesForm, responses=RuleVersionSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["put"])
    def draft(self, request: Request, uid: str) -> Response:
        """Save the draft; If-Match is the rulebook's ETag."""
        book = self.get_object()
        version, rules = self.expected(book), parsed(self.entered(RulesForm)["rules"])
        return self.answered(services.save_draft(by=self.subject, rulebook=book, rules=rules, version=version))

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    @draft.mapping.delete
    def discard(self, request: Request, uid: str) -> Response:
        """Throw the draft away."""
        book = self.get_object()
        services.discard_draft(by=self.subject, rulebook=book, version=self.expected(book))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=EmptySerializer, responses=RuleVersionSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, uid: str) -> Response:
        """Put the draft live."""
        book = self.get_object()
        return self.answered(services.publish(by=self.subject, rulebook=book, version=self.expected(book)))

    @extend_schema(request=VersionNumber, responses=RuleVersionSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def rollback(self, request: Request, uid: str) -> Response:
        """Put a retired version live again."""
        book = self.get_object()
        version, no = self.expected(book), self.entered(VersionNumber)["no"]
        return self.answered(services.rollback(by=self.subject, rulebook=book, no=no, version=version))

    @extend_schema(request=DryRunForm, responses={202: AnswerSerializer})
    @action(detail=True, methods=["post"], url_path="dry-run")
    def dry_run(self, request: Request, uid: str) -> Response:
        """What rules would do with a real item; nothing is written anywhere."""
        book, form = self.get_object(), self.entered(DryRunForm)
        side = visible_to(Side.objects.filter(connection=book.connection_id, side=book.side), self.subject)
        system = side.select_related("system").get().system
        answer = services.dry_run(
            by=self.subject,
            rulebook=book,
            system=system,
            record=form["record"],
            rules=self.tried(book, form["rules"]),
        )
        return Response(AnswerSerializer(answer).data, status=status.HTTP_202_ACCEPTED)

    def tried(self, book: Rulebook, rules: dict[str, object] | None) -> RuleSet:
        """The rules to try: those sent, else the draft, else the live ones. Raises BadInput when there are none."""
        if rules is not None:
            return parsed(rules)
        states = [RuleVersion.State.DRAFT, RuleVersion.State.LIVE]
        rows = visible_to(RuleVersion.objects.filter(rulebook=book, state__in=states), self.subject)
        row = rows.order_by("state").first()
        if row is None:
            raise BadInput("There are no rules to try yet. Save a draft first.", code="no-draft")
        return parsed(row.body)

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
