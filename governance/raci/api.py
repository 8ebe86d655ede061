"""The RACI in the API: versions, their activities, holders and letters, and one's notices."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.raci.models import Activity, Column, Duty, Matrix, Notice
from governance.raci.papers import Paper
from governance.raci.rules import findings
from governance.raci.selectors import notices_of, paper_of
from governance.raci.services.cells import save_cells
from governance.raci.services.matrices import (
    discard_matrix,
    draft_matrix,
    propose_matrix,
    sign_matrix,
    withdraw_matrix,
)
from governance.raci.services.notices import read_notice, settle_notice
from governance.register.api.narrowing import OfIntegration
from governance.register.models import Integration
from portal.api.filters import CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, EmptySerializer, FlatSerializer, Link
from portal.api.views import IF_MATCH, ListedNoun, Noun
from portal.core.errors import BadInput


class MatrixSerializer(FlatSerializer[Matrix]):
    """One numbered version of an integration's RACI."""

    integration = Link("integration")

    class Meta:
        model = Matrix
        fields = ("uid", "integration", "no", "state", "proposed", "signed", "version")


class MatrixForm(serializers.Serializer[Any]):
    """Whose next RACI is drafted."""

    integration = serializers.UUIDField()


class CellForm(serializers.Serializer[Any]):
    """The letters of one cell: an activity's key, a holder's uid, for example "RA"; "" clears it."""

    activity = serializers.SlugField()
    holder = serializers.UUIDField()
    letters = serializers.CharField(max_length=20, allow_blank=True)


class CellsForm(serializers.Serializer[Any]):
    """Cells to set; those not named stay."""

    cells = CellForm(many=True, allow_empty=False)


class FindingSerializer(serializers.Serializer[Any]):
    """What the checks found."""

    kind = serializers.CharField()
    sentence = serializers.CharField()
    activity = serializers.CharField(source="row")
    blocks = serializers.BooleanField()


class MatrixViewSet(Noun[Matrix]):
    """Matrices of the integrations of one's company."""

    queryset = Matrix.objects.select_related("integration")
    serializer_class = MatrixSerializer
    filterset_class = OfIntegration
    version = "version"

    @extend_schema(request=MatrixForm, responses={201: MatrixSerializer})
    def create(self, request: Request) -> Response:
        """Draft the next version, from the signed one or the guide's activities."""
        uid = self.entered(MatrixForm)["integration"]
        integration = self.found(Integration.objects.all(), uid, field="integration")
        return self.told(draft_matrix(by=self.subject, integration=integration).uid, code=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    def destroy(self, request: Request, uid: str) -> Response:
        """Throw a draft away."""
        matrix = self.get_object()
        discard_matrix(by=self.subject, matrix=matrix, version=self.expected(matrix))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=CellsForm, responses=MatrixSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def cells(self, request: Request, uid: str) -> Response:
        """Set cells of a draft: all of them or, when one cannot be taken, none."""
        matrix = self.get_object()
        version, form = self.expected(matrix), self.entered(CellsForm)["cells"]
        holders = keys_of(paper_of(matrix, by=self.subject))
        strange = [str(one["holder"]) for one in form if str(one["holder"]) not in holders]
        if strange:
            raise BadInput("The RACI was not saved.", fields={"holder": f"No holder of it has the uid {strange[0]}."})
        cells = {(one["activity"], holders[str(one["holder"])]): one["letters"] for one in form}
        save_cells(by=self.subject, matrix=matrix, cells=cells, version=version)
        return self.told(matrix.uid)

    @extend_schema(request=EmptySerializer, responses=MatrixSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, uid: str) -> Response:
        """Lay a draft before the parties."""
        matrix = self.get_object()
        return self.told(propose_matrix(by=self.subject, matrix=matrix, version=self.expected(matrix)).uid)

    @extend_schema(request=EmptySerializer, responses=MatrixSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: str) -> Response:
        """Make a proposal a draft again."""
        matrix = self.get_object()
        return self.told(withdraw_matrix(by=self.subject, matrix=matrix, version=self.expected(matrix)).uid)

    @extend_schema(request=EmptySerializer, responses=MatrixSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, uid: str) -> Response:
        """One's company's signature, by its accountable person, under what If-Match names."""
        matrix = self.get_object()
        return self.told(sign_matrix(by=self.subject, matrix=matrix, version=self.expected(matrix)).uid)

    @extend_schema(request=None, responses=FindingSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def findings(self, request: Request, uid: str) -> Response:
        """What the checks find today: no A, no R, vacancies, too much for one holder."""
        found = findings(paper_of(self.get_object(), by=self.subject).frozen)
        return Response(FindingSerializer(found, many=True).data)


def keys_of(paper: Paper) -> dict[str, str]:
    """Uid of a column → the holder's key."""
    return {str(column.uid): key for key, column in paper.columns.items()}


class ActivitySerializer(FlatSerializer[Activity]):
    """One activity of a version."""

    matrix = Link("matrix")

    class Meta:
        model = Activity
        fields = ("uid", "matrix", "key", "label", "step", "scope", "position")


class InsideFilter(Narrowing):
    """By version."""

    matrix = UUIDFilter(field_name="matrix__uid")


class ActivityViewSet(Noun[Activity]):
    """Rows of matrices."""

    queryset = Activity.objects.select_related("matrix")
    serializer_class = ActivitySerializer
    filterset_class = InsideFilter


class HolderSerializer(FlatSerializer[Column]):
    """One holder of a version: a person, a role, a team or a company."""

    matrix = Link("matrix")
    company = CompanyLink(source="company_id")

    class Meta:
        model = Column
        fields = ("uid", "matrix", "company", "kind", "role", "name", "job", "position")


class HolderViewSet(Noun[Column]):
    """Columns of matrices."""

    queryset = Column.objects.select_related("matrix")
    serializer_class = HolderSerializer
    filterset_class = InsideFilter


class DutySerializer(FlatSerializer[Duty]):
    """One letter in one cell."""

    matrix = Link("matrix")
    activity = Link("activity")
    holder = Link("holder", source="column")

    class Meta:
        model = Duty
        fields = ("uid", "matrix", "activity", "holder", "letter")


class DutyFilter(InsideFilter):
    """By version, activity or letter."""

    activity = CharFilter(field_name="activity__key")
    letter = CharFilter()


class DutyViewSet(ListedNoun[Duty]):
    """Letters of matrices."""

    queryset = Duty.objects.select_related("matrix", "activity", "column")
    serializer_class = DutySerializer
    filterset_class = DutyFilter


class NoticeSerializer(FlatSerializer[Notice]):
    """What one was told, and why."""

    integration = Link("integration")
    connection = Link("connection")

    class Meta:
        model = Notice
        fields = ("uid", "integration", "connection", "event", "letter", "what", "why", "since", "read", "done")


class NoticeFilter(Narrowing):
    """By event class or integration."""

    event = CharFilter()
    integration = UUIDFilter(field_name="integration__uid")


class NoticeViewSet(Noun[Notice]):
    """Notices sent to the signed-in person."""

    queryset = Notice.objects.select_related("integration", "connection")
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter

    def get_queryset(self) -> QuerySet[Notice]:
        """One's own only, done ones too."""
        return notices_of(self.subject, done=True)

    @extend_schema(request=EmptySerializer, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, uid: str) -> Response:
        """Say that one has looked at it: it no longer escalates."""
        notice = self.get_object()
        read_notice(by=self.subject, notice=notice)
        return self.told(notice.uid)

    @extend_schema(request=EmptySerializer, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, uid: str) -> Response:
        """Say that what happened is done; what still is so is done by itself when it is over."""
        notice = self.get_object()
        settle_notice(by=self.subject, notice=notice)
        return self.told(notice.uid)
