"""Filters that nouns of an integration have in common."""

from portal.api.filters import CharFilter, Narrowing, UUIDFilter


class OfIntegration(Narrowing):
    """By integration or state."""

    integration = UUIDFilter(field_name="integration__uid")
    state = CharFilter()
