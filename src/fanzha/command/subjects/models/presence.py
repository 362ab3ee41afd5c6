"""Presence: that an organisation has findings or opinions on a subject; searches filter by it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.models.subject import Subject
from fanzha.command.web.scoping import Scoped, readable_by_marking
from fanzha.command.web.viewer import Viewer


class Presence(Scoped):
    """One organisation's findings on one subject under one marking, as totals of all ingested findings."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="presences", db_index=False)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    marking = models.CharField(max_length=16)
    findings = models.PositiveIntegerField(default=0)
    top_score = models.FloatField(default=0.0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "owner", "marking"], name="one_presence_a_marking")
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "-last_at", "-id"], name="presence_latest")]

    def __str__(self) -> str:
        return f"{self.owner_id} knows of {self.subject_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return by owner and marking."""
        return readable_by_marking(viewer)
