"""Campaigns of an organisation: main tie, size, heat and state of work."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.base.ids import sortable_id
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.command.campaigns.titles import campaign_title
from fanzha.command.organizations.models import Organization, Person
from fanzha.command.web.scoping import Scoped, readable_by_marking
from fanzha.command.web.viewer import Viewer


class CampaignState(models.TextChoices):
    """State of the work on a campaign; `assignee` is the person who works on it."""

    OPEN = "open"
    SNOOZED = "snoozed"
    ORDERED = "ordered"
    CLEARED = "cleared"
    MERGED = "merged"


class Campaign(Scoped):
    """One campaign. `tie_kind` and `tie_value` are what most of its subjects have in common.

    `heat` orders the queue: log2 of the sum of scores, each weighted by the time of its finding, so that it needs no
    update as time passes (see `fanzha.command.campaigns.stats`). `marking` is the strictest marking of its findings.
    `victims` counts people to be warned, who are not counted in `subjects`; `money` is the reported loss, in fen.
    `came_back_at` is set when new evidence arrives for a cleared or snoozed campaign. `confirmed_at` is when a person
    confirmed it as fraud. Optimistic locking compares `revision`.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    tie_kind = models.CharField(max_length=20, blank=True)
    tie_value = models.CharField(max_length=200, blank=True)
    tie_subjects = models.PositiveIntegerField(default=0)
    detector = models.CharField(max_length=80, blank=True)
    fraud_type = models.CharField(max_length=40, blank=True)
    findings = models.PositiveIntegerField(default=0)
    subjects = models.PositiveIntegerField(default=0)
    victims = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    money = models.BigIntegerField(default=0)
    top_score = models.FloatField(default=0.0)
    heat = models.FloatField(default=0.0)
    simulated = models.BooleanField(default=False)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=CampaignState.choices, default=CampaignState.OPEN)
    assignee = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    handed_over_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    snoozed_until = models.DateTimeField(null=True)
    came_back_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_why = models.CharField(max_length=300, blank=True)
    process = models.CharField(max_length=26, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["-heat", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "state", "-heat", "-id"], name="campaign_queue"),
            models.Index(fields=["assignee", "state", "-heat", "-id"], name="campaign_mine"),
            models.Index(fields=["snoozed_until"], name="campaign_wakes", condition=Q(state="snoozed")),
        ]

    def __str__(self) -> str:
        return str(self.title.en)

    @property
    def title(self) -> Words:
        """Return the title, generated from its facts."""
        return campaign_title(self)

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return by owner and marking."""
        return readable_by_marking(viewer)
