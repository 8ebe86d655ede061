"""Dictionaries, their terms and agreements in the API."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.dictionary.models import Agreement, Dictionary, Term
from governance.dictionary.rules import MOST_SAMPLES, MOST_VALUES, TermDraft
from governance.dictionary.services.signing import agree_dictionary, refuse_dictionary
from governance.dictionary.services.terms import remove_term, save_term
from governance.dictionary.services.versions import (
    discard_dictionary,
    draft_dictionary,
    propose_dictionary,
    withdraw_dictionary,
)
from governance.dictionary.usage import effects_of
from governance.register.models import Company, Integration, System
from portal.api.filters import CharFilter, Narrowing, NumberFilter, UUIDFilter
from portal.api.serializers import CompanyLink, EmptySerializer, FlatSerializer, Link
from portal.api.views import IF_MATCH, ListedNoun, Noun

#: in place of a system's uid: what stands there
KEPT = "kept"
CHOICES = {"type": Term.Type.choices, "classification": Term.Classification.choices}


class DictionarySerializer(FlatSerializer[Dictionary]):
    """One numbered version of an integration's vocabulary."""

    integration = Link("integration")

    class Meta:
        model = Dictionary
        fields = (
            "uid",
            "integration",
            "no",
            "state",
            "proposed",
            "proposed_by",
            "agreed",
            "sha256",
            "reason",
            "version",
        )


class DictionaryForm(serializers.Serializer[Any]):
    """Whose next dictionary is drafted."""

    integration = serializers.UUIDField()


class RefusalForm(serializers.Serializer[Any]):
    """Why a proposal is refused; every party reads it."""

    reason = serializers.CharField(max_length=400)


class EffectSerializer(serializers.Serializer[Any]):
    """What a version does to one side's rules; `held` = live ones that keep the term as it was."""

    connection = serializers.CharField(source="connection.name")
    company = CompanyLink()
    rules = serializers.CharField(source="state")
    no = serializers.IntegerField()
    held = serializers.BooleanField()
    term = serializers.CharField()
    losses = serializers.ListField(child=serializers.CharField())


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
        draft = draft_dictionary(by=self.subject, integration=integration)
        return self.told(draft.uid, code=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    def destroy(self, request: Request, uid: str) -> Response:
        """Throw a draft away; If-Match names the version that was read."""
        dictionary = self.get_object()
        version = self.expected(dictionary)
        discard_dictionary(by=self.subject, dictionary=dictionary, version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=EmptySerializer, responses=DictionarySerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, uid: str) -> Response:
        """Lay a draft before the parties: it is frozen, and its digest is what they sign."""
        row = self.get_object()
        return self.told(propose_dictionary(by=self.subject, dictionary=row, version=self.expected(row)).uid)

    @extend_schema(request=EmptySerializer, responses=DictionarySerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: str) -> Response:
        """Make a proposal a draft again; no yes to it counts any more."""
        row = self.get_object()
        return self.told(withdraw_dictionary(by=self.subject, dictionary=row, version=self.expected(row)).uid)

    @extend_schema(request=EmptySerializer, responses=DictionarySerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, uid: str) -> Response:
        """One's company's yes, by its accountable person, to exactly the proposal that If-Match names."""
        row = self.get_object()
        return self.told(agree_dictionary(by=self.subject, dictionary=row, version=self.expected(row)).uid)

    @extend_schema(request=RefusalForm, responses=DictionarySerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, uid: str) -> Response:
        """One's company's no, by its accountable person, with a reason: the proposal is a draft again."""
        row, reason = self.get_object(), self.entered(RefusalForm)["reason"]
        version = self.expected(row)
        return self.told(refuse_dictionary(by=self.subject, dictionary=row, version=version, reason=reason).uid)

    @extend_schema(request=None, responses=EffectSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def effects(self, request: Request, uid: str) -> Response:
        """Which rules use terms from which a draft or proposal takes something away."""
        found = effects_of(self.get_object(), by=self.subject)
        return Response(EffectSerializer(found, many=True, context=self.get_serializer_context()).data)


class TermSerializer(FlatSerializer[Term]):
    """One shared word."""

    dictionary = Link("dictionary")
    source_of_truth = CompanyLink(source="source_of_truth_id")
    #: null where the system is a partner's, whose name is all that is told of it
    system_of_record = Link("system")

    class Meta:
        model = Term
        fields = (
            "uid",
            "dictionary",
            "name",
            "label",
            "type",
            "semantics",
            "samples",
            "allowed",
            "allowed_labels",
            "max_length",
            "classification",
            "path",
            "source_of_truth",
            "system_of_record",
            "system_name",
            "unique",
            "mandatory",
            "position",
        )


class TermChange(serializers.Serializer[Any]):
    """What is entered of a term: `source_of_truth` a party's uid, `system_of_record` an own system's uid.

    `allowed` = the keys of a choice's value list, `allowed_labels` = what people read for each, or empty.
    """

    name = serializers.CharField(max_length=40)
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=CHOICES["type"], default=Term.Type.TEXT)
    semantics = serializers.CharField(max_length=4000, allow_blank=True, default="")
    samples = serializers.ListField(
        child=serializers.CharField(max_length=200), default=list, max_length=MOST_SAMPLES
    )
    allowed = serializers.ListField(child=serializers.CharField(max_length=80), default=list, max_length=MOST_VALUES)
    allowed_labels = serializers.ListField(
        child=serializers.CharField(max_length=80), default=list, max_length=MOST_VALUES
    )
    max_length = serializers.IntegerField(min_value=1, max_value=1_000_000, allow_null=True, default=None)
    classification = serializers.ChoiceField(choices=CHOICES["classification"], default=Term.Classification.INTERNAL)
    path = serializers.BooleanField(default=False)
    source_of_truth = serializers.UUIDField(allow_null=True, default=None)
    system_of_record = serializers.UUIDField(allow_null=True, default=None)
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

    queryset = Term.objects.select_related("dictionary", "source_of_truth", "system_of_record")
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
        term = save_term(by=self.subject, dictionary=dictionary, draft=draft, version=version)
        return self.told(term.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=TermChange, responses=TermSerializer, parameters=[IF_MATCH])
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change a term of a draft."""
        term = self.get_object()
        version = self.expected(term)
        form = {**present(term), **self.entered(TermChange, partial=True)}
        draft = self.drafted(form, standing=term.system_of_record_id)
        save_term(by=self.subject, dictionary=term.dictionary, draft=draft, version=version, term=term)
        return self.told(term.uid)

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    def destroy(self, request: Request, uid: str) -> Response:
        """Take a term out of a draft."""
        term = self.get_object()
        version = self.expected(term)
        remove_term(by=self.subject, dictionary=term.dictionary, term=term, version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def drafted(self, form: dict[str, Any], *, standing: int | None = None) -> TermDraft:
        """The service's input, party and system found; `standing` = the system that stays unless said."""
        truth: UUID | None = form.pop("source_of_truth")
        party = self.found(Company.objects.all(), truth, field="source_of_truth").pk if truth else None
        named: UUID | str | None = form.pop("system_of_record")
        home = standing if named == KEPT else None
        if isinstance(named, UUID):
            home = self.found(System.objects.all(), named, field="system_of_record").pk
        lists = {name: tuple(form[name]) for name in ("samples", "allowed", "allowed_labels")}
        return TermDraft(**{**form, **lists, "source_of_truth": party, "system_of_record": home})


class AgreementSerializer(FlatSerializer[Agreement]):
    """One party's yes."""

    dictionary = Link("dictionary")
    company = CompanyLink(source="company_id")

    class Meta:
        model = Agreement
        fields = ("dictionary", "company", "person", "sha256", "at")


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
    """A term as it stands, as its form would have it; a system of record stays unless another one is named."""
    names = [name for name in asdict(TermDraft("", "")) if name not in {"source_of_truth", "system_of_record"}]
    truth = term.source_of_truth
    told = {name: getattr(term, name) for name in names}
    return {**told, "source_of_truth": truth.uid if truth else None, "system_of_record": KEPT}
