"""A step of the story as its person would take it: in one transaction, behind both walls."""

from collections.abc import Iterator
from contextlib import contextmanager

from portal.access import rls
from portal.access.models import User
from portal.access.standing import subject_of
from portal.access.subject import Subject


@contextmanager
def acting(email: str) -> Iterator[Subject]:
    """One transaction of a person, as a request of theirs would run."""
    user = User.objects.get(email=email)
    with rls.acting(Subject(user.pk, user.name), role=rls.WEB):
        subject = subject_of(user)
        rls.enter(subject.companies, role=rls.WEB, user=user.pk)
        yield subject
