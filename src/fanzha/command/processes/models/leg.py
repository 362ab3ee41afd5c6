"""A leg of a process: the task of one receiving organisation and its state."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models.instance import ProcessInstance
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import FOR_SUPERVISORS, Viewer


class Leg(Scoped):
    """One leg; `name` is unique within its process. A receiver reads its own legs, the owner all.

    `late_since`: the first of its deadlines that passed in its current state.
    """

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="legs")
    name = models.CharField(max_length=60)
    receiver = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    state = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    late_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["instance", "name"], name="one_leg_a_name")]
        indexes: ClassVar = [
            models.Index("receiver", Coalesce("late_since", "due_at"), name="leg_to_do", condition=Q(ended_at=None)),
            models.Index(fields=["due_at", "id"], name="leg_due", condition=Q(ended_at=None)),
            models.Index(fields=["changed_at", "id"], name="leg_open", condition=Q(ended_at=None)),
            models.Index(fields=["late_since"], name="leg_late", condition=Q(ended_at=None, late_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.instance_id}/{self.name}"

    @property
    def clock_at(self) -> datetime | None:
        """The effective deadline: the first missed one of the current state, else the next one."""
        return self.late_since or self.due_at

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the legs of the viewer's organisation, and those of the processes it owns or supervises."""
        condition = Q(receiver=viewer.organization) | Q(instance__owner=viewer.organization)
        if viewer.supervised:
            condition |= Q(instance__owner__in=viewer.supervised, instance__marking__in=FOR_SUPERVISORS)
            condition |= Q(receiver__in=viewer.supervised, instance__marking__in=FOR_SUPERVISORS)
        return condition
