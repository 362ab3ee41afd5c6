"""Charts of legs: the map of what is late, and what was asked by day."""

from collections.abc import Mapping
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.command.dashboards.formats import percent
from fanzha.command.dashboards.oversight import OversightRate
from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.days import DayPart, days
from fanzha.command.web.drawing.hours import Chart
from fanzha.command.web.drawing.outlines import province_map
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.drawing.tiles import Tint
from fanzha.command.web.i18n import localize


def late_map(rates: Mapping[str, OversightRate], page: str = "") -> Chart:
    """Return the map of provinces, coloured by the share of late legs; tiles lead to `page`, a URL name."""
    title = _("Share late by province, 30 days")
    province_rates = {code: rate for code, rate in sorted(rates.items()) if code in PROVINCES}
    rows = tuple(
        (localize(PROVINCES[code].name), percent(rate.in_time), rate.late, rate.legs)
        for code, rate in province_rates.items()
    )
    table = DataTable(title, (_("province"), _("on time"), _("late"), _("sent out")), rows, frozenset({1, 2, 3}))
    return province_map(title, {code: _tint(code, rate, page) for code, rate in province_rates.items()}, table)


def _tint(code: str, rate: OversightRate, page: str) -> Tint:
    late = rate.late / rate.legs
    words = _("%(province)s: %(share)s late, %(late)d of %(all)d")
    parameters = {
        "province": localize(PROVINCES[code].name),
        "share": percent(late),
        "late": rate.late,
        "all": rate.legs,
    }
    return Tint(late, percent(late), words % parameters, reverse(page, args=[code]) if page else "")


def trend_chart(rates: Mapping[date, OversightRate]) -> Chart:
    """Return the chart of legs opened by day, and how many of them were late."""
    parts = (DayPart(_("on time"), "series-2"), DayPart(_("late"), "series-harm"))
    counts = {day: (rate.legs - rate.late, rate.late) for day, rate in rates.items()}
    return days(_("Parts sent out, by day"), _("day"), parts, counts)
