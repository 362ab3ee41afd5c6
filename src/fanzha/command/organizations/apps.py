"""Organisations and people as an app."""

from django.apps import AppConfig


class Organizations(AppConfig):
    """Organisations, people, roles, invitations, API keys."""

    name = "fanzha.command.organizations"
    label = "organizations"
