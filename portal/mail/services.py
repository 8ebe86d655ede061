"""Sending of mail: after the act is committed, and never at its expense."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction

from portal.access import rls
from portal.access.subject import engine
from portal.core import clock
from portal.mail.models import Mail

log = logging.getLogger(__name__)
NO_SERVER = "This installation has no mail server (CONCORD_EMAIL_URL)."
REFUSED = "The mail server did not take it. Send it again later."


def post(*, company: int, to: str, subject: str, text: str) -> Mail:
    """Mail `text` for a company once the transaction is committed; the row says how it went.

    1. a row is written with the act, as the same role; 2. after the commit the letter goes to the mail server;
    3. the row says sent, or failed with a sentence. A mail server that is away undoes nothing. Subject and text are
    ours: a line break in a subject is made a space.
    """
    subject = " ".join(subject.split())[:200]
    mail = Mail.objects.create(company_id=company, to=to, subject=subject, at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = str(cursor.fetchone()[0])
    transaction.on_commit(lambda: _send(mail, text, role=role))
    return mail


def has_server() -> bool:
    """Whether letters can leave at all; otherwise a page shows what it would have mailed."""
    return "dummy" not in settings.EMAIL_BACKEND


def _send(mail: Mail, text: str, *, role: str) -> None:
    reason = "" if has_server() else NO_SERVER
    try:
        if not reason:
            EmailMessage(mail.subject, text, to=[mail.to]).send()
    except (OSError, SMTPException) as error:
        log.warning("Mail %s was not taken by the mail server: %s", mail.uid, type(error).__name__)
        reason = REFUSED
    state = Mail.State.FAILED if reason else Mail.State.SENT
    with rls.acting(engine([mail.company_id]), role=role):
        Mail.objects.filter(pk=mail.pk).update(state=state, reason=reason, at=clock.now())
