"""What somebody did with a campaign: the line of its history, and what undo goes back to."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.base.ids import sortable_id
from fanzha.command.campaigns.models.campaign import Campaign
from fanzha.command.organizations.models import Person
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("an action is readable with its campaign")


class CampaignAction(Scoped):
    """One action. `before` holds the fields as they were; `together` names those of one press."""

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="actions")
    together = models.CharField(max_length=26)
    action = models.CharField(max_length=20)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    before = models.JSONField(default=dict)
    revision = models.PositiveIntegerField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "-at"], name="action_of_campaign"),
            models.Index(fields=["together"], name="action_together"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.campaign_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for actions on campaigns that the viewer may read."""
        campaigns = _UNSCOPED.rows(Campaign).filter(Campaign.readable(viewer), pk=OuterRef("campaign"))
        return Q(Exists(campaigns))
