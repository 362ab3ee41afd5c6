"""A batch of the log: what one transaction put on record."""

from typing import ClassVar

from django.db import models

from fanzha.command.audit.models.append_only import AppendOnly


class LogBatch(AppendOnly):
    """One batch; columns as `fanzha.processes.log.verification.StoredBatch`, of which the chain is made."""

    number = models.BigIntegerField(primary_key=True)
    entries = models.IntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    at = models.BigIntegerField()  # UTC ms, as it is hashed
    head = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="batch_at")]

    def __str__(self) -> str:
        return f"{self.number} {self.head[:16]}"
