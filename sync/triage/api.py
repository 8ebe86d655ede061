"""Parked work in the API."""

from portal.api.filters import CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer, Link
from portal.api.views import Noun
from sync.flow.api.cases import case_name
from sync.triage.models import Parked


class ParkedSerializer(FlatSerializer[Parked]):
    """One thing that waits for a person; `sentence` says what to do."""

    case = Link("case", title=case_name)
    connection = Link("connection")
    system = Link("system")
    company = CompanyLink(source="company_id")

    class Meta:
        model = Parked
        fields = (
            "uid",
            "case",
            "connection",
            "system",
            "company",
            "subject",
            "code",
            "sentence",
            "state",
            "attempts",
            "first",
            "last",
            "settled_by",
            "reason",
        )


class ParkedFilter(Narrowing):
    """By case, system, state, code or cause."""

    case = UUIDFilter(field_name="case__uid")
    system = UUIDFilter(field_name="system__uid")
    state = CharFilter()
    code = CharFilter()
    fingerprint = CharFilter()


class ParkedViewSet(Noun[Parked]):
    """Work that waits for somebody of one's own company."""

    queryset = Parked.objects.select_related("case", "connection", "system")
    serializer_class = ParkedSerializer
    filterset_class = ParkedFilter
