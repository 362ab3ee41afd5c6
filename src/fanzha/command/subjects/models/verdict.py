"""A verdict computed by fusion: owner, scope, level, reasons and end; superseded rows are kept."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.models.share import shared_with
from fanzha.command.subjects.models.subject import Subject
from fanzha.command.web.scoping import Scoped, readable_by_marking
from fanzha.command.web.viewer import Viewer


class VerdictRow(Scoped):
    """One organisation's verdict on one subject in one scope, from the evidence that this organisation may read.

    `decided_by` is the ref of the decider, "" if the verdict follows from evidence alone. `why` lists the parts that
    counted (`fanzha.claims.verdict.VerdictPart`). `marking` is the strictest marking of its evidence. The current row
    has no `superseded_at`; if level, treatment, type or decider change, the previous row stays as history.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="verdicts", db_index=False)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    marking = models.CharField(max_length=16)
    direction = models.CharField(max_length=20, blank=True)
    service = models.CharField(max_length=30, blank=True)
    ingress = models.CharField(max_length=30, blank=True)
    level = models.CharField(max_length=10)
    score = models.FloatField()
    fraud_type = models.CharField(max_length=40, blank=True)
    treatment = models.CharField(max_length=10)
    decided_by = models.CharField(max_length=26, blank=True)
    simulated = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    why = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-since", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "owner", "direction", "service", "ingress"],
                condition=Q(superseded_at=None),
                name="one_verdict_a_scope",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["until"], name="verdict_ends", condition=Q(superseded_at=None, until__isnull=False)),
            models.Index(fields=["subject", "-since"], name="verdict_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.subject_id} {self.level}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for rows readable by owner and marking, or by a share."""
        return readable_by_marking(viewer) | shared_with(viewer)
