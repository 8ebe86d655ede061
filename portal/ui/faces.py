"""The companies that a page may name, by id: told with the subject at the beginning of the request."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from portal.access.subject import NOBODY, Subject

#: degrees between two company colours of tokens.css
STEP = 15


@dataclass(frozen=True, slots=True)
class Face:
    """What pages show of a company: its name and its colour."""

    id: int
    uid: UUID
    name: str
    hue: int
    time_zone: str = "UTC"

    @property
    def css(self) -> str:
        """The class that carries the company's colour."""
        return f"hue-{self.hue % 360 // STEP * STEP}"

    @property
    def initial(self) -> str:
        """The letter that stands in its square."""
        return self.name[:1].upper()


def faces(request: HttpRequest) -> Mapping[int, Face]:
    """Id → face of every company that the request's subject may name, as its standing told. No query."""
    subject: Subject = getattr(request, "subject", NOBODY)
    made: tuple[Subject, dict[int, Face]] | None = getattr(request, "_faces", None)
    if made is None or made[0] is not subject:
        made = subject, {known.id: Face(*known) for known in subject.known}
        request._faces = made  # type: ignore[attr-defined]
    return made[1]
