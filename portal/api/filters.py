"""How lists are narrowed: a query parameter for each filter, all of which must hold."""

from django_filters import BooleanFilter, CharFilter, DateTimeFilter, FilterSet, NumberFilter, UUIDFilter

__all__ = ["BooleanFilter", "CharFilter", "DateTimeFilter", "Narrowing", "NumberFilter", "UUIDFilter"]


class Narrowing(FilterSet):  # type: ignore[misc]
    """The filters of one noun."""
