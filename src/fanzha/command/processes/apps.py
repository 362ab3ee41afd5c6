"""The Django app of running processes."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class ProcessesConfig(AppConfig):
    """Process instances, legs, steps, timers, outbox, notifications."""

    name = "fanzha.command.processes"
    label = "flows"
    verbose_name = _("processes")

    def ready(self) -> None:
        """Register the check of the holiday calendar, which `fanzha site check` runs, and the erasure of persons.

        When the log erases a person, the person's data is erased from running processes too.
        """
        from fanzha.command.audit.services import person_erased
        from fanzha.command.processes.erasure import erase_person_data

        checks.register(_check_holidays, deploy=True)
        person_erased.connect(erase_person_data, dispatch_uid="processes forget")


def _check_holidays(**_options: Any) -> list[checks.CheckMessage]:
    """Warn if the calendar lacks the holidays of this year, or of the next one in December."""
    from fanzha.command.processes.process_settings import current_settings, missing_holidays, uncovered_year

    year = uncovered_year(current_settings().calendar)
    return [checks.Warning(missing_holidays(year), id="processes.W001")] if year else []
