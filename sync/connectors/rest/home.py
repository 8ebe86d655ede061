"""One system's declared interface: its wire, its pages, who we are there."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.core.errors import Missing, Unavailable
from sync.connectors.rest.declared import Declaration, Section
from sync.connectors.rest.shape import Address
from sync.connectors.rest.values import text
from sync.connectors.wire import Wire
from sync.engine.types import Actor

#: pages of one record's comments, files or history; more is a declaration whose paging never ends
MOST_PAGES = 500


@dataclass(frozen=True, slots=True)
class Home:
    """What every verb works with."""

    wire: Wire
    declaration: Declaration

    def get(self, address: Address, **values: str) -> object:
        """The JSON that an address answers with."""
        return self.wire.value("GET", address.of(**values))

    def rows(self, section: Section, **values: str) -> Iterator[object]:
        """All rows of a section's list over its pages, in the order told.

        1. {next} takes what the path `next` led to, {page} counts from 1; 2. without either there is one page;
        3. an empty page or an empty `next` is the end. Raises Unavailable when there is no end.
        """
        address, following = section.addresses["list"], ""
        for number in range(1, MOST_PAGES + 1):
            answer = self.get(address, **values, page=str(number), next=following)
            found = section.paths["rows"].all(answer)
            yield from found
            following = text(section.first("next", answer))
            goes_on = bool(following) if "next" in section.paths else address.has("page") and bool(found)
            if not goes_on:
                return
        raise Unavailable("A list of the system does not end. Check {page} and {next} in its declaration.")

    def item(self, answer: object) -> object:
        """The record in an answer that tells of one. Raises Missing when it is not there."""
        path = self.declaration["records"].paths.get("item")
        found = answer if path is None else path.first(answer)
        if not isinstance(found, dict):
            raise Missing("The system's answer has no record where the declaration says. Check the path “item”.")
        return found

    def record(self, item: object) -> str:
        """A record's id."""
        return text(self.declaration["records"].first("id", item))

    def page(self, record: str) -> str:
        """Where people see a record."""
        template = self.declaration["records"].words.get("web", "")
        return template.replace("{id}", record) if template else self.wire.base_url

    def me(self) -> Actor:
        """Who we are there, where the interface tells; else nobody by name."""
        section = self.declaration["sign_in"]
        if "me" not in section.addresses:
            return Actor("", "")
        answer = self.get(section.addresses["me"])
        found = text(section.first("me_id", answer))
        return Actor(found, text(section.first("me_name", answer)) or found)
