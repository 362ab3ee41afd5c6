"""Campaigns as topics of comments and subscriptions."""

from django.urls import reverse

from fanzha.command.campaigns.models import Campaign
from fanzha.command.collaboration.selectors import TopicKind

TOPICS = (
    TopicKind("campaign", Campaign.as_read_by, lambda row: row.title, lambda row: reverse("campaign", args=[row.ref])),
)
