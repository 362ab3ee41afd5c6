"""The results of verifying the whole log."""

from typing import ClassVar

from django.db import models

from fanzha.base.words import Words
from fanzha.processes.log.verification import LogFault


class LogCheck(models.Model):
    """One verification: the last batch read, the number of anchors compared, and the first faults found."""

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
        """Return whether no fault was found."""
        return not self.faults

    @property
    def fault_texts(self) -> list[Words]:
        """Return a text for each fault, with its batch and entry."""
        faults = [LogFault(batch, position, Words(zh, en)) for batch, position, zh, en in self.faults]
        return [fault.full_words for fault in faults]
