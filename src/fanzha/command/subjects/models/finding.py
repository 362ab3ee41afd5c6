"""A finding as it came in: every field of `fanzha.claims.finding`, whose it is, and what became of it since."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.base.marking import Marking
from fanzha.claims.finding import Mode
from fanzha.command.organizations.models import Organization, Person
from fanzha.command.organizations.scoping import Scoped, readable_by_marking
from fanzha.command.organizations.viewer import Viewer
from fanzha.command.subjects.models.share import shared_with
from fanzha.command.subjects.models.subject import Subject


class FindingRow(Scoped):
    """One finding. It is never changed: it is withdrawn, or superseded by what a later version says of the same event.

    `trigger` is the last of `event_ids`. Long texts stand last, so that reading a row's figures does not read them.
    """

    finding_id = models.CharField(max_length=32, unique=True)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="findings")
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
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
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_why = models.CharField(max_length=300, blank=True)
    superseded_by = models.CharField(max_length=32, blank=True)
    basis = models.TextField(blank=True)
    public_zh = models.TextField(blank=True)
    public_en = models.TextField(blank=True)
    reasons_zh = models.JSONField(default=list)
    reasons_en = models.JSONField(default=list)
    event_ids = models.JSONField(default=list)
    evidence = models.TextField(default="{}")

    class Meta:
        ordering: ClassVar = ["-found_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "-found_at", "-id"], name="finding_of_subject"),
            models.Index(fields=["owner", "-found_at", "-id"], name="finding_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.finding_id[:8]}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return by owner and marking, and what was shared."""
        return readable_by_marking(viewer) | shared_with(viewer)

    @classmethod
    def standing(cls) -> Q:
        """Return the findings that were neither withdrawn nor superseded."""
        return Q(withdrawn_at=None, superseded_by="")
