"""Intents and conflicts in the API."""

from rest_framework import serializers

from portal.api.filters import BooleanFilter, CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer, Link
from portal.api.views import Noun
from sync.flow.api.cases import case_name
from sync.flow.api.seen import Seen
from sync.flow.models.writes import Conflict, Intent


class IntentSerializer(FlatSerializer[Intent]):
    """One promised write; what stood before and after only where it was written to one's own system."""

    case = Link("case", title=case_name)
    connection = Link("connection")
    company = CompanyLink(source="company_id")
    before = serializers.JSONField(source="journal.before", default=None)
    after = serializers.JSONField(source="journal.after", default=None)

    class Meta:
        model = Intent
        fields = (
            "uid",
            "case",
            "connection",
            "company",
            "op",
            "subject",
            "state",
            "before",
            "after",
            "at",
            "settled",
            "proven",
        )


class IntentFilter(Narrowing):
    """By case, connection, operation, state, or whether recognised in the tracker's history."""

    case = UUIDFilter(field_name="case__uid")
    connection = UUIDFilter(field_name="connection__uid")
    op = CharFilter()
    state = CharFilter()
    proven = BooleanFilter()


class IntentViewSet(Seen[Intent], Noun[Intent]):
    """Writes to the systems of cases that one's company has part in."""

    queryset = Intent.objects.select_related("case", "connection", "journal")
    serializer_class = IntentSerializer
    filterset_class = IntentFilter


class ConflictSerializer(FlatSerializer[Conflict]):
    """A value of one's own that lost."""

    case = Link("case", title=case_name)
    connection = Link("connection")
    company = CompanyLink(source="company_id")

    class Meta:
        model = Conflict
        fields = ("uid", "case", "connection", "company", "term", "lost", "why", "at", "seen_by")


class ConflictFilter(Narrowing):
    """By case, connection or term."""

    case = UUIDFilter(field_name="case__uid")
    connection = UUIDFilter(field_name="connection__uid")
    term = CharFilter()


class ConflictViewSet(Seen[Conflict], Noun[Conflict]):
    """Values of one's own company that lost against the other side's."""

    queryset = Conflict.objects.select_related("case", "connection")
    serializer_class = ConflictSerializer
    filterset_class = ConflictFilter
