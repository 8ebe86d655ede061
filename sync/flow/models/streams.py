"""What arrives from systems: streams with cursors, deliveries, what was seen, and probes asked for by pages."""

import uuid

from django.db import models

from governance.register.models import Connection, System
from portal.access.guard import Rule, own, protect


class Stream(models.Model):
    """One system's run: cursor, next poll, health. Content-free, so that workers may find what is due."""

    class State(models.TextChoices):
        """Whether the system may be called."""

        NEW = "new", "Not checked"
        OK = "ok", "Reachable"
        THROTTLED = "throttled", "Asked to wait"
        UNREACHABLE = "unreachable", "Not reachable"
        NEEDS_AUTH = "needs-auth", "Credential refused"
        PAUSED = "paused", "Paused"

    system = models.OneToOneField(System, on_delete=models.CASCADE, primary_key=True, related_name="stream")
    company_id = models.BigIntegerField()
    cursor = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    #: a sentence of ours, never a tracker's text
    reason = models.CharField(max_length=300, blank=True)
    failures = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    next_poll = models.DateTimeField()
    last_poll = models.DateTimeField(null=True)
    last_ok = models.DateTimeField(null=True)
    last_delivery = models.DateTimeField(null=True)
    #: tracker's clock minus ours, seconds
    skew = models.FloatField(default=0.0)
    product = models.CharField(max_length=80, blank=True)
    account_id = models.CharField(max_length=120, blank=True)
    account = models.CharField(max_length=120, blank=True)
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField()
    #: a probe of this system waits for a worker
    asked = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"Stream of system {self.system_id}"


class Seen(models.Model):
    """The version of each record last listed, so that an overlap's repeats do nothing."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+")
    company_id = models.BigIntegerField()
    record = models.CharField(max_length=80)
    version = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "record"], name="seen_once")]
        verbose_name_plural = "seen"

    def __str__(self) -> str:
        return self.record


class Delivery(models.Model):
    """A verified webhook delivery by its key: a second one with the same key does nothing."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+")
    company_id = models.BigIntegerField()
    key = models.CharField(max_length=200)
    record = models.CharField(max_length=80)
    received = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "key", "record"], name="delivery_once")]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return self.key


class Probe(models.Model):
    """Something a page asks a worker to do with a tracker, because only workers open credentials."""

    class Kind(models.TextChoices):
        """What is asked."""

        CHECK = "check", "Check the connection"
        DESCRIBE = "describe", "Read the fields"
        DRY_RUN = "dry-run", "Dry run"
        FILTER = "filter", "Try a filter"
        SUBSCRIBE = "subscribe", "Subscribe to webhooks"
        OAUTH = "oauth", "Sign in"

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="probes")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, null=True, related_name="+")
    asked = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    answer = models.JSONField(default=dict)
    sentence = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(state="waiting"), name="probe_waiting"),
            models.Index(fields=["system", "kind", "-asked_at"], name="probe_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.system_id}"


protect(Stream, Rule(rows=own()))
protect(Seen, Rule(rows=own()))
protect(Delivery, Rule(rows=own()))
protect(Probe, Rule(rows=own()))
