"""What the frame around every page needs, read only when the page shows it."""

from functools import cached_property

from django.http import HttpRequest

from portal.access.subject import NOBODY, Role, Subject
from portal.ui import navigation
from portal.ui.faces import Face, faces


class Frame:
    """The frame of one request; nothing here queries before a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.subject: Subject = getattr(request, "subject", NOBODY)

    @cached_property
    def marks(self) -> navigation.Marks:
        """Numbers beside the places, and the last answer of a tracker."""
        return navigation.marks(self.request)

    @cached_property
    def places(self) -> list[navigation.Place]:
        """The rail."""
        return navigation.places(self.request.path, self.marks)

    @cached_property
    def company(self) -> Face | None:
        """The company acted for."""
        return faces(self.request).get(self.subject.company)

    @cached_property
    def companies(self) -> list[Face]:
        """All companies the subject belongs to, by name."""
        known = faces(self.request)
        own = [known[company] for company in self.subject.companies if company in known]
        return sorted(own, key=lambda face: face.name)

    @cached_property
    def role(self) -> Role | None:
        """The role in the company acted for."""
        return self.subject.role(self.subject.acting)


def frame(request: HttpRequest) -> dict[str, object]:
    """The subject and the frame, for templates."""
    return {"subject": getattr(request, "subject", NOBODY), "frame": Frame(request)}
