"""One account's custom fields and statuses, asked once and kept for a while."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.core import clock
from portal.core.errors import Missing, Rejected
from sync.connectors.wire import Wire
from sync.connectors.zendesk.fields import (
    CLOSED,
    STATUSES,
    CustomField,
    Status,
    custom_fields,
    statuses,
)
from sync.connectors.zendesk.paging import pages
from sync.connectors.zendesk.people import API
from sync.connectors.zendesk.shapes import rows

#: options and statuses change rarely; a new one that a ticket shows is asked for at once
LIFE = timedelta(minutes=10)
SOON = timedelta(seconds=5)


@dataclass(slots=True)
class Catalogue:
    """What the administrators of the account set up."""

    wire: Wire
    fields: dict[str, CustomField] = field(default_factory=dict)
    statuses: tuple[Status, ...] = ()
    at: datetime | None = None

    def current(self, life: timedelta = LIFE) -> "Catalogue":
        """Itself, asked again when older than `life`."""
        if self.at is None or clock.now() - self.at > life:
            given = [
                one
                for answer in pages(self.wire, f"{API}/ticket_fields", {})
                for one in rows(answer.get("ticket_fields"))
            ]
            self.fields, self.statuses = custom_fields(given), self._statuses()
            self.at = clock.now()
        return self

    def _statuses(self) -> tuple[Status, ...]:
        try:
            answer = self.wire.json("GET", f"{API}/custom_statuses")
        except (Missing, Rejected):
            # an account whose plan or switch has none; base statuses are all there is
            return ()
        return statuses(rows(answer.get("custom_statuses")))

    def known(self, number: str) -> "Catalogue":
        """Itself, asked again when a ticket shows a custom status that was made a moment ago."""
        if number and self.statuses and not any(str(one.id) == number for one in self.statuses):
            return self.current(SOON)
        return self

    def status_name(self, base: str, number: str = "") -> str:
        """The name that agents see. `base` is the ticket's status, `number` its custom status id."""
        if not self.statuses or base == "deleted":
            return base
        if base == CLOSED:
            return CLOSED.capitalize()
        for one in self.statuses:
            if number == str(one.id):
                return one.name
        for one in self.statuses:
            if one.category == base and one.default:
                return one.name
        return base

    def status_of(self, number: str) -> str:
        """The name of a custom status by id, as audits give it; "" for none."""
        for one in self.known(number).statuses:
            if number == str(one.id):
                return one.name
        return ""

    def status_keys(self, name: str) -> dict[str, object]:
        """The keys that set a status by its name. Raises Rejected for a name that there is not."""
        if name.lower() == CLOSED or (not self.statuses and name in STATUSES):
            return {"status": name.lower()}
        for one in self.statuses:
            if one.name == name and one.active:
                # the base name is enough for a default, and works where custom statuses are switched off
                return {"status": one.category} if one.default else {"custom_status_id": one.id}
        raise Rejected("Zendesk has no active status of this name. Map it in the rulebook.", field="status")

    def status_names(self) -> tuple[str, ...]:
        """All statuses that can be chosen, in the order of a ticket's life, closed last."""
        if not self.statuses:
            return STATUSES
        return (*(one.name for one in self.statuses if one.active), CLOSED.capitalize())

    def moves(self) -> tuple[tuple[str, str], ...]:
        """Any status may follow any other; there is no way back to new and none out of closed."""
        new = {one.name for one in self.statuses if one.category == "new"} or {"new"}
        names = self.status_names()
        return tuple(
            (old, to)
            for old in names
            for to in names
            if old != to and old.lower() != CLOSED and (to not in new or old in new)
        )

    def field_tags(self) -> frozenset[str]:
        """The tags that fields put on tickets; they are the fields' values and not labels."""
        return frozenset().union(*(one.tags for one in self.fields.values()))
