"""Invitations: mailed, taken up once by who holds the link, sent again, taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db.models import F
from django.urls import reverse
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from governance.register.models import Company, Integration, Invitation, Party, Person
from governance.register.services.invitations import (
    MOST_A_DAY,
    invite_company,
    invite_person,
    resend_invitation,
    revoke_invitation,
)
from governance.register.services.people import PersonDraft, add_person, suspend_person
from portal.access.models import User
from portal.access.standing import subject_of
from portal.access.subject import Role
from portal.core import clock
from portal.core.errors import BadInput, Denied
from tests import factories
from tests.characters import Character, WalledClient, as_subject
from tests.governance.deeds import verbs
from tests.story import Story

PASSWORD = "a long sentence 99"
HOUSE = {
    "company_name": "Nord AG",
    "siam_role": "provider",
    "time_zone": "Europe/Berlin",
    "name": "Nora Nord",
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.fixture(autouse=True)
def _calm() -> None:
    """Nobody has knocked yet."""
    cache.clear()


class Letters:
    """What was mailed, and the links in it."""

    def __init__(self, run: DjangoCaptureOnCommitCallbacks) -> None:
        self.run = run

    def company(
        self, who: Character, email: str = "nora@nord.example", integration: Integration | None = None
    ) -> str:
        """A company is invited; the link's path."""
        with self.run(execute=True), as_subject(who.subject) as by:
            invite_company(by=by, email=email, integration=integration)
        return self.link()

    def person(self, who: Character, email: str = "petra@aster.example") -> str:
        """A person is added and invited; the link's path."""
        with self.run(execute=True), as_subject(who.subject) as by:
            invite_person(by=by, person=add_person(by=by, draft=PersonDraft("Petra Pal", email, Role.OPERATOR)))
        return self.link()

    def link(self) -> str:
        """The path in the newest letter."""
        found = re.search(r"https?://[^/]+(/invitation/\S+)", str(mail.outbox[-1].body))
        assert found is not None
        return found.group(1)


@pytest.fixture
def letters(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Letters:
    """The letters of this test."""
    return Letters(django_capture_on_commit_callbacks)


def text(answer: Any) -> str:
    """A page's text."""
    return " ".join(answer.content.decode().split())


def test_who_takes_up_an_invitation_registers_the_company_joins_and_is_signed_in(
    story: Story, ada: Character, letters: Letters
) -> None:
    link, guest = letters.company(ada, integration=story.integration), WalledClient()
    assert "invites your company" in text(guest.get(link))
    assert guest.post(link, HOUSE).status_code == 303
    nord = Company.objects.get(name="Nord AG")
    nora = User.objects.get(email="nora@nord.example")
    assert nora.check_password(PASSWORD)
    assert subject_of(nora).roles == {nord.pk: Role.ADMINISTRATOR}
    care = Integration.objects.get()
    assert nord.pk in care.companies
    party = Party.objects.get(company=nord)
    assert (party.joined is not None, party.accountable) == (True, Person.objects.get(user=nora))
    assert "Customer care" in text(guest.get(reverse("integration", args=[care.uid])))
    assert "Nord AG" in text(ada.client.get(reverse("integration", args=[care.uid])))
    assert verbs(ada.company)[-2:] == ["invite", "accept"]


def test_a_link_works_once(ada: Character, letters: Letters) -> None:
    link = letters.company(ada)
    WalledClient().post(link, HOUSE)
    again = WalledClient().post(link, HOUSE | {"company_name": "Nord Two"})
    assert (again.status_code, Company.objects.filter(name__startswith="Nord").count()) == (410, 1)
    assert "taken up already" in text(again)


def test_only_a_digest_of_the_secret_is_stored(ada: Character, letters: Letters) -> None:
    secret = letters.company(ada).split("/")[2]
    assert secret not in str(Invitation.objects.values().get())
    assert len(Invitation.objects.get().digest) == 64


def test_a_link_that_was_sent_again_taken_back_or_is_too_old_says_what_to_do(
    ada: Character, letters: Letters
) -> None:
    first = letters.company(ada)
    with letters.run(execute=True), as_subject(ada.subject) as by:
        resend_invitation(by=by, invitation=Invitation.objects.get())
    second = letters.link()
    assert WalledClient().get(first).status_code == 404
    assert WalledClient().get(second).status_code == 200
    Invitation.objects.update(expires=F("expires") - timedelta(days=30))
    assert "older than two weeks" in text(WalledClient().get(second))
    with as_subject(ada.subject) as by:
        revoke_invitation(by=by, invitation=Invitation.objects.get())
    gone = WalledClient().get(second)
    assert (gone.status_code, "was taken back" in text(gone)) == (410, True)


def test_a_guessed_link_is_no_page_and_who_keeps_guessing_waits(ada: Character) -> None:
    guest = WalledClient()
    answers = [guest.get(reverse("invitation", args=["guess"])).status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]


def test_a_refused_form_keeps_what_was_typed_and_nothing_is_half_done(ada: Character, letters: Letters) -> None:
    link = letters.company(ada)
    for wrong in ({"password": "short", "again": "short"}, {"again": "other"}, {"company_name": "N"}):
        answer = WalledClient().post(link, HOUSE | wrong)
        assert answer.status_code == 422
    assert 'value="Nora Nord"' in text(answer)
    assert "2 to 120 characters" in text(answer)
    assert not User.objects.filter(email="nora@nord.example").exists()
    assert Invitation.objects.get().accepted is None


def test_a_person_of_the_company_sets_the_first_password(ada: Character, letters: Letters) -> None:
    link, guest = letters.person(ada), WalledClient()
    assert guest.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 303
    petra = User.objects.get(email="petra@aster.example")
    assert subject_of(petra).roles == {ada.company.pk: Role.OPERATOR}
    assert "Petra Pal" in text(guest.get("/account/"))
    assert WalledClient().get(link).status_code == 410


def test_a_suspended_persons_letter_opens_nothing(ada: Character, letters: Letters) -> None:
    link = letters.person(ada)
    with as_subject(ada.subject) as by:
        suspend_person(by=by, person=Person.objects.get(email="petra@aster.example"))
    assert WalledClient().get(link).status_code == 410


def test_an_address_that_signs_in_already_has_to(ada: Character, ben: Character, letters: Letters) -> None:
    link = letters.company(ada, ben.user.email)
    page = WalledClient().get(link)
    assert "Sign in, and this page comes back" in text(page)
    assert WalledClient().post(link, HOUSE).status_code == 422
    assert User.objects.get(pk=ben.user.pk).check_password(factories.PASSWORD)


def test_somebody_else_who_is_signed_in_accepts_nothing(ada: Character, ben: Character, letters: Letters) -> None:
    link = letters.company(ada)
    assert "signed in with another address" in text(ben.client.get(link))
    assert (
        ben.client.post(link, {"company_name": "Mine", "siam_role": "provider", "time_zone": "UTC"}).status_code
        == 422
    )
    assert not Company.objects.filter(name="Mine").exists()


def test_an_administrator_accepts_for_a_company_that_is_here(
    ada: Character, ben: Character, letters: Letters
) -> None:
    care = factories.integration(ada.company)
    link = letters.company(ada, ben.user.email, care)
    form = {"company": ben.company.pk, "company_name": "", "siam_role": "provider", "time_zone": "UTC"}
    assert ben.client.post(link, form).status_code == 303
    assert Party.objects.get(company=ben.company).joined is not None


def test_two_open_invitations_to_one_address_and_too_many_a_day_are_refused(ada: Character, letters: Letters) -> None:
    letters.company(ada)
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="open already"):
        invite_company(by=by, email="NORA@nord.example")
    Invitation.objects.bulk_create(
        Invitation(
            company=ada.company,
            email=f"{n}@nord.example",
            role="viewer",
            digest=str(n),
            invited_by="Ada",
            sent=clock.now(),
            expires=clock.now(),
        )
        for n in range(MOST_A_DAY)
    )
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="Go on tomorrow"):
        invite_company(by=by, email="other@nord.example")


@pytest.mark.parametrize("who", ["cleo", "vic", "dan"])
def test_only_an_administrator_of_a_party_invites_to_it(
    who: str, story: Story, request: pytest.FixtureRequest
) -> None:
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises(Denied):
        invite_company(by=by, email="nora@nord.example", integration=story.integration)


def test_a_stranger_neither_sees_nor_takes_back_an_invitation(
    ada: Character, ben: Character, letters: Letters
) -> None:
    letters.company(ada)
    row = Invitation.objects.get()
    with as_subject(ben.subject):
        assert not Invitation.objects.exists()
    for name in ("invitation-resend", "invitation-revoke"):
        assert ben.client.post(reverse(name, args=[row.uid])).status_code == 404
