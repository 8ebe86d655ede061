"""What a survey found at each item: the marks that the figures of governance.quality are counted from."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from governance.register.models import Connection
from portal.access.guard import Rule, own, protect
from sync.flow.models.cases import Case, Item


class Surveyed(models.Model):
    """One item of one side on one connection, for its own company alone; no value."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=1)
    company_id = models.BigIntegerField()
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    #: "kind:term" (governance.quality.marks)
    marks = ArrayField(models.CharField(max_length=60), default=list)
    #: terms that identify an item → a digest of the value; what stands twice is found by it
    prints = models.JSONField(default=dict)
    #: of these terms, "double:term" where another item of this side has the same value
    doubles = ArrayField(models.CharField(max_length=60), default=list)
    #: whether the item's fields are stored
    known = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "connection"], name="surveyed_once")]
        indexes = [
            models.Index(fields=["connection", "side", "item"], name="surveyed_side"),
            GinIndex(fields=["marks"], name="surveyed_marks"),
        ]
        verbose_name_plural = "surveyed"

    def __str__(self) -> str:
        return f"Item {self.item_id}"


protect(Surveyed, Rule(rows=own()))
