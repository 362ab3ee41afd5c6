"""The evidence log as an app."""

from django.apps import AppConfig


class Evidence(AppConfig):
    """Log, personal values, anchors, packs."""

    name = "fanzha.command.evidence"
    label = "evidence"
