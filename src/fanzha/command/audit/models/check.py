"""What came of reading the whole log."""

from typing import ClassVar

from django.db import models

from fanzha.base.words import Words
from fanzha.processes.log.verification import LogFault


class LogCheck(models.Model):
    """One verification: how far it read, with how many anchors it compared, and the first faults it found."""

    at = models.DateTimeField()
    seconds = models.FloatField()
    number = models.BigIntegerField()
    head = models.CharField(max_length=64)
    entries = models.BigIntegerField()
    anchors = models.IntegerField()
    faults = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {'not whole' if self.faults else 'whole'}"

    @property
    def is_whole(self) -> bool:
        """Return whether nothing was found."""
        return not self.faults

    @property
    def told(self) -> list[Words]:
        """Return the faults in words, each with its batch and entry."""
        kept = [LogFault(batch, position, Words(zh, en)) for batch, position, zh, en in self.faults]
        return [fault.full_words for fault in kept]
