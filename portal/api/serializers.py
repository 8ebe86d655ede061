"""Flat JSON: what belongs to a thing, and what it is related to as {uid, name, url}."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from portal.ui.faces import faces

M = TypeVar("M", bound=Model)


class FlatSerializer(serializers.ModelSerializer[M]):
    """Reads one noun; `?fields=` keeps only those named, and always the uid."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The fields that are asked for."""
        only = self.context.get("only") or frozenset()
        fields = super().get_fields()
        return {name: field for name, field in fields.items() if not only or name in only | {"uid"}}


class LinkSerializer(serializers.Serializer[Any]):
    """How a related thing is named."""

    uid = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.URLField()


@extend_schema_field(LinkSerializer(allow_null=True))
class Link(serializers.Field[Any, Any, dict[str, str], Any]):
    """A related thing, or null when there is none or it is not the reader's to see."""

    def __init__(self, noun: str, *, title: Callable[[Any], str] = str, **kwargs: Any) -> None:
        self.noun, self.title = noun, title
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> Any:
        """The related thing; row-level security may have hidden it."""
        try:
            return super().get_attribute(instance)
        except ObjectDoesNotExist:
            return None

    def to_representation(self, value: Any) -> dict[str, str]:
        """Its uid, name and address."""
        return named(self, self.noun, value.uid, self.title(value))


@extend_schema_field(LinkSerializer(many=True))
class Links(serializers.Field[Any, Any, list[dict[str, str]], Any]):
    """Related things that were prefetched through the guard."""

    def __init__(self, noun: str, **kwargs: Any) -> None:
        self.noun = noun
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> list[dict[str, str]]:
        """Their uids, names and addresses."""
        return [named(self, self.noun, one.uid, str(one)) for one in value.all()]


@extend_schema_field(LinkSerializer(allow_null=True))
class CompanyLink(serializers.Field[Any, Any, dict[str, str] | None, Any]):
    """A company by its id, or null when the reader may not know it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: int) -> dict[str, str] | None:
        """Its uid, name and address."""
        return company(self, value)


@extend_schema_field(LinkSerializer(many=True))
class CompanyLinks(serializers.Field[Any, Any, list[dict[str, str]], Any]):
    """The companies of an array of ids that the reader may know."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: list[int]) -> list[dict[str, str]]:
        """Their uids, names and addresses."""
        return [link for link in (company(self, one) for one in value) if link]


def company(field: serializers.Field[Any, Any, Any, Any], key: int) -> dict[str, str] | None:
    """A company as a link; all that the reader may know are read once a request."""
    face = faces(field.context["request"]._request).get(key)
    return named(field, "company", face.uid, face.name) if face else None


def named(field: serializers.Field[Any, Any, Any, Any], noun: str, uid: object, name: str) -> dict[str, str]:
    """One link."""
    url = reverse(f"api-{noun}-detail", kwargs={"uid": uid}, request=field.context.get("request"))
    return {"uid": str(uid), "name": name, "url": url}


class ReasonSerializer(serializers.Serializer[Any]):
    """Why something is done."""

    reason = serializers.CharField(max_length=300)


class EmptySerializer(serializers.Serializer[Any]):
    """Nothing is entered."""
