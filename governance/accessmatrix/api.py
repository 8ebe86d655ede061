"""The access matrix in the API: each company reads and sets only its own; passes also who asked for them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.accessmatrix.models import AccessMatrix, AccessPass, Grant
from governance.accessmatrix.services.cells import Cell, set_cells, withdraw
from governance.accessmatrix.services.passes import PassDraft, answer_pass, ask_pass, revoke_pass
from governance.accessmatrix.services.versions import (
    discard_access,
    draft_access,
    enforce_access,
    propose_access,
    sign_access,
    take_back_access,
)
from governance.register.api.narrowing import OfIntegration
from governance.register.models import Company, Integration
from portal.api.filters import CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, EmptySerializer, FlatSerializer, Link
from portal.api.views import IF_MATCH, Noun


class AccessMatrixSerializer(FlatSerializer[AccessMatrix]):
    """One numbered version of one's own company's access matrix."""

    integration = Link("integration")
    company = CompanyLink(source="company_id")

    class Meta:
        model = AccessMatrix
        fields = (
            "uid",
            "integration",
            "company",
            "no",
            "state",
            "proposed",
            "signed",
            "signed_by",
            "live_from",
            "sha256",
            "version",
        )


class AccessDraftForm(serializers.Serializer[Any]):
    """An integration by its uid."""

    integration = serializers.UUIDField()


class AccessCellForm(serializers.Serializer[Any]):
    """One cell; its holder is `grantee`, a party's uid, or `role`: "viewer", "job:service desk agent"."""

    grantee = serializers.UUIDField(required=False)
    role = serializers.CharField(max_length=124, required=False, allow_blank=True, default="")
    term = serializers.CharField(max_length=40)
    level = serializers.ChoiceField(choices=Grant.Level.choices)


class AccessCellsForm(serializers.Serializer[Any]):
    """Cells to set; those not named stay."""

    cells = AccessCellForm(many=True)


class SetSerializer(serializers.Serializer[Any]):
    """How many cells changed."""

    changed = serializers.IntegerField()


class AccessMatrixViewSet(Noun[AccessMatrix]):
    """Versions of one's own access matrices; a partner's are never shown."""

    queryset = AccessMatrix.objects.select_related("integration")
    serializer_class = AccessMatrixSerializer
    filterset_class = OfIntegration
    version = "version"

    @extend_schema(request=AccessDraftForm, responses={201: AccessMatrixSerializer})
    def create(self, request: Request) -> Response:
        """Draft the next version: a copy of what is in force."""
        form = self.entered(AccessDraftForm)
        integration = self.found(Integration.objects.all(), form["integration"], field="integration")
        draft = draft_access(by=self.subject, integration=integration)
        return self.told(draft.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=AccessCellsForm, responses=SetSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def cells(self, request: Request, uid: str) -> Response:
        """Set cells of a draft."""
        row = self.get_object()
        cells = [self.cell(one) for one in self.entered(AccessCellsForm)["cells"]]
        number = set_cells(by=self.subject, matrix=row, cells=cells, version=self.expected(row))
        return Response({"changed": number})

    @extend_schema(request=EmptySerializer, responses=AccessMatrixSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, uid: str) -> Response:
        """Lay a draft before the company's accountable person."""
        row = self.get_object()
        propose_access(by=self.subject, matrix=row, version=self.expected(row))
        return self.told(row.uid)

    @extend_schema(request=EmptySerializer, responses=AccessMatrixSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, uid: str) -> Response:
        """Sign a proposed version, which puts it in force."""
        row = self.get_object()
        sign_access(by=self.subject, matrix=row, version=self.expected(row))
        return self.told(row.uid)

    @extend_schema(request=EmptySerializer, responses=AccessMatrixSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, uid: str) -> Response:
        """Back to a draft."""
        row = self.get_object()
        take_back_access(by=self.subject, matrix=row, version=self.expected(row))
        return self.told(row.uid)

    @extend_schema(request=EmptySerializer, responses=AccessMatrixSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def enforce(self, request: Request, uid: str) -> Response:
        """Put a signed version in force."""
        row = self.get_object()
        enforce_access(by=self.subject, matrix=row, version=self.expected(row))
        return self.told(row.uid)

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    def destroy(self, request: Request, uid: str) -> Response:
        """Throw a draft away."""
        row = self.get_object()
        discard_access(by=self.subject, matrix=row, version=self.expected(row))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def cell(self, form: dict[str, Any]) -> Cell:
        """An entered cell as the service takes it."""
        grantee = form.get("grantee")
        partner = self.found(Company.objects.all(), grantee, field="grantee").pk if grantee else None
        return Cell(partner, form["term"], form["level"], form["role"])


class GrantSerializer(FlatSerializer[Grant]):
    """One cell: what one's own company lets a partner, or a role of its own, do with one term."""

    integration = Link("integration")
    company = CompanyLink(source="company_id")
    grantee = CompanyLink(source="grantee_id", allow_null=True)
    no = serializers.IntegerField(source="matrix.no")
    state = serializers.CharField(source="matrix.state")

    class Meta:
        model = Grant
        fields = (
            "uid",
            "integration",
            "company",
            "no",
            "state",
            "grantee",
            "role",
            "term",
            "level",
            "lowered",
            "changed",
        )


class WithdrawalForm(serializers.Serializer[Any]):
    """A cell in force that is to grant less from now on; its holder is `grantee`, a party's uid, or `role`."""

    integration = serializers.UUIDField()
    grantee = serializers.UUIDField(required=False)
    role = serializers.CharField(max_length=124, required=False, allow_blank=True, default="")
    term = serializers.CharField(max_length=40)
    level = serializers.ChoiceField(choices=Grant.Level.choices)


class GrantFilter(Narrowing):
    """By integration, version's state, grantee, role, term or level."""

    integration = UUIDFilter(field_name="integration__uid")
    state = CharFilter(field_name="matrix__state")
    grantee = UUIDFilter(field_name="grantee__uid")
    role = CharFilter()
    term = CharFilter()
    level = CharFilter()


class GrantViewSet(Noun[Grant]):
    """The cells of one's own company's access matrices, one a row."""

    queryset = Grant.objects.select_related("integration", "matrix")
    serializer_class = GrantSerializer
    filterset_class = GrantFilter

    @extend_schema(request=WithdrawalForm, responses=SetSerializer)
    @action(detail=False, methods=["post"])
    def withdraw(self, request: Request) -> Response:
        """Take back at once what a cell in force grants. Granting more needs the next version and its signature."""
        form = self.entered(WithdrawalForm)
        integration = self.found(Integration.objects.all(), form["integration"], field="integration")
        grantee = form.get("grantee")
        partner = self.found(Company.objects.all(), grantee, field="grantee").pk if grantee else None
        cell = Cell(partner, form["term"], form["level"], form["role"])
        return Response({"changed": withdraw(by=self.subject, integration=integration, cells=[cell])})


class AccessPassSerializer(FlatSerializer[AccessPass]):
    """Access for a time: to whose content, for whom, why, and what was answered."""

    integration = Link("integration")
    company = CompanyLink(source="company_id")
    asker = CompanyLink(source="asker_id")

    class Meta:
        model = AccessPass
        fields = (
            "uid",
            "integration",
            "company",
            "asker",
            "name",
            "term",
            "level",
            "reason",
            "starts",
            "ends",
            "state",
            "asked",
            "answered",
            "answered_by",
            "revoked",
        )


class AccessPassForm(serializers.Serializer[Any]):
    """What is asked for; `company` is whose content, `term` empty = every term."""

    integration = serializers.UUIDField()
    company = serializers.UUIDField()
    term = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    level = serializers.ChoiceField(choices=Grant.Level.choices, default=Grant.Level.READ)
    reason = serializers.CharField(max_length=300)
    starts = serializers.DateTimeField(required=False)
    ends = serializers.DateTimeField()


class PassAnswerForm(serializers.Serializer[Any]):
    """Yes or no."""

    approve = serializers.BooleanField()


class AccessPassViewSet(Noun[AccessPass]):
    """Passes that one's company gave, is asked for, or has."""

    queryset = AccessPass.objects.select_related("integration")
    serializer_class = AccessPassSerializer
    filterset_class = OfIntegration

    @extend_schema(request=AccessPassForm, responses={201: AccessPassSerializer})
    def create(self, request: Request) -> Response:
        """Ask for access for oneself; an administrator of `company` approves it."""
        form = self.entered(AccessPassForm)
        integration = self.found(Integration.objects.all(), form["integration"], field="integration")
        company = self.found(Company.objects.all(), form["company"], field="company")
        draft = PassDraft(company.pk, form["ends"], form["reason"], form["term"], form["level"], form.get("starts"))
        made = ask_pass(by=self.subject, integration=integration, draft=draft)
        return self.told(made.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=PassAnswerForm, responses=AccessPassSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, uid: str) -> Response:
        """Approve or refuse what was asked for."""
        row = self.get_object()
        answer_pass(by=self.subject, access=row, approve=self.entered(PassAnswerForm)["approve"])
        return self.told(row.uid)

    @extend_schema(request=EmptySerializer, responses=AccessPassSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, uid: str) -> Response:
        """End a pass at once."""
        row = self.get_object()
        revoke_pass(by=self.subject, access=row)
        return self.told(row.uid)
