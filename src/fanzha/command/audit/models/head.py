"""How far the log goes: one row, whose lock puts transactions in order."""

from django.db import models


class LogHead(models.Model):
    """The end of the log. `identity` was drawn when the log began; anchors name it."""

    identity = models.CharField(max_length=64)
    number = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.head[:16]}"
