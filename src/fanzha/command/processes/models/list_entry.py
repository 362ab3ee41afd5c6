"""An entry of a public list (bad business, dishonesty, personal): six fields, a term, a basis, an end (L18, U24)."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models.instance import ProcessInstance
from fanzha.command.processes.models.participation import Participation
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer


class ListEntry(Scoped):
    """One entry, created and withdrawn by a process; `facts` holds the published evidence of the decision.

    `organization` is the listed organisation of the platform; `about` the subject if it is not one.
    """

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="list_entries")
    process = models.CharField(max_length=60)
    about = models.CharField(max_length=26, blank=True)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    listed_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-listed_at"]
        indexes: ClassVar = [models.Index(fields=["process", "-listed_at"], name="list_of_process")]

    def __str__(self) -> str:
        return f"{self.process} {self.about}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return all entries of organisations, which are public; entries of persons only for participants."""
        taking_part = Participation.objects.filter(instance=OuterRef("instance"), organization=viewer.organization)
        return Q(owner__in=viewer.reads) | Q(organization__isnull=False) | Q(Exists(taking_part))
