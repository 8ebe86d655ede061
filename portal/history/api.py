"""Deeds in the API."""

from portal.api.filters import CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer
from portal.api.views import Noun
from portal.history.models import Deed


class DeedSerializer(FlatSerializer[Deed]):
    """Who did what to which thing; `digest` covers the row and `previous`."""

    company = CompanyLink(source="company_id")

    class Meta:
        model = Deed
        fields = (
            "uid",
            "company",
            "n",
            "at",
            "actor",
            "verb",
            "noun",
            "object_uid",
            "label",
            "before",
            "after",
            "previous",
            "digest",
        )


class DeedFilter(Narrowing):
    """By thing, noun, verb or actor."""

    object = UUIDFilter(field_name="object_uid")
    noun = CharFilter()
    verb = CharFilter()
    actor = CharFilter()


class DeedViewSet(Noun[Deed]):
    """The audit trail: one's own company's chain, and what partners did to shared things."""

    queryset = Deed.objects.all()
    serializer_class = DeedSerializer
    filterset_class = DeedFilter
