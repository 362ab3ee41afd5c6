"""The Django app of the public list of links."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinkListConfig(AppConfig):
    """App config of the public list of links."""

    name = "fanzha.command.link_list"
    label = "link_list"
    verbose_name = _("Public list of links")
