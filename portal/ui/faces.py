"""The companies that a page may name: the register tells them once a request, pages look them up by id."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

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


Faces = Callable[[HttpRequest], Iterable[Face]]
_sources: list[Faces] = []


def register_faces(source: Faces) -> None:
    """The register tells here how to find every company that the request's subject may name."""
    _sources[:] = [source]


def faces(request: HttpRequest) -> Mapping[int, Face]:
    """Id → face of every company that the subject may name; read once a request."""
    known: dict[int, Face] | None = getattr(request, "_faces", None)
    if known is None:
        known = {face.id: face for source in _sources for face in source(request)}
        request._faces = known  # type: ignore[attr-defined]
    return known
