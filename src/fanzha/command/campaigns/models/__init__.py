"""Campaigns and what ties them together, one noun a file."""

from fanzha.command.campaigns.models.action import CampaignAction
from fanzha.command.campaigns.models.campaign import Campaign, CampaignState
from fanzha.command.campaigns.models.placement import Placement
from fanzha.command.campaigns.models.tie import Tie, TieLink

__all__ = ["Campaign", "CampaignAction", "CampaignState", "Placement", "Tie", "TieLink"]
