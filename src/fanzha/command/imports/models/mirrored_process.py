"""Which running process mirrors which reference of a carrier's own system, and which of its rows were taken in."""

from typing import ClassVar

from django.db import models

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.scoping import Scoped


class MirroredProcess(Scoped):
    """One reference of another system, and the process that shows it here."""

    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    process = models.CharField(max_length=60)
    reference = models.CharField(max_length=120)
    instance = models.OneToOneField(ProcessInstance, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "process", "reference"], name="one_process_a_reference")
        ]

    def __str__(self) -> str:
        return f"{self.process} {self.reference}"


class MirroredRow(models.Model):
    """Digest of an ingested row; an equal row in another file changes nothing."""

    mirrored = models.ForeignKey(MirroredProcess, models.CASCADE, related_name="rows")
    digest = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mirrored", "digest"], name="one_mirrored_row")]

    def __str__(self) -> str:
        return self.digest
