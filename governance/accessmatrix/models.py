"""The grant table that the engine obeys: what one company lets another read and write, term by term."""

import uuid

from django.db import models
from simple_history.models import HistoricalRecords

from governance.register.models import Company, Integration
from portal.access.guard import Rule, own, protect


class Grant(models.Model):
    """`company` lets `grantee` do `level` with `term` in one integration; only `company` sees and edits it.

    read: the term may be sent to the grantee. write: the grantee's changes of it may be applied here as well.
    No row means none. A partner is never told of another's cells, only that something is not agreed to be shared.
    """

    class Level(models.TextChoices):
        """How far a grant goes; each includes those before it."""

        NONE = "none", "None"
        READ = "read", "Read"
        WRITE = "write", "Read and write"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="grants")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    grantee = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    term = models.SlugField(max_length=40)
    level = models.CharField(max_length=5, choices=Level.choices, default=Level.NONE)
    changed = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "company", "grantee", "term"], name="grant_once")
        ]

    def __str__(self) -> str:
        return f"{self.term}: {self.level}"


protect(Grant, Rule(rows=own()))
