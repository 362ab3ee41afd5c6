"""The Django app of organisations and people."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    """App config of organisations, people, roles, invitations and API keys."""

    name = "fanzha.command.organizations"
    label = "organizations"
    verbose_name = _("Organisations and people")

    def ready(self) -> None:
        """Connect the signal receivers that log sign-ins, note them for known devices and hash recovery codes."""
        import_module("fanzha.command.organizations.sign_ins")
        import_module("fanzha.command.organizations.recovery_codes")
        import_module("fanzha.command.organizations.sign_in_throttle")
