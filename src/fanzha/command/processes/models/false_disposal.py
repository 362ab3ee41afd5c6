"""A disposal that proved wrong and was restored after an appeal or an own check."""

from typing import ClassVar

from django.db import models

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models.instance import ProcessInstance
from fanzha.command.web.scoping import Scoped


class FalseDisposal(Scoped):
    """One wrong disposal, counted for the organisation that owned the process (handbook §9)."""

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="false_disposals")
    event = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [models.Index(fields=["owner", "-at"], name="false_disposal_of_owner")]

    def __str__(self) -> str:
        return f"{self.instance_id} {self.event}"
