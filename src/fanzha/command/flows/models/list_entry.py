"""An entry of a public list (bad business, dishonesty, personal): six fields, a term, a basis, an end (L18, U24)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.command.flows.models.instance import ProcessInstance
from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.scoping import Scoped
from fanzha.command.organizations.viewer import Viewer


class ListEntry(Scoped):
    """One entry, made and withdrawn by a process; what a list must say stands in `facts` as that process kept it."""

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="list_entries")
    process = models.CharField(max_length=60)
    about = models.CharField(max_length=26, blank=True)
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
        """Return what its owner, and those above him, keep: publishing is another step, by the regulator."""
        return Q(owner__in=viewer.reads)
