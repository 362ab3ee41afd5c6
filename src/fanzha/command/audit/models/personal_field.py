"""An encrypted personal value with its salt. The entry holds the commitment to it."""

from typing import ClassVar

from django.db import models

from fanzha.command.audit.models.append_only import AppendOnly
from fanzha.command.audit.models.entry import LogEntry
from fanzha.command.audit.models.person_key import PersonKey


class PersonalField(AppendOnly):
    """One encrypted value. Its row stays after an erasure, but cannot be decrypted."""

    entry = models.ForeignKey(LogEntry, models.PROTECT, related_name="fields", db_index=False)
    name = models.CharField(max_length=60)
    key = models.ForeignKey(PersonKey, models.PROTECT, related_name="fields")
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "name"], name="one_value_a_field")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.name}"
