"""Pages of dashboards."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.dashboards import oversight
from fanzha.command.dashboards.analyst import analyst_dashboard
from fanzha.command.dashboards.charts import late_map, rate_table, trend_chart
from fanzha.command.dashboards.dashboard import Dashboard, merge_dashboards
from fanzha.command.dashboards.formats import percent
from fanzha.command.dashboards.governance import (
    administrator_dashboard,
    privacy_officer_dashboard,
    supervisor_dashboard,
)
from fanzha.command.dashboards.operations import (
    clerk_dashboard,
    executor_dashboard,
    liaison_dashboard,
    reviewer_dashboard,
)
from fanzha.command.dashboards.work_queue import present_late_legs
from fanzha.command.orders.services import REMINDER_ROLES, send_reminder
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.processes.selectors import find_legs, late_legs, to_actor
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState, KeyFigure, Listing
from fanzha.command.web.roles import SUPERVISORS, Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor

# The start page: the dashboards of all roles of the viewer.

Part = Callable[[Viewer, Actor, datetime], Dashboard]
#: What each role is shown, the most pressing role first.
PARTS: dict[Role, tuple[Part, ...]] = {
    Role.DUTY_OFFICER: (reviewer_dashboard, executor_dashboard),
    Role.REVIEWER: (reviewer_dashboard,),
    Role.CERTIFYING_OFFICER: (reviewer_dashboard,),
    Role.EXECUTOR: (executor_dashboard,),
    Role.ANALYST: (analyst_dashboard,),
    Role.LIAISON: (liaison_dashboard,),
    Role.INSPECTOR: (clerk_dashboard,),
    Role.CLERK: (clerk_dashboard,),
    Role.EDITOR: (clerk_dashboard,),
    Role.CALL_TAKER: (clerk_dashboard,),
    Role.PRIVACY_OFFICER: (privacy_officer_dashboard,),
    Role.ADMINISTRATOR: (administrator_dashboard,),
}


@signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """Show the dashboards of the viewer's roles."""
    viewer = request.viewer
    actor, now = to_actor(viewer), timezone.now()
    return render(
        request, "dashboards/home.html", {"desk": merge_dashboards(part(viewer, actor, now) for part in _parts(viewer))}
    )


def _parts(viewer: Viewer) -> Iterator[Part]:
    for role, parts in PARTS.items():
        if role in viewer.roles:
            yield from parts
    if viewer.kind in SUPERVISORS:
        yield supervisor_dashboard


# Pages of supervisors: the province page, the wall display, and reminders.

LATE_SHOWN, ON_WALL = 20, 12


@signed_in(kinds=SUPERVISORS)
def province(request: SignedInRequest) -> HttpResponse:
    """Show the receivers by rate, with buttons to send reminders."""
    return render(request, "dashboards/province.html", _oversight_context(request, LATE_SHOWN))


@signed_in(kinds=SUPERVISORS)
def wall(request: SignedInRequest) -> HttpResponse:
    """Show the figures for a wall display; it names no subject and refreshes itself."""
    context = _oversight_context(request, 0)
    return render(request, "dashboards/wall.html", context | {"now": timezone.now()})


@signed_in(*REMINDER_ROLES, kinds=SUPERVISORS)
@require_POST
def urge(request: SignedInRequest, leg: int) -> HttpResponse:
    """Send a reminder to a late receiver."""
    viewer = request.viewer
    watched = find_legs().filter(receiver__in=viewer.supervised).select_related("instance__version", "receiver")
    late_leg = get_object_or_404(watched, pk=leg)
    if late_legs(watched.filter(pk=leg), timezone.now()).exists() and send_reminder(late_leg, viewer):
        messages.success(request, _("%(receiver)s was urged.") % {"receiver": late_leg.receiver})
    else:
        words = _("%(receiver)s is not late, or was urged within the hour.")
        messages.warning(request, words % {"receiver": late_leg.receiver})
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "province")


def _oversight_context(request: SignedInRequest, late_shown: int) -> dict[str, Any]:
    viewer = request.viewer
    now = timezone.now()
    rates, rate = oversight.recent_rates(viewer, now), oversight.overall_rate(viewer, now)
    late = oversight.legs_late_now(viewer, now)
    count = late.count()
    return {
        "figures": [
            KeyFigure(percent(rate.in_time), _("done in time, 30 days")),
            KeyFigure(percent(rate.effect), _("of orders proven to have taken effect")),
            KeyFigure(f"{count:,}", _("late now"), is_harm=bool(count)),
        ],
        "by_rate": rate_table(rates.receivers[: late_shown or ON_WALL]),
        "map": None if viewer.province else late_map(rates.provinces),
        "trend": trend_chart(rates.days),
        "late": Listing(
            _("Late now"),
            present_late_legs(late[:late_shown], viewer, request.path) if late_shown else [],
            EmptyState(_("Nobody is late.")),
            ident="late",
        ),
    }
