"""Heartbeats: the proof that workers and sweeps live. Holds no company's data."""

from django.db import models


class Pulse(models.Model):
    """When something last gave a sign of life, and whether all was well with it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    well = models.BooleanField(default=True)
    sentence = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name
