"""Dictionaries, their terms and agreements in the API."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.dictionary import services
from governance.dictionary.models import Agreement, Dictionary, Term
from governance.register.models import Company, Integration
from portal.api.filters import CharFilter, Narrowing, NumberFilter, UUIDFilter
from portal.api.serializers import CompanyLink, EmptySerializer, FlatSerializer, Link
from portal.api.views import IF_MATCH, ListedNoun, Noun

CHOICES = {"type": Term.Type.choices, "classification": Term.Classification.choices}


class DictionarySerializer(FlatSerializer[Dictionary]):
    """One numbered version of an integration's vocabulary."""

    integration = Link("integration")

    class Meta:
        model = Dictionary
        fields = ("uid", "integration", "no", "state", "agreed", "version")


class DictionaryForm(serializers.Serializer[Any]):
    """Whose next dictionary is drafted."""

    integration = serializers.UUIDField()


class DictionaryFilter(Narrowing):
    """By integration, number or state."""

    integration = UUIDFilter(field_name="integration__uid")
    no = NumberFilter()
    state = CharFilter()


class DictionaryViewSet(Noun[Dictionary]):
    """Dictionaries of the integrations of one's company."""

    queryset = Dictionary.objects.select_related("integration")
    serializer_class = DictionarySerializer
    filterset_class = DictionaryFilter
    version = "version"

    @extend_schema(request=DictionaryForm, responses={201: DictionarySerializer})
    def create(self, request: Request) -> Response:
        """Draft the next version, with the terms of the agreed one."""
        uid = self.entered(DictionaryForm)["integration"]
        integration = self.found(Integration.objects.all(), uid, field="integration")
        draft = services.draft_dictionary(by=self.subject, integration=integration)
        return self.told(draft.uid, code=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    def destroy(self, request: Request, uid: str) -> Response:
        """Throw a draft away; If-Match names the version that was read."""
        dictionary = self.get_object()
        version = self.expected(dictionary)
        services.discard_dictionary(by=self.subject, dictionary=dictionary, version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=EmptySerializer, responses=DictionarySerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, uid: str) -> Response:
        """One's company's yes to exactly the version that If-Match names."""
        dictionary = self.get_object()
        version = self.expected(dictionary)
        return self.told(services.agree_dictionary(by=self.subject, dictionary=dictionary, version=version).uid)


class TermSerializer(FlatSerializer[Term]):
    """One shared word."""

    dictionary = Link("dictionary")
    source_of_truth = CompanyLink(source="source_of_truth_id")

    class Meta:
        model = Term
        fields = (
            "uid",
            "dictionary",
            "name",
            "label",
            "type",
            "semantics",
            "sample",
            "allowed",
            "max_length",
            "classification",
            "path",
            "source_of_truth",
            "unique",
            "mandatory",
            "position",
        )


class TermChange(serializers.Serializer[Any]):
    """What is entered of a term; `source_of_truth` is a party's uid."""

    name = serializers.CharField(max_length=40)
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=CHOICES["type"], default=Term.Type.TEXT)
    semantics = serializers.CharField(max_length=4000, allow_blank=True, default="")
    sample = serializers.CharField(max_length=200, allow_blank=True, default="")
    allowed = serializers.ListField(child=serializers.CharField(max_length=80), default=list, max_length=500)
    max_length = serializers.IntegerField(min_value=1, max_value=1_000_000, allow_null=True, default=None)
    classification = serializers.ChoiceField(choices=CHOICES["classification"], default=Term.Classification.INTERNAL)
    path = serializers.BooleanField(default=False)
    source_of_truth = serializers.UUIDField(allow_null=True, default=None)
    unique = serializers.BooleanField(default=False)
    mandatory = serializers.BooleanField(default=False)


class TermForm(TermChange):
    """A new term."""

    dictionary = serializers.UUIDField()


class TermFilter(Narrowing):
    """By dictionary, name or type."""

    dictionary = UUIDFilter(field_name="dictionary__uid")
    name = CharFilter()
    type = CharFilter()


class TermViewSet(Noun[Term]):
    """Terms. Their ETag is their dictionary's: a save of any term moves it."""

    queryset = Term.objects.select_related("dictionary", "source_of_truth")
    serializer_class = TermSerializer
    filterset_class = TermFilter
    version = "dictionary.version"

    @extend_schema(request=TermForm, responses={201: TermSerializer}, parameters=[IF_MATCH])
    def create(self, request: Request) -> Response:
        """Add a term to a draft; If-Match is the dictionary's ETag."""
        form = self.entered(TermForm)
        dictionary = self.found(Dictionary.objects.all(), form.pop("dictionary"), field="dictionary")
        version = self.expected(Term(dictionary=dictionary))
        draft = self.drafted(form)
        term = services.save_term(by=self.subject, dictionary=dictionary, draft=draft, version=version)
        return self.told(term.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=TermChange, responses=TermSerializer, parameters=[IF_MATCH])
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change a term of a draft."""
        term = self.get_object()
        version = self.expected(term)
        form = self.entered(TermChange, partial=True)
        draft = self.drafted({**present(term), **form})
        services.save_term(by=self.subject, dictionary=term.dictionary, draft=draft, version=version, term=term)
        return self.told(term.uid)

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    def destroy(self, request: Request, uid: str) -> Response:
        """Take a term out of a draft."""
        term = self.get_object()
        version = self.expected(term)
        services.remove_term(by=self.subject, dictionary=term.dictionary, term=term, version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def drafted(self, form: dict[str, Any]) -> services.TermDraft:
        """The service's input, with the party found."""
        truth: UUID | None = form.pop("source_of_truth")
        party = self.found(Company.objects.all(), truth, field="source_of_truth").pk if truth else None
        return services.TermDraft(**{**form, "allowed": tuple(form["allowed"]), "source_of_truth": party})


class AgreementSerializer(FlatSerializer[Agreement]):
    """One party's yes."""

    dictionary = Link("dictionary")
    company = CompanyLink(source="company_id")

    class Meta:
        model = Agreement
        fields = ("dictionary", "company", "person", "at")


class AgreementFilter(Narrowing):
    """By dictionary or party."""

    dictionary = UUIDFilter(field_name="dictionary__uid")
    company = UUIDFilter(field_name="company__uid")


class AgreementViewSet(ListedNoun[Agreement]):
    """Who agreed to which dictionary."""

    queryset = Agreement.objects.select_related("dictionary")
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilter


def present(term: Term) -> dict[str, Any]:
    """A term as it stands, as its form would have it."""
    names = [name for name in asdict(services.TermDraft("", "")) if name != "source_of_truth"]
    truth = term.source_of_truth
    return {**{name: getattr(term, name) for name in names}, "source_of_truth": truth.uid if truth else None}
