"""The disclosure register in the API."""

from typing import Any

from rest_framework import serializers

from portal.api.filters import CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer, Link
from portal.api.views import Noun
from sync.flow.models.disclosed import Disclosed


class DisclosedSerializer(FlatSerializer[Disclosed]):
    """One term that left one side of a connection: how often, for how many cases, first and last; no value."""

    connection = Link("connection")
    sender: serializers.Field[Any, Any, Any, Any] = CompanyLink(source="sender_id")
    receiver: serializers.Field[Any, Any, Any, Any] = CompanyLink(source="receiver_id")

    class Meta:
        model = Disclosed
        fields = ("uid", "connection", "side", "sender", "receiver", "term", "cases", "times", "first", "last")


class DisclosedFilter(Narrowing):
    """By connection, integration, side, company or term."""

    connection = UUIDFilter(field_name="connection__uid")
    integration = UUIDFilter(field_name="connection__integration__uid")
    sender = UUIDFilter(field_name="sender__uid")
    receiver = UUIDFilter(field_name="receiver__uid")
    side = CharFilter()
    term = CharFilter()


class DisclosedViewSet(Noun[Disclosed]):
    """What one's company let partners read, and they let it read."""

    queryset = Disclosed.objects.select_related("connection")
    serializer_class = DisclosedSerializer
    filterset_class = DisclosedFilter
