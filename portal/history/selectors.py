"""Reads of the audit trail."""

from django.db.models import Model

from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.history.models import Deed

SHOWN = 100


def deeds_of(thing: Model, *, subject: Subject) -> list[Deed]:
    """The newest hundred deeds on one object that the subject's companies may read, newest first."""
    rows = Deed.objects.filter(noun=thing._meta.model_name, object_id=thing.pk)
    return list(visible_to(rows, subject).order_by("-id")[:SHOWN])
