"""Cases and their items in the API."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Side, System
from portal.access.guard import visible_to
from portal.api.filters import BooleanFilter, CharFilter, DateTimeFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer, Link, Links
from portal.api.views import Noun
from sync.flow.models.cases import Case, Item


def case_name(case: Case) -> str:
    """What a case is called where only its uid may be told."""
    return f"Case {str(case.uid)[:8]}"


class CaseSerializer(FlatSerializer[Case]):
    """One matter over several trackers: its items as far as one may see them."""

    items = Links("item")

    class Meta:
        model = Case
        fields = ("uid", "state", "created", "touched", "items")


class HopSerializer(serializers.Serializer[Any]):
    """Two items of a case that one connection keeps in step."""

    connection = Link("connection")
    a = Link("item")
    b = Link("item")


class CaseFilter(Narrowing):
    """By state or time."""

    state = CharFilter()
    touched_after = DateTimeFilter(field_name="touched", lookup_expr="gte")
    touched_before = DateTimeFilter(field_name="touched", lookup_expr="lt")


class CaseViewSet(Noun[Case]):
    """Cases that one's company has part in."""

    queryset = Case.objects.all()
    serializer_class = CaseSerializer
    filterset_class = CaseFilter

    def get_queryset(self) -> QuerySet[Case]:
        """With the items that one may see."""
        items = visible_to(Item.objects.order_by("created", "pk"), self.subject)
        return super().get_queryset().prefetch_related(Prefetch("items", items))

    @extend_schema(responses=HopSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def chain(self, request: Request, uid: str) -> Response:
        """The connections between the case's items, hop by hop, as far as one may see them."""
        case = self.get_object()
        items = {item.system_id: item for item in case.items.all()}
        sides = visible_to(Side.objects.filter(system__in=items), self.subject).select_related("connection")
        ends: dict[int, list[Side]] = {}
        for side in sides.order_by("connection__position", "connection_id", "side"):
            ends.setdefault(side.connection_id, []).append(side)
        hops = [
            {"connection": pair[0].connection, "a": items[pair[0].system_id], "b": items[pair[1].system_id]}
            for pair in ends.values()
            if len(pair) == 2
        ]
        return Response(HopSerializer(hops, many=True, context=self.get_serializer_context()).data)


class ItemSerializer(FlatSerializer[Item]):
    """One tracker's item; of a partner's item its label and link."""

    case = Link("case", title=case_name)
    company = CompanyLink(source="company_id")
    system = Link("system")

    class Meta:
        model = Item
        fields = ("uid", "case", "company", "system", "record", "kind", "label", "url", "gone", "read_at", "created")


class ItemFilter(Narrowing):
    """By case, system, record, label, or whether gone from the tracker."""

    case = UUIDFilter(field_name="case__uid")
    system = UUIDFilter(field_name="system__uid")
    record = CharFilter()
    label = CharFilter()
    gone = BooleanFilter(field_name="gone", lookup_expr="isnull", exclude=True)


class ItemViewSet(Noun[Item]):
    """Items of one's own systems and their twins at partners."""

    queryset = Item.objects.select_related("case")
    serializer_class = ItemSerializer
    filterset_class = ItemFilter

    def get_queryset(self) -> QuerySet[Item]:
        """With the systems that are one's own."""
        own = visible_to(System.objects.all(), self.subject)
        return super().get_queryset().prefetch_related(Prefetch("system", own))
