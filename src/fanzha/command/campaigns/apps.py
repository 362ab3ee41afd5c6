"""Campaigns as an app."""

from django.apps import AppConfig


class Campaigns(AppConfig):
    """Campaigns, what ties subjects together, what people did with them."""

    name = "fanzha.command.campaigns"
    label = "campaigns"
