"""Which campaign a subject is in, for one organisation, and what its findings add there."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.command.campaigns.models.campaign import Campaign
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.models import Subject
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import FOR_SUPERVISORS, Viewer


class Placement(Scoped):
    """One subject in one campaign, with the totals of its findings; a campaign's statistics are the sum of these.

    `is_held`: a person placed it, and clustering no longer moves it.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="placements", db_index=False)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="placements")
    is_held = models.BooleanField(default=False)
    is_victim = models.BooleanField(default=False)
    findings = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    money = models.BigIntegerField(default=0)
    top_score = models.FloatField(default=0.0)
    heat = models.FloatField()
    fraud_type = models.CharField(max_length=40, blank=True)
    detector = models.CharField(max_length=80, blank=True)
    simulated = models.BooleanField(default=False)
    marking = models.CharField(max_length=16)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "subject"], name="one_campaign_a_subject")]
        indexes: ClassVar = [models.Index(fields=["campaign", "-top_score", "-id"], name="placement_listed")]

    def __str__(self) -> str:
        return f"{self.subject_id} in {self.campaign_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return those of campaigns that may be read."""
        condition = Q(owner=viewer.organization)
        if viewer.supervised:
            condition |= Q(owner__in=viewer.supervised, campaign__marking__in=FOR_SUPERVISORS)
        return condition
