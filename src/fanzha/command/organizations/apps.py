"""Organisations and people as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Organizations(AppConfig):
    """Organisations, people, roles, invitations, API keys."""

    name = "fanzha.command.organizations"
    label = "organizations"
    verbose_name = _("Organisations and people")
