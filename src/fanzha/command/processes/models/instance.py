"""One running process: what it is about, whose it is, where it stands."""

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
    """One running process. `situation` is the engine's own value; the columns beside it are for finding it.

    `revision` grows with each step and is what a step is conditional on: of two at the same instant one wins.
    `about_kind` and `about` are the subject (its ref), `campaign` a campaign's ref; each "" where there is none.
    `due_at` is the earliest deadline of the process and its legs that is still to pass; `late_since` the first of its
    own that passed while it stood where it stands.
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
        """The deadline that counts: the first of its own that was missed where it stands, else the next."""
        return self.late_since or self.due_at

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return what takes place with the viewer's organisation, or under its supervision."""
        from fanzha.command.processes.models.participation import Participation

        taking_part = Participation.objects.filter(instance=OuterRef("pk"), organization=viewer.organization)
        found = Q(Exists(taking_part))
        if viewer.supervised:
            found |= Q(owner__in=viewer.supervised, marking__in=FOR_SUPERVISORS)
        return found
