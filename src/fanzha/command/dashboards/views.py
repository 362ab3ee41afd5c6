"""Pages of dashboards."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.dashboards import fraud_charts, oversight
from fanzha.command.dashboards.analyst import analyst_dashboard
from fanzha.command.dashboards.charts import trend_chart
from fanzha.command.dashboards.cities import MOST_NUMBERS, city_numbers, city_table, map_cities
from fanzha.command.dashboards.dashboard import Dashboard, merge_dashboards
from fanzha.command.dashboards.formats import percent
from fanzha.command.dashboards.fraud import RecentFraud, TrunkShares, recent_fraud, recent_trunks
from fanzha.command.dashboards.fraud_charts import Measure
from fanzha.command.dashboards.governance import (
    administrator_dashboard,
    privacy_officer_dashboard,
    supervisor_dashboard,
)
from fanzha.command.dashboards.operations import (
    clerk_dashboard,
    executor_dashboard,
    inspector_dashboard,
    liaison_dashboard,
    reviewer_dashboard,
)
from fanzha.command.dashboards.share_charts import handling_chart, kinds_chart, trunks_chart
from fanzha.command.dashboards.wall import wall_figures, wall_scenes
from fanzha.command.dashboards.work_queue import present_late_legs
from fanzha.command.dashboards.work_views import SUPERVISED
from fanzha.command.dashboards.wrongful_shares import recent_wrongful, wrongful_figure
from fanzha.command.health.selectors import count_reported_silent
from fanzha.command.orders.services import REMINDER_ROLES, send_reminder
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.processes.selectors import find_legs, late_legs, to_actor
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState, KeyFigure, Listing
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.i18n import localize
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
    Role.INSPECTOR: (inspector_dashboard,),
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


# Pages of supervisors: all provinces or the own one, one province, the wall display, and reminders.

LATE_SHOWN = 20


@signed_in(kinds=SUPERVISORS)
def province(request: SignedInRequest) -> HttpResponse:
    """Show fraud found and its handling, with buttons to send reminders; the query `show` names the map's measure."""
    return render(request, "dashboards/province.html", _oversight_context(request) | _map_context(request))


@signed_in(kinds=SUPERVISORS)
def one_province(request: SignedInRequest, code: str) -> HttpResponse:
    """Show one province (GB/T 2260, two digits) to the supervisors of it and of the whole country."""
    viewer, now = request.viewer, timezone.now()
    if code not in PROVINCES or viewer.province not in ("", code):
        raise Http404
    fraud, rates = recent_fraud(viewer, now).in_province(code), oversight.recent_rates(viewer, now)
    receivers = [one for one in rates.receivers if one.organization.province == code]
    rate = oversight.sum_rates([one.rate for one in receivers])
    cities, wrongful = city_numbers(viewer, code, now), recent_wrongful(viewer, now, code)
    city_chart = map_cities(code, cities)
    context = {
        "name": localize(PROVINCES[code].name),
        "figures": [
            *fraud_charts.fraud_figures(fraud.total()),
            *_rate_figures(rate),
            wrongful_figure(wrongful, viewer),
        ],
        "charts": [
            fraud_charts.campaigns_by_day(fraud.by_day(now)),
            fraud_charts.people_by_day(fraud.by_day(now)),
            *([city_chart] if city_chart else []),
            *_share_charts(fraud, recent_trunks(viewer, now, code), rate),
        ],
        "by_type": fraud_charts.type_table(fraud.by_type()),
        "by_city": city_table(code, cities),
        "is_whole": cities.is_whole,
        "most_numbers": MOST_NUMBERS,
        "by_rate": fraud_charts.rate_table(receivers, fraud.by_owner(), wrongful),
        "withheld_note": fraud_charts.withheld_note(),
    }
    return render(request, "dashboards/one_province.html", context)


@signed_in(kinds=SUPERVISORS)
def wall(request: SignedInRequest, code: str = "") -> HttpResponse:
    """Show the figures of all supervised organisations, or of one province, on a screen without menus, in three scenes.

    It names no subject and refreshes itself.
    """
    viewer, now = request.viewer, timezone.now()
    if code and (code not in PROVINCES or viewer.province not in ("", code)):
        raise Http404
    figures, late = wall_figures(viewer, now, code), oversight.legs_late_now(viewer, now)
    if code:
        late = late.filter(receiver__province=code)
    context = {
        "name": localize(PROVINCES[code].name) if code else "",
        "now": now,
        "scenes": wall_scenes(figures),
        "figures": [*_all_figures(figures.fraud, figures.rate, late.count()), *_silent_figures(viewer, now, code)],
        "withheld_note": fraud_charts.withheld_note(),
    }
    return render(request, "dashboards/wall.html", context)


@signed_in(*REMINDER_ROLES, kinds=SUPERVISORS)
@require_POST
def urge(request: SignedInRequest, leg: int) -> HttpResponse:
    """Send a reminder to a late receiver."""
    viewer = request.viewer
    watched = find_legs().filter(receiver__in=viewer.supervised).select_related("instance__version", "receiver")
    late_leg = get_object_or_404(watched, pk=leg)
    if late_legs(watched.filter(pk=leg), timezone.now()).exists() and send_reminder(late_leg, viewer):
        messages.success(request, _("%(receiver)s was reminded.") % {"receiver": late_leg.receiver})
    else:
        words = _("%(receiver)s is not late, or was reminded within the last hour.")
        messages.warning(request, words % {"receiver": late_leg.receiver})
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "province")


def _oversight_context(request: SignedInRequest) -> dict[str, Any]:
    viewer = request.viewer
    now = timezone.now()
    rates, fraud = oversight.recent_rates(viewer, now), recent_fraud(viewer, now)
    late = oversight.legs_late_now(viewer, now)
    wrongful = recent_wrongful(viewer, now)
    by_day = fraud.by_day(now)
    return {
        "figures": [
            *_all_figures(fraud, oversight.overall_rate(viewer, now), late.count(), _late_url()),
            wrongful_figure(wrongful, viewer),
        ],
        "by_rate": fraud_charts.rate_table(rates.receivers[:LATE_SHOWN], fraud.by_owner(), wrongful),
        "by_type": fraud_charts.type_table(fraud.by_type()),
        "charts": [
            fraud_charts.campaigns_by_day(by_day),
            fraud_charts.people_by_day(by_day),
            trend_chart(rates.days),
            *fraud_charts.stated_shares(rates.days),
            *_share_charts(fraud, recent_trunks(viewer, now), oversight.overall_rate(viewer, now)),
        ],
        "withheld_note": fraud_charts.withheld_note(),
        "late": Listing(
            _("Late now"),
            present_late_legs(late[:LATE_SHOWN], viewer, request.path),
            EmptyState(_("Nobody is late.")),
            _late_url(),
            ident="late",
        ),
    }


def _late_url() -> str:
    return f"{reverse('work')}?show={SUPERVISED}"


def _share_charts(fraud: RecentFraud, trunks: TrunkShares, rate: oversight.OversightRate) -> list[Chart]:
    """Return the charts of shares that have something to show."""
    charts = (kinds_chart(fraud.by_type()), trunks_chart(trunks), handling_chart(rate))
    return [chart for chart in charts if chart is not None]


def _all_figures(fraud: RecentFraud, rate: oversight.OversightRate, late: int, late_url: str = "") -> list[KeyFigure]:
    return [
        *fraud_charts.fraud_figures(fraud.total()),
        *_rate_figures(rate),
        KeyFigure(f"{late:,}", _("late now"), late_url, is_harm=bool(late)),
    ]


def _silent_figures(viewer: Viewer, now: datetime, province: str) -> list[KeyFigure]:
    """Return how many sources of all supervised organisations are silent; not known of one province alone."""
    if province and not viewer.province:
        return []
    silent = count_reported_silent(now)
    return [KeyFigure(f"{silent:,}", _("sources silent"), is_harm=bool(silent))]


def _rate_figures(rate: oversight.OversightRate) -> list[KeyFigure]:
    return [
        KeyFigure(percent(rate.in_time), _("done on time, 30 days")),
        KeyFigure(percent(rate.effect), _("of orders verified as effective")),
    ]


def _map_context(request: SignedInRequest) -> dict[str, Any]:
    """Return the map of a national viewer with the measures to choose from; nothing for a province's."""
    viewer, now = request.viewer, timezone.now()
    if viewer.province:
        return {}
    asked = request.GET.get("show", "")
    shown = Measure(asked) if asked in set(Measure) else Measure.FRAUD
    fraud, rates = recent_fraud(viewer, now), oversight.recent_rates(viewer, now)
    return {
        "map": fraud_charts.province_map(shown, fraud.by_province(), rates.provinces, "one_province"),
        "measures": [(one, fraud_charts.measure_title(one), one is shown) for one in Measure],
    }
