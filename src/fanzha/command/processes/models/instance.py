"""A running process: its subject, owner and state."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from fanzha.base.ids import sortable_id
from fanzha.base.marking import Marking
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models.version import ProcessVersion
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import FOR_SUPERVISORS, Viewer


class ProcessInstance(Scoped):
    """One running process. `situation` is the engine's value; the other columns are for queries.

    `revision` grows with each step; a step is conditional on it, so that one of two concurrent steps fails.
    `about_kind` and `about` are the subject (its ref), `campaign` a campaign's ref; each "" if none.
    `due_at` is the earliest future deadline of the process and its legs; `late_since` the first of its own deadlines
    that passed in its current state.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    process = models.CharField(max_length=60)
    version = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    about_kind = models.CharField(max_length=20, blank=True)
    about = models.CharField(max_length=26, blank=True)
    campaign = models.CharField(max_length=26, blank=True)
    state = models.CharField(max_length=60)
    needs_attention = models.BooleanField(default=False)
    situation = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    simulated = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    late_since = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner", "process", "state", "-id"], name="instance_of_owner"),
            models.Index(Coalesce("late_since", "due_at"), name="instance_due", condition=Q(ended_at=None)),
            models.Index(fields=["-id"], name="instance_attention", condition=Q(needs_attention=True, ended_at=None)),
            models.Index(
                fields=["late_since"], name="instance_late", condition=Q(ended_at=None, late_since__isnull=False)
            ),
            models.Index(fields=["about"], name="instance_about", condition=~Q(about="")),
            models.Index(fields=["campaign"], name="instance_campaign", condition=~Q(campaign="")),
        ]

    def __str__(self) -> str:
        return f"{self.process} {self.ref}"

    @property
    def clock_at(self) -> datetime | None:
        """The effective deadline: the first missed one of the current state, else the next one."""
        return self.late_since or self.due_at

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the processes in which the viewer's organisation participates, or that it supervises."""
        from fanzha.command.processes.models.participation import Participation

        taking_part = Participation.objects.filter(instance=OuterRef("pk"), organization=viewer.organization)
        condition = Q(Exists(taking_part))
        if viewer.supervised:
            condition |= Q(owner__in=viewer.supervised, marking__in=FOR_SUPERVISORS)
        return condition
