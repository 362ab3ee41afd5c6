"""Scenes of the wall: where fraud is found, the campaigns that come in, and how what was asked is handled."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from fanzha.command.campaigns.selectors import find_campaigns
from fanzha.command.dashboards import fraud_charts, oversight
from fanzha.command.dashboards.cities import city_numbers, city_table, map_cities
from fanzha.command.dashboards.fraud import RecentFraud, recent_fraud, recent_trunks
from fanzha.command.dashboards.fraud_charts import Measure
from fanzha.command.dashboards.oversight import DAYS, ReceiverRate
from fanzha.command.dashboards.share_charts import handling_chart, kinds_chart, trunks_chart
from fanzha.command.dashboards.wrongful_shares import recent_wrongful
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.processes.selectors import find_legs
from fanzha.command.subjects.selectors import fraud_type_title
from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.i18n import localize
from fanzha.command.web.templatetags.web import clock
from fanzha.command.web.viewer import Viewer

#: Cells of a scene on a wide screen: three columns of two rows. A table of more than `_ROWS_LOW` rows takes two.
CELLS, _ROWS_LOW = 6, 6
ON_WALL, ROWS_TALL = 12, 16


class WallPanel(NamedTuple):
    """A chart or a table of a scene; on a wide screen a tall one takes both rows, a wide one two columns."""

    chart: Chart | None = None
    table: DataTable | None = None
    is_tall: bool = False
    is_wide: bool = False

    @property
    def cells(self) -> int:
        """Return how many cells it takes."""
        return 1 + self.is_tall + self.is_wide


class Scene(NamedTuple):
    """One scene of the wall."""

    title: str
    panels: list[WallPanel]


class WallFigures(NamedTuple):
    """What the scenes are drawn from: all that a viewer supervises, or one province of it."""

    viewer: Viewer
    now: datetime
    province: str
    fraud: RecentFraud
    rates: oversight.RecentRates
    receivers: list[ReceiverRate]

    @property
    def rate(self) -> oversight.OversightRate:
        """Return the total rate of the receivers."""
        return oversight.sum_rates([one.rate for one in self.receivers])


def wall_figures(viewer: Viewer, now: datetime, province: str = "") -> WallFigures:
    """Return the figures of a viewer, of one province (GB/T 2260, two digits) unless it is ""."""
    fraud, rates = recent_fraud(viewer, now), oversight.recent_rates(viewer, now)
    receivers = rates.receivers
    if province:
        fraud = fraud.in_province(province)
        receivers = [one for one in receivers if one.organization.province == province]
    return WallFigures(viewer, now, province, fraud, rates, receivers)


def wall_scenes(figures: WallFigures) -> list[Scene]:
    """Return the three scenes; none of them names a subject."""
    return [
        Scene(_("Fraud found"), _place_panels(figures)),
        Scene(_("Campaigns"), _campaign_panels(figures)),
        Scene(_("Handling"), _handling_panels(figures)),
    ]


def _place_panels(figures: WallFigures) -> list[WallPanel]:
    by_day = figures.fraud.by_day(figures.now)
    daily = [WallPanel(fraud_charts.campaigns_by_day(by_day)), WallPanel(fraud_charts.people_by_day(by_day))]
    province = figures.province or figures.viewer.province
    if province:
        cities = city_numbers(figures.viewer, province, figures.now)
        city_chart = map_cities(province, cities)
        table = _first_rows(city_table(province, cities))
        places = [WallPanel(table=table, is_tall=len(table.rows) > _ROWS_LOW)]
        maps = [WallPanel(city_chart, is_tall=True)] if city_chart else []
    else:
        regions, rates = figures.fraud.by_province(), figures.rates.provinces
        maps = [WallPanel(fraud_charts.province_map(Measure.FRAUD, regions, rates, "wall_province"), is_tall=True)]
        places = []
    panels = [*maps, *places, *daily]
    more = (kinds_chart(figures.fraud.by_type()), _trunks_chart(figures), handling_chart(figures.rate))
    room = CELLS - sum(panel.cells for panel in panels)
    return [*panels, *[WallPanel(chart) for chart in more if chart][: max(room, 0)]]


def _campaign_panels(figures: WallFigures) -> list[WallPanel]:
    charts = (kinds_chart(figures.fraud.by_type()), _trunks_chart(figures))
    types = fraud_charts.type_table(figures.fraud.by_type(), ON_WALL)
    shown = [WallPanel(chart) for chart in charts if chart]
    return [WallPanel(table=_latest_campaigns(figures), is_tall=True), WallPanel(table=types, is_tall=True), *shown]


def _trunks_chart(figures: WallFigures) -> Chart | None:
    return trunks_chart(recent_trunks(figures.viewer, figures.now, figures.province))


def _handling_panels(figures: WallFigures) -> list[WallPanel]:
    """Return the deadlines, the map of late work, how it is handled, and shares over time or else all rates."""
    handled = handling_chart(figures.rate)
    shares = [] if figures.province else fraud_charts.stated_shares(figures.rates.days)
    panels = [WallPanel(table=_open_clocks(figures), is_tall=True)]
    if not (figures.province or figures.viewer.province):
        panels.append(
            WallPanel(fraud_charts.province_map(Measure.HANDLING, {}, figures.rates.provinces, "wall_province"))
        )
    panels += [WallPanel(chart) for chart in (handled, *shares) if chart]
    room = CELLS - sum(panel.cells for panel in panels)
    wrongful = recent_wrongful(figures.viewer, figures.now, figures.province)
    rates = fraud_charts.rate_table(figures.receivers[:ON_WALL], figures.fraud.by_owner(), wrongful)
    return [*panels, WallPanel(table=rates, is_wide=room > 1)] if room > 0 else panels


def _latest_campaigns(figures: WallFigures) -> DataTable:
    """Return the campaigns found last, without their subjects."""
    rows = find_campaigns().filter(owner__in=figures.viewer.reads, first_at__gte=figures.now - timedelta(days=DAYS))
    if figures.province:
        rows = rows.filter(owner__province=figures.province)
    latest = rows.order_by("-first_at", "-pk").values_list("owner", "fraud_type", "findings", "first_at")[:ROWS_TALL]
    found = list(latest)
    names = all_organizations().in_bulk({owner for owner, *_rest in found})
    cells = tuple(
        (fraud_type_title(fraud_type) or _("unknown type"), str(names[owner]), f"{findings:,}", first_at)
        for owner, fraud_type, findings, first_at in found
    )
    return DataTable(
        _("Latest campaigns"), (_("fraud type"), _("organisation"), _("findings"), _("found")), cells, frozenset({2})
    )


def _open_clocks(figures: WallFigures) -> DataTable:
    """Return the parts whose deadline passed, the longest ago first, then those that are due next."""
    passed, rows = oversight.legs_late_now(figures.viewer, figures.now), find_legs()
    coming = rows.filter(receiver__in=figures.viewer.supervised, ended_at=None, late_since=None)
    if figures.province:
        passed, coming = (some.filter(receiver__province=figures.province) for some in (passed, coming))
    late = list(passed[:ROWS_TALL])
    due = coming.filter(due_at__gt=figures.now).select_related("instance__version", "receiver").order_by("due_at", "pk")
    legs = [*late, *due[: ROWS_TALL - len(late)]]
    cells = tuple(
        (str(leg.receiver), localize(leg.instance.version.process.title), clock(leg.clock_at)) for leg in legs
    )
    return DataTable(_("Deadlines"), (_("organisation"), _("process"), _("deadline")), cells)


def _first_rows(table: DataTable) -> DataTable:
    return replace(table, rows=table.rows[:ROWS_TALL])
