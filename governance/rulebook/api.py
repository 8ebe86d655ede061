"""Rulebooks and their versions in the API, for their own company alone; proposals and signatures for both."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Side
from governance.rehearsals.api import RehearsalSerializer
from governance.rulebook.models import FOUR_EYES, Proposal, Rulebook, RuleVersion, Signature
from governance.rulebook.rules import RuleSet, parsed
from governance.rulebook.services import drafts, golive, rehearsals, signing
from portal.access.guard import visible_to
from portal.api.filters import CharFilter, Narrowing, NumberFilter, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer, Link
from portal.api.views import IF_MATCH, Noun
from portal.core.errors import BadInput


class RulebookSerializer(FlatSerializer[Rulebook]):
    """One side's rules on one connection; the rules themselves are in its versions."""

    connection = Link("connection")
    company = CompanyLink(source="company_id")

    class Meta:
        model = Rulebook
        fields = ("uid", "connection", "company", "side", "four_eyes", "version")


class RuleVersionSerializer(FlatSerializer[RuleVersion]):
    """One numbered version; `rules` never change once it was live."""

    rulebook = Link("rulebook")
    rules = serializers.JSONField(source="body")

    class Meta:
        model = RuleVersion
        fields = (
            "uid",
            "rulebook",
            "no",
            "state",
            "rules",
            "sha256",
            "author",
            "saved",
            "live_from",
            "reason",
            "same_as",
        )


class SignatureSerializer(serializers.ModelSerializer[Signature]):
    """One company's word on a proposal."""

    company = CompanyLink(source="company_id")
    signed = serializers.CharField(source="digest")

    class Meta:
        model = Signature
        fields = ("uid", "company", "name", "agrees", "reason", "at", "signed")


class ProposalSerializer(FlatSerializer[Proposal]):
    """A version put before both companies, in terms; `to_sign` is the digest that the own company signs."""

    connection = Link("connection")
    company = CompanyLink(source="company_id")
    signatures = SignatureSerializer(many=True, read_only=True)
    to_sign = serializers.SerializerMethodField()

    class Meta:
        model = Proposal
        fields = (
            "uid",
            "connection",
            "side",
            "company",
            "no",
            "state",
            "terms",
            "four_eyes",
            "proposed_by",
            "proposed",
            "note",
            "evidence",
            "live_at",
            "live_until",
            "reason",
            "ended",
            "to_sign",
            "signatures",
        )

    def get_to_sign(self, row: Proposal) -> str:
        """The digest for the company that asks."""
        return row.to_sign(self.context["view"].subject.company)


class RehearsalForm(serializers.Serializer[Any]):
    """How many days to replay."""

    days = serializers.IntegerField(min_value=1, max_value=rehearsals.MOST, required=False, default=rehearsals.DAYS)


class ScheduleForm(serializers.Serializer[Any]):
    """When a version goes live: null = at once; `live_until` closes the window."""

    live_at = serializers.DateTimeField(required=False, default=None, allow_null=True)
    live_until = serializers.DateTimeField(required=False, default=None, allow_null=True)


class ProposeForm(ScheduleForm):
    """A note for the partner, and when to go live; the newest rehearsal of the version is its evidence."""

    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class SignForm(serializers.Serializer[Any]):
    """`to_sign` of the proposal as it was read."""

    to_sign = serializers.RegexField(r"^[0-9a-f]{64}$")


class ReasonForm(serializers.Serializer[Any]):
    """Why; both companies read it."""

    reason = serializers.CharField(max_length=500)


class FourEyesForm(serializers.Serializer[Any]):
    """Where nobody signs what they wrote."""

    four_eyes = serializers.ChoiceField(choices=FOUR_EYES)


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
        return self.answered(drafts.save_draft(by=self.subject, rulebook=book, rules=rules, version=version))

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    @draft.mapping.delete
    def discard(self, request: Request, uid: str) -> Response:
        """Throw the draft away."""
        book = self.get_object()
        drafts.discard_draft(by=self.subject, rulebook=book, version=self.expected(book))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=ProposeForm, responses={201: ProposalSerializer}, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, uid: str) -> Response:
        """Put the draft before both companies."""
        book, form = self.get_object(), self.entered(ProposeForm)
        made = signing.propose(by=self.subject, rulebook=book, version=self.expected(book), **form)
        body = ProposalSerializer(made, context=self.get_serializer_context()).data
        return self.tagged(Response(body, status=status.HTTP_201_CREATED), book.pk)

    @extend_schema(request=ReasonForm, responses=RuleVersionSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: str) -> Response:
        """Take back what is proposed; the version is a draft again."""
        book = self.get_object()
        version, reason = self.expected(book), self.entered(ReasonForm)["reason"]
        return self.answered(signing.withdraw(by=self.subject, rulebook=book, reason=reason, version=version))

    @extend_schema(request=FourEyesForm, responses=RulebookSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["put"], url_path="four-eyes")
    def four_eyes(self, request: Request, uid: str) -> Response:
        """Say where nobody signs what they wrote."""
        book = self.get_object()
        version, chosen = self.expected(book), self.entered(FourEyesForm)["four_eyes"]
        return self.shown(drafts.set_four_eyes(by=self.subject, rulebook=book, four_eyes=chosen, version=version))

    @extend_schema(request=VersionNumber, responses=RuleVersionSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def rollback(self, request: Request, uid: str) -> Response:
        """Put a retired version that both companies signed live again, with the own key alone."""
        book = self.get_object()
        version, no = self.expected(book), self.entered(VersionNumber)["no"]
        return self.answered(golive.rollback(by=self.subject, rulebook=book, no=no, version=version))

    @extend_schema(request=DryRunForm, responses={202: AnswerSerializer})
    @action(detail=True, methods=["post"], url_path="dry-run")
    def dry_run(self, request: Request, uid: str) -> Response:
        """What rules would do with a real item; nothing is written anywhere."""
        book, form = self.get_object(), self.entered(DryRunForm)
        side = visible_to(Side.objects.filter(connection=book.connection_id, side=book.side), self.subject)
        system = side.select_related("system").get().system
        answer = drafts.dry_run(
            by=self.subject,
            rulebook=book,
            system=system,
            record=form["record"],
            rules=self.tried(book, form["rules"]),
        )
        return Response(AnswerSerializer(answer).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=RehearsalForm, responses={202: RehearsalSerializer})
    @action(detail=True, methods=["post"])
    def rehearse(self, request: Request, uid: str) -> Response:
        """Have the open version replayed over what is stored; the answer comes under the rehearsal's uid."""
        book, days = self.get_object(), self.entered(RehearsalForm)["days"]
        made = rehearsals.rehearse(by=self.subject, rulebook=book, days=days)
        body = RehearsalSerializer(made, context=self.get_serializer_context()).data
        return Response(body, status=status.HTTP_202_ACCEPTED)

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
        body = RuleVersionSerializer(version, context=self.get_serializer_context()).data
        return self.tagged(Response(body), version.rulebook_id)

    def tagged(self, response: Response, book: int) -> Response:
        """An answer with the book's new ETag."""
        response["ETag"] = f'"{Rulebook.objects.get(pk=book).version}"'
        return response


class RuleVersionFilter(Narrowing):
    """By rulebook, number or state."""

    rulebook = UUIDFilter(field_name="rulebook__uid")
    no = NumberFilter()
    state = CharFilter()


class ProposalFilter(Narrowing):
    """By connection, side or state."""

    connection = UUIDFilter(field_name="connection__uid")
    side = CharFilter()
    state = CharFilter()


class ProposalViewSet(Noun[Proposal]):
    """What companies propose to each other, in terms; both read it, and each signs for itself."""

    queryset = Proposal.objects.select_related("connection").prefetch_related("signatures")
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilter

    @extend_schema(request=SignForm, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, uid: str) -> Response:
        """The acting company's yes to exactly what was read."""
        row, digest = self.get_object(), self.entered(SignForm)["to_sign"]
        signing.sign(by=self.subject, proposal=row, digest=digest)
        return self.told(row.uid)

    @extend_schema(request=ReasonForm, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, uid: str) -> Response:
        """The acting company's no; the version becomes a draft again."""
        row, reason = self.get_object(), self.entered(ReasonForm)["reason"]
        signing.refuse(by=self.subject, proposal=row, reason=reason)
        return self.told(row.uid)

    @extend_schema(request=ScheduleForm, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    def schedule(self, request: Request, uid: str) -> Response:
        """Choose when it goes live, or try again at once what stayed agreed."""
        row, form = self.get_object(), self.entered(ScheduleForm)
        signing.schedule(by=self.subject, proposal=row, **form)
        return self.told(row.uid)


class RuleVersionViewSet(Noun[RuleVersion]):
    """Versions of one's own company's rulebooks."""

    queryset = RuleVersion.objects.select_related("rulebook")
    serializer_class = RuleVersionSerializer
    filterset_class = RuleVersionFilter
