"""The Django app of notices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Delivery of notices to limited persons, and their appeals."""

    name = "fanzha.command.notices"
    label = "notices"
    verbose_name = _("notices and appeals")

    def ready(self) -> None:
        """Blank the notices about a person when the log erases the person."""
        from fanzha.command.audit.services import person_erased
        from fanzha.command.notices.registry import erase_notices

        person_erased.connect(erase_notices, dispatch_uid="notices forget")
