"""The people of the tests: each with a company, a subject and a browser behind both walls."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client

from governance.register.models import Company, Person
from portal.access import rls
from portal.access.models import User
from portal.access.standing import subject_of
from portal.access.subject import Role, Subject
from tests import factories


class WalledClient(Client):
    """Django's test client; after each answer the connection is the owner's again.

    A request's role and companies end with its transaction. Inside a test's own transaction they would stay.
    """

    def request(self, **request: Any) -> Any:
        """One request and its answer."""
        try:
            return super().request(**request)
        finally:
            rls.leave()


@dataclass(frozen=True, slots=True)
class Character:
    """One person of a test."""

    user: User
    person: Person
    company: Company
    subject: Subject
    #: signed in by session
    client: WalledClient

    def api(self, *, write: bool = True) -> WalledClient:
        """A client with a fresh API token of this person's company."""
        secret = factories.token(self.user, self.company, write=write)
        return WalledClient(headers={"authorization": f"Bearer {secret}"})


def character(name: str, company: Company, role: Role) -> Character:
    """Somebody of a company in a role, signed in."""
    user = factories.user(name)
    person = factories.person(company, name, role=role, signs_in_as=user)
    client = WalledClient()
    client.force_login(user, backend="portal.access.backend.Backend")
    return Character(user, person, company, subject_of(user), client)


@contextmanager
def as_subject(subject: Subject, *, role: str = rls.WEB) -> Iterator[Subject]:
    """A block behind both walls, as a request of this subject would run; the owner again afterwards."""
    try:
        with transaction.atomic():
            rls.enter(subject.companies, role=role, user=subject.user_id)
            yield subject
    finally:
        rls.leave()
