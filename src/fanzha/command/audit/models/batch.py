"""A batch of the log: the entries of one transaction."""

from typing import ClassVar

from django.db import models

from fanzha.command.audit.models.append_only import AppendOnly


class LogBatch(AppendOnly):
    """One batch. Its columns match `fanzha.processes.log.verification.StoredBatch`, which the chain hashes."""

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
