"""A follow-up process that a step requested; a person of the owner opens it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models.instance import ProcessInstance
from fanzha.command.web.scoping import Scoped


class FollowUp(Scoped):
    """One requested process; `process` is its name, `opened` the instance once it is opened."""

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="follow_ups")
    process = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    opened = models.OneToOneField(ProcessInstance, models.CASCADE, null=True, related_name="follows")

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "id"], name="follow_up_to_open", condition=Q(opened=None)),
        ]

    def __str__(self) -> str:
        return f"{self.process} after {self.instance_id}"
