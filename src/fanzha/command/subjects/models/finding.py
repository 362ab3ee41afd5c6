"""A stored finding: the fields of `fanzha.claims.finding`, its owner, and its withdrawal or replacement."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from fanzha.base.marking import Marking
from fanzha.claims.finding import Mode
from fanzha.command.organizations.models import Organization, Person
from fanzha.command.subjects.finding_codec import FindingTexts, unpack
from fanzha.command.subjects.models.share import shared_with
from fanzha.command.subjects.models.subject import Subject
from fanzha.command.web.scoping import Scoped, readable_by_marking
from fanzha.command.web.viewer import Viewer


class FindingRow(Scoped):
    """One finding. It never changes: it is withdrawn, or superseded by a finding of a later version on the same event.

    `trigger` is the last of its events. `detail` holds its texts; `packed` is the last column, and lists that show no
    reasons leave it out (`defer("packed")`).
    """

    finding_id = models.CharField(max_length=32)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="findings", db_index=False)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    detector = models.CharField(max_length=80)
    version = models.CharField(max_length=20)
    mode = models.CharField(max_length=6, default=Mode.SHADOW)
    simulated = models.BooleanField(default=False)
    fraud_type = models.CharField(max_length=40, blank=True)
    score = models.FloatField()
    found_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    direction = models.CharField(max_length=20, blank=True)
    service = models.CharField(max_length=30, blank=True)
    ingress = models.CharField(max_length=30, blank=True)
    trigger = models.CharField(max_length=200, blank=True)
    came_in_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    superseded_by = models.CharField(max_length=32, blank=True)
    packed = models.BinaryField(default=bytes)

    class Meta:
        ordering: ClassVar = ["-found_at", "-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["finding_id"], name="one_finding_an_id")]
        indexes: ClassVar = [
            models.Index(fields=["subject", "-found_at", "-id"], name="finding_of_subject"),
            models.Index(fields=["owner", "-found_at", "-id"], name="finding_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.finding_id[:8]}"

    @cached_property
    def detail(self) -> FindingTexts:
        """Return reasons, public words, basis, events and evidence."""
        return unpack(self.packed)

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for rows readable by owner and marking, or by a share."""
        return readable_by_marking(viewer) | shared_with(viewer)

    @classmethod
    def standing(cls) -> Q:
        """Return the findings that were neither withdrawn nor superseded."""
        return Q(withdrawn_at=None, superseded_by="")
