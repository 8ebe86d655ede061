"""Reads of the register."""

from collections.abc import Iterable

from governance.register.models import Person
from portal.access.subject import Role


def memberships(user_id: int) -> Iterable[tuple[int, Role]]:
    """(company id, role) of every company a user belongs to and is not suspended in."""
    rows = Person.objects.filter(user_id=user_id, suspended=None).values_list("company_id", "role")
    return [(company, Role(role)) for company, role in rows]
