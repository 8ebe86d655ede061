"""Changes, envelopes and withheld terms in the API."""

from rest_framework import serializers

from portal.api.filters import BooleanFilter, CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer, Link
from portal.api.views import ListedNoun, Noun
from sync.flow.api.cases import case_name
from sync.flow.api.seen import Seen
from sync.flow.models.facts import Change, Envelope, Withheld


class ChangeSerializer(FlatSerializer[Change]):
    """One observed change of one of one's own items, with its values and its end."""

    case = Link("case", title=case_name)
    item = Link("item")
    actor = serializers.CharField(source="content.actor", default="")
    old = serializers.JSONField(source="content.old", default=None)
    new = serializers.JSONField(source="content.new", default=None)

    class Meta:
        model = Change
        fields = (
            "uid",
            "case",
            "item",
            "field",
            "seq",
            "actor",
            "old",
            "new",
            "occurred",
            "seen",
            "observed",
            "private",
            "disposition",
            "disposed",
            "cause",
        )


class ChangeFilter(Narrowing):
    """By case, item, field, disposition, or whether private."""

    case = UUIDFilter(field_name="case__uid")
    item = UUIDFilter(field_name="item__uid")
    field = CharFilter()
    disposition = CharFilter()
    private = BooleanFilter()


class ChangeViewSet(Seen[Change], Noun[Change]):
    """Changes of one's own items; values that one's role withholds are not told."""

    queryset = Change.objects.select_related("case", "item", "content")
    serializer_class = ChangeSerializer
    filterset_class = ChangeFilter


class EnvelopeSerializer(FlatSerializer[Envelope]):
    """What one side let the other read, in terms."""

    case = Link("case", title=case_name)
    connection = Link("connection")
    sender = CompanyLink(source="from_company")
    receiver = CompanyLink(source="to_company")
    body = serializers.JSONField(source="content.body", default=None)

    class Meta:
        model = Envelope
        fields = (
            "uid",
            "case",
            "connection",
            "side",
            "sender",
            "receiver",
            "no",
            "terms",
            "parts",
            "body",
            "sha256",
            "occurred",
            "sealed",
            "applied",
        )


class EnvelopeFilter(Narrowing):
    """By case, connection, side, or whether applied."""

    case = UUIDFilter(field_name="case__uid")
    connection = UUIDFilter(field_name="connection__uid")
    side = CharFilter()
    applied = BooleanFilter(field_name="applied", lookup_expr="isnull", exclude=True)


class EnvelopeViewSet(Seen[Envelope], Noun[Envelope]):
    """Envelopes that one's company sent or was sent; values that one's role withholds are not told."""

    queryset = Envelope.objects.select_related("case", "connection", "content")
    serializer_class = EnvelopeSerializer
    filterset_class = EnvelopeFilter


class WithheldSerializer(FlatSerializer[Withheld]):
    """A term of one's own that did not leave, and why; never its value."""

    case = Link("case", title=case_name)
    connection = Link("connection")
    company = CompanyLink(source="company_id")

    class Meta:
        model = Withheld
        fields = ("case", "connection", "company", "term", "reason", "first", "last", "times")


class WithheldFilter(Narrowing):
    """By case, connection or term."""

    case = UUIDFilter(field_name="case__uid")
    connection = UUIDFilter(field_name="connection__uid")
    term = CharFilter()


class WithheldViewSet(ListedNoun[Withheld]):
    """What one's own company did not let out."""

    queryset = Withheld.objects.select_related("case", "connection")
    serializer_class = WithheldSerializer
    filterset_class = WithheldFilter
