"""Letters: spoken to a real mail server, and never at the expense of the act."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from portal.access import rls
from portal.mail.models import Mail
from portal.mail.services import NO_SERVER, REFUSED, post
from tests.characters import Character, as_subject


@dataclass
class Postbox:
    """What a mail server took; `full` makes it refuse."""

    letters: list[Message] = field(default_factory=list)
    full: bool = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """One letter."""
        if self.full:
            return "452 Out of space"
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """A real SMTP server on this machine, which the settings name."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    smtp = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1"}
    with override_settings(**smtp, EMAIL_PORT=port, EMAIL_USE_TLS=False, EMAIL_HOST_USER=""):
        yield box
    controller.stop()


def write(ada: Character, run: DjangoCaptureOnCommitCallbacks, subject: str = "Hello") -> Mail:
    """One letter of company A, and what became of it."""
    with run(execute=True):
        with as_subject(ada.subject):
            mail = post(company=ada.company.pk, to="guest@birch.example", subject=subject, text="canary-4711\n")
        assert Mail.objects.get().state == Mail.State.WAITING
    rls.leave()
    return Mail.objects.get(pk=mail.pk)


def test_a_letter_reaches_the_server_after_the_commit_and_its_text_is_stored_nowhere(
    ada: Character, postbox: Postbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    mail = write(ada, django_capture_on_commit_callbacks)
    assert mail.state == Mail.State.SENT
    (letter,) = postbox.letters
    assert (letter["To"], letter["Subject"]) == ("guest@birch.example", "Hello")
    assert "canary-4711" in str(letter.get_payload())
    assert "canary" not in str(Mail.objects.values().get())


def test_a_server_that_refuses_undoes_nothing_and_is_told(
    ada: Character, postbox: Postbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    postbox.full = True
    mail = write(ada, django_capture_on_commit_callbacks)
    assert (mail.state, mail.reason) == (Mail.State.FAILED, REFUSED)


def test_a_server_that_is_away_undoes_nothing(
    ada: Character, postbox: Postbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with override_settings(EMAIL_PORT=1):
        mail = write(ada, django_capture_on_commit_callbacks)
    assert mail.state == Mail.State.FAILED


def test_without_a_server_a_letter_says_so(
    ada: Character, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        mail = write(ada, django_capture_on_commit_callbacks)
    assert (mail.state, mail.reason) == (Mail.State.FAILED, NO_SERVER)


def test_a_line_break_in_a_subject_makes_no_header(
    ada: Character, postbox: Postbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    write(ada, django_capture_on_commit_callbacks, "Hello\r\nBcc: eve@dune.example")
    (letter,) = postbox.letters
    assert letter["Bcc"] is None


def test_a_letter_is_its_own_companys_alone(
    ada: Character,
    ben: Character,
    postbox: Postbox,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    write(ada, django_capture_on_commit_callbacks)
    with as_subject(ben.subject):
        assert not Mail.objects.exists()
