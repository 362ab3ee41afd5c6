"""The organisations that participate in a process and may read it."""

from typing import ClassVar

from django.db import models

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models.instance import ProcessInstance


class Participation(models.Model):
    """One organisation in one process: owner, opener, receiver, or named party. It is never removed."""

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="participations")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    is_owner = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instance", "organization"], name="one_participation_an_organization")
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-instance"], name="participation_found")]

    def __str__(self) -> str:
        return f"{self.organization} in {self.instance_id}"
