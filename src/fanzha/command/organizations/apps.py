"""Organisations and people as an app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    """Organisations, people, roles, invitations, API keys."""

    name = "fanzha.command.organizations"
    label = "organizations"
    verbose_name = _("Organisations and people")

    def ready(self) -> None:
        """Let every sign-in be told to the log, and recovery codes be hashed once they were shown."""
        import_module("fanzha.command.organizations.sign_ins")
        import_module("fanzha.command.organizations.recovery_codes")
