"""Police case status of a subject: a separate fact, never part of a verdict (handbook §12.2)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.base.marking import Marking
from fanzha.claims.verdict import CaseStatus
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.models.share import shared_with
from fanzha.command.subjects.models.subject import Subject
from fanzha.command.web.scoping import Scoped, readable_by_marking
from fanzha.command.web.viewer import Viewer


class PoliceCase(Scoped):
    """The status of a subject in one case; `process` is the ref of the process that set it."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="cases")
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    reference = models.CharField(max_length=80)
    status = models.CharField(max_length=10)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    process = models.CharField(max_length=26, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "owner", "reference"], name="one_status_a_case")
        ]
        indexes: ClassVar = [models.Index(fields=["reference"], name="police_case_reference")]

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"

    @property
    def case(self) -> CaseStatus:
        """Return the status as the field's words have it."""
        return CaseStatus(self.status)

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for rows readable by owner and marking, or by a share."""
        return readable_by_marking(viewer) | shared_with(viewer)
