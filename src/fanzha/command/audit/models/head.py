"""The end of the log: one row, whose lock serialises the transactions that write."""

from django.db import models


class LogHead(models.Model):
    """The end of the log. `identity` is a random id drawn at its start; anchors contain it."""

    identity = models.CharField(max_length=64)
    number = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.head[:16]}"
