"""Late legs of supervised organisations as rows, each with one press to urge."""

from collections.abc import Iterable
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.command.dashboards.waiting import leg_row
from fanzha.command.orders.reminders import REMINDER_ROLES
from fanzha.command.processes.models import Leg
from fanzha.command.web.components import Press, Row
from fanzha.command.web.viewer import Viewer


def late_rows(legs: Iterable[Leg], viewer: Viewer, back: str) -> list[Row]:
    """Return late legs; whoever only watches gets no press. Urging leads to `back`."""
    return [_row(leg, viewer.has(*REMINDER_ROLES), back) for leg in legs]


def _row(leg: Leg, may_urge: bool, back: str) -> Row:
    press = Press(_("Urge"), reverse("urge", args=[leg.pk]), fields=(("next", back),), icon="bell", key="a")
    return replace(leg_row(leg, leg.receiver), presses=(press,) if may_urge else ())
