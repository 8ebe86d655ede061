"""What a reader's own role withholds, for the nouns of the API that carry values."""

from typing import Any, Generic, TypeVar

from django.db.models import Model
from rest_framework.serializers import BaseSerializer

from governance.accessmatrix.services.passes import note_use
from portal.access.subject import Subject
from sync.flow.models.facts import Change, Envelope
from sync.flow.models.streams import Probe
from sync.flow.models.writes import Conflict, Intent
from sync.flow.sight import Glass, glass_for
from sync.triage.models import Parked

M = TypeVar("M", bound=Model)


class Seen(Generic[M]):
    """A viewset whose rows go through the reader's glass before they are serialised. One query more, or none."""

    subject: Subject

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        """The serializer of rows without what is withheld; what is read through a pass is noted."""
        glass = glass_for(self.subject) if args else None
        if glass is not None:
            rows = args[0] if kwargs.get("many") else [args[0]]
            rows = list(rows)
            for row in rows:
                shaded(row, glass)
            args = (rows if kwargs.get("many") else rows[0], *args[1:])
            for opening in glass.used.values():
                for thing in {thing.pk: thing for thing in map(thing_of, rows)}.values():
                    note_use(by=self.subject, opening=opening, thing=thing)
        return super().get_serializer(*args, **kwargs)  # type: ignore[misc, no-any-return]


def thing_of(row: Any) -> Model:
    """What a row is about, for history: its case, or the connection of a dry run."""
    thing: Model = row.connection or row.system if isinstance(row, Probe) else row.case
    return thing


def shaded(row: Model, glass: Glass) -> None:
    """One row without what is withheld."""
    if isinstance(row, Change):
        glass.change(row)
    elif isinstance(row, Envelope):
        glass.envelope(row)
    elif isinstance(row, Intent):
        glass.intent(row)
    elif isinstance(row, Conflict):
        glass.conflict(row)
    elif isinstance(row, Parked):
        glass.parked(row)
    elif isinstance(row, Probe):
        glass.probe(row)
