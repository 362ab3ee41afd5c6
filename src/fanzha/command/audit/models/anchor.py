"""The anchors of this log. Proof rests on their copies outside the database."""

from typing import ClassVar

from django.db import models

from fanzha.command.audit.models.append_only import AppendOnly


class LogAnchor(AppendOnly):
    """One anchor. It covers the batches `since` + 1 to `number`."""

    number = models.BigIntegerField(primary_key=True)
    since = models.BigIntegerField()
    at = models.DateTimeField()
    line = models.CharField(max_length=700)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return str(self.number)
