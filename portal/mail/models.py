"""What was mailed to whom; never the text, which may hold a secret."""

import uuid

from django.db import models

from portal.access.guard import Rule, own, protect


class Mail(models.Model):
    """One letter: to whom, about what, and whether the mail server took it."""

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting", "On its way"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not sent"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company_id = models.BigIntegerField()
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    #: a sentence of ours when it was not sent
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company_id", "-at"], name="mail_of_company")]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"


protect(Mail, Rule(rows=own()))
